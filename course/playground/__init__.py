"""The playground: a network that the page itself trains and draws."""

from course.playground.twin import trained as trained
from course.playground.widget import Playground as Playground
from course.playground.widget import SideBySide as SideBySide
from course.playground.widget import first_look as first_look
from course.playground.widget import small as small
