"""What an exercise is, what `check` says of an answer, and the form of an answer."""

import inspect
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from course.checking.about import Asked
from course.checking.calls import describe_type


class Verdict(NamedTuple):
    """What `check` found. A notebook shows it as its words."""

    solved: bool
    words: str  # 'my_slope: not written yet', 'my_slope: not yet: ...', ': right ...'
    tried: bool = True  # whether there was something to judge
    mistake: str = ""  # the message of the usual mistake that was recognised

    def __repr__(self):
        return self.words


class Mistake(NamedTuple):
    """A usual mistake: a message that helps, and a wrong function that makes it.

    The message says what is wrong with the result, then what to think about. It quotes no
    code, because the same result may come from other code. A function that always raises
    is told by its exception instead.
    """

    message: str
    wrong: Callable
    code: str = ""  # with gaps, what fixes it; told from the third try on


class Exercise(NamedTuple):
    """What `exercise_file` reads from a file."""

    right: Callable  # its name is the name of the exercise
    cases: list  # the arguments to try, each a tuple, small ones first
    mistakes: list
    # What is compared: a dict from the name of a part ('dW') to an array. Here of one call;
    # measure(call, args) makes as many as it needs.
    form: Callable = lambda answer: {"": to_array(answer)}
    measure: Callable | None = None
    # part -> the relative and the absolute tolerance: for float32, and numbers about 1
    tolerance: Callable = lambda part: (1e-5, 2e-6)
    changed: str = (
        "it changes {names} in place, but the caller still needs the old values. Put your "
        "results into new lists and arrays"
    )
    explain: Callable | None = None  # explain(parts), where numbers would not help
    order: Callable = list  # the names of wrong parts, first that which is to be told
    common: str = ""  # what all parts come from, told where all are wrong
    large: tuple | None = None  # arguments with many numbers, to notice a Python loop
    function_names: dict | None = None  # what to call functions among the arguments
    planted: str = ""  # the message of a mistake that is in the stub
    # fresh(rng) draws more cases, others at each check, with all corner cases in them.
    fresh: Callable = lambda rng: []
    allowed: tuple = ()  # functions of the course that an answer may call
    minutes: int = 8  # that it takes
    cells: tuple = ()  # of its file
    space: dict | None = None  # what the answers in it see

    @property
    def name(self) -> str:
        return self.right.__name__

    @property
    def arguments(self) -> list[str]:
        return list(inspect.signature(self.right).parameters)

    @property
    def asked(self) -> Asked:
        signature = str(inspect.signature(self.right))[1:-1]
        counts = {len(args) for args in self.cases}
        return Asked(self.name, signature, self.arguments, counts)


# A form turns an answer into a dict from parts to arrays, or says what is odd. Others
# are in ``lessons/cases.py``.


class FormError(Exception):
    """The answer doesn't have the expected form; the text says why."""


def refuse(is_wrong, words):
    """Raise a `FormError` with these words if something is wrong."""
    if is_wrong:
        raise FormError(words)


class Listed(np.ndarray):
    """An array that the answer gave as a list; that is told, but is no mistake."""


def to_array(value, what="the result"):
    """A fresh array of numbers, or a `FormError`."""
    try:
        array = np.array(value)
    except ValueError:  # lists of several shapes
        array = np.array(None)
    is_list = isinstance(value, (list, tuple))
    if array.dtype.kind in "biuf":
        return array.view(Listed) if is_list else array
    raise FormError(f"{what} is {_odd(value) or _uneven(value)}")


def _odd(value) -> str:
    """What is no number in a value, or in lists; or ''."""
    if isinstance(value, (list, tuple)):
        odd = next(filter(None, map(_odd, value)), "")
        return odd and f"{describe_type(value)} that holds {odd}"
    is_number = isinstance(value, (np.ndarray, np.generic, bool, int, float))
    return "" if is_number else f"{describe_type(value)}, but numbers are expected"


def _uneven(value) -> str:
    """What a list is that holds numbers, and makes no array."""
    if all(isinstance(row, (list, tuple)) for row in value):
        row = "Each row must be as long as the others"
        return f"{describe_type(value)} that can't become an array of numbers. {row}"
    kinds = ", ".join([*map(describe_type, value[:3]), *["..."][: len(value) > 3]])
    return f"{len(value)} things ({kinds}), but one is expected"
