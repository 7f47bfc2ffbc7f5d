"""How a benchmark ends: with 0, or with MISSED where something is beyond its bound.

Whoever has measured nothing ends like any error, with 1: it says nothing of a bound.
"""

import math
import sys
from importlib import metadata

MISSED = 3


def real(what, values):
    """These values, if there are any, each a number above 0."""
    if not values or not all(0 < value < math.inf for value in values):
        sys.exit(f"{what}: this was not measured, it is {values or 'nothing'}")
    return values


def is_installed(package) -> bool:
    """Whether a package is installed; one that isn't is named, to be passed over."""
    found = any(metadata.distributions(name=package))
    if not found:
        how = "pip install -r benchmarks/requirements.txt"
        print(f"{package} is missing, so it is passed over: {how}", file=sys.stderr)
    return found
