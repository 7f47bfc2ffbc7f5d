"""The playground: a network that the page itself trains and draws."""
# ruff: noqa: F401

from course.playground.widget import Playground
