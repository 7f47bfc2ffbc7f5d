"""Modules by the names that they had when learners' copies were made.

An update leaves alone a cell that its learner changed, so it imports by the old name.
"""

import importlib
import sys
from types import ModuleType

MOVED = {
    "course.lessons.bug_lab.panel": "course.lessons.bug_lab.game",
    "course.lessons.sum_task.compare": "course.lessons.sum_task.two_runs",
    "course.lessons.xor_task.exercises": "course.lessons.xor_task.by_hand",
}


class _Moved(ModuleType):
    """Takes the place of a module until something in it is needed."""

    def __getattr__(self, name):
        if name.startswith("__"):  # someone looking through the modules needs none
            raise AttributeError(name)
        return getattr(importlib.import_module(MOVED[self.__name__]), name)


def keep_names():
    """Let what has moved be imported by its old name as well."""
    sys.modules.update({name: _Moved(name) for name in MOVED})
