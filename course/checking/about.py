"""What is known about an answer before it is called: its file, lines and arguments."""

import inspect
import textwrap
from types import CodeType
from typing import NamedTuple

from course.checking.calls import attempt, attribute, is_of_course

OURS = "this function is part of the course. Check one that you wrote"


class Asked(NamedTuple):
    """How an exercise calls its function."""

    name: str
    signature: str  # 'params, X, f'
    arguments: list  # their names
    counts: set  # how many arguments a call has


class About(NamedTuple):
    """Plain, so that it can be sent."""

    refusal: str = ""  # why it can't be called as is asked, or ''
    file: str = ""  # of its code
    source: str = ""


def look_at(function, asked) -> About:
    file = file_of(function)
    refusal = OURS if is_of_course(file) else _refuse(function, asked)
    source = attempt(lambda: textwrap.dedent(inspect.getsource(function)))
    return About(refusal, file, source or "")


def file_of(function) -> str:
    """The file of a function's code; '' if it has none."""
    code = attribute(function, "__code__", CodeType)
    return code.co_filename if code else ""


def _refuse(function, asked) -> str:
    """Why a function can't be called as the exercise says, or ''."""
    if issubclass(type(function), type):
        return (
            f"this is a class. Write a function, def {asked.name}({asked.signature}):"
        )
    signature = attempt(lambda: inspect.signature(function))
    if signature is None:  # calling it will tell
        return ""
    names = list(signature.parameters)
    is_wrong = names != asked.arguments and sorted(names) == sorted(asked.arguments)
    try:
        for count in asked.counts:
            signature.bind(*range(count))
    except TypeError:
        is_wrong = True
    return (
        f"it takes {signature}, but should take ({asked.signature})" if is_wrong else ""
    )
