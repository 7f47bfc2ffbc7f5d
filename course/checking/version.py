"""Which version of a function a check has judged.

A kernel knows what has run, not what is in the cells now. So a check says which run of the
cell it judges and, where it can, that the cell has failed since or that the same version
was judged before.
"""

import ast
import linecache
import sys
from types import CodeType

from course.checking.answer_code import UNREADABLE
from course.checking.calls import attribute

JUDGED = {}  # the name of a function -> its code and its verdict at the last check


def with_version(name, function, verdict):
    """The verdict, with the run of the cell that it is about.

    The same verdict on the same run is not a new try.
    """
    code = attribute(function, "__code__", CodeType)
    number, later = _find(name, code)
    if number is None:
        return verdict
    last_code, last_verdict = JUDGED.get(name, (None, None))
    is_again = code is last_code and verdict == last_verdict
    JUDGED[name] = code, verdict
    about = f"\n  (This is about cell [{number}], as it ran.)"
    if later:
        about = (
            f"\n  This is about cell [{number}]. Cell [{later}] has run since, but it failed "
            "and didn't change the function. Fix that cell, run it and check again."
        )
    elif verdict.solved:
        about = ""
    elif is_again:
        about = (
            f"\n  This is still about cell [{number}], as it ran before the last check. "
            "If you have changed it since, run it first, then check again."
        )
    is_tried = verdict.solved or not is_again
    return verdict._replace(words=verdict.words + about, tried=is_tried)


def _find(name, code):
    """The numbers of the cell that made a function, and of a later one that failed to."""
    module = sys.modules.get("IPython")
    shell = module.get_ipython() if module else None
    if shell is None or code is None or code.co_qualname != name:  # of a decorator
        return None, None
    cells = shell.user_ns.get("In", [])
    source = "".join(linecache.getlines(code.co_filename)).strip()
    numbers = [n for n, cell in enumerate(cells) if cell.strip() == source]
    if not source or not numbers:
        return None, None
    known = getattr(shell.history_manager, "exceptions", {})  # since IPython 9.1
    for later in reversed(range(numbers[-1] + 1, len(cells))):
        if _fails_to_define(name, cells[later], later in known):
            return numbers[-1], later
    return numbers[-1], None


def _fails_to_define(name, cell, failed) -> bool:
    """Whether a cell defines a function at its top, and is known to have failed."""
    if f"def {name}(" not in cell:
        return False
    try:
        top = ast.parse(cell).body
    except UNREADABLE:
        return True
    return failed and any(getattr(part, "name", "") == name for part in top)
