"""The power goes off while files are written, at each step of the disk in turn."""

import os

import pytest


class PowerCut(BaseException):
    """Nothing is written any more, not even by what tidies up."""


def _stopping(step, left):
    """The step, as long as two half steps are left; none comes after the last."""

    def call(*arguments):
        if len(left) >= 2:
            step(*arguments)
        del left[:2]
        if not left:
            raise PowerCut

    return call


def cuts(run):
    """Call ``run``, stopped later each time, before and after a step; yield in between.

    It ends with the first call that is not stopped. The steps are those by which
    `course.files.replacing` and `course.tools.update` write, rename and remove. Nothing
    waits for the disk.
    """
    steps = {"fsync": lambda file: None, "replace": os.replace, "unlink": os.unlink}
    for half_steps in range(1, 1000):
        left = [*range(half_steps)]
        with pytest.MonkeyPatch.context() as patch:
            for name, step in steps.items():
                patch.setattr(os, name, _stopping(step, left))
            try:
                return run()
            except PowerCut:
                pass
        yield half_steps
