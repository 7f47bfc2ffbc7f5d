"""Which version of a function a check has judged.

A kernel knows what has run, not what stands in the cells. So a check says which run of
the cell it judges, and more where it can: that the cell failed since, or that the same
version was judged before.
"""

import linecache
import re
import sys

_judged = {}  # name -> the code of the version that was judged last


def describe_version(function) -> str:
    """A line for a verdict that is not 'right'; '' if the function is of no cell."""
    code = getattr(function, "__code__", None)
    number, later = _find(function.__name__, code)
    if number is None:
        return ""
    again = _judged.get(function.__name__) is code
    _judged[function.__name__] = code
    if later:
        return (
            f"\n  This is about cell [{number}]. Cell [{later}] ran since, but it failed "
            "and left the function as it was: mend that cell, run it, and check again."
        )
    if again:
        return (
            f"\n  This is about cell [{number}] once more, as it ran before the last "
            "check. If you have changed it since, run it first, then check again."
        )
    return f"\n  (This is about cell [{number}], as it ran.)"


def _find(name, code):
    """The numbers of the cell that made a function, and of a later one that failed to."""
    module = sys.modules.get("IPython")
    shell = module.get_ipython() if module else None
    if shell is None or code is None:
        return None, None
    cells = shell.user_ns.get("In", [])
    source = "".join(linecache.getlines(code.co_filename)).strip()
    defines = re.compile(rf"^\s*(async\s+)?def\s+{re.escape(name)}\b", re.MULTILINE)
    numbers = [n for n, cell in enumerate(cells) if cell.strip() == source]
    if not source or not numbers:
        return None, None
    later = [n for n in range(numbers[-1] + 1, len(cells)) if defines.search(cells[n])]
    return numbers[-1], later[-1] if later else None
