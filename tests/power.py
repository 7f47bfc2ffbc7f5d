"""The power goes off while files are written, at each step of the disk in turn."""

import os

import pytest


class PowerCut(BaseException):
    """Nothing is written any more, not even by what tidies up."""


class _Disk:
    def __init__(self, half_steps):
        self.left = half_steps

    def stopping(self, step):
        def call(*arguments):
            self.left -= 2
            if self.left >= 0:
                step(*arguments)
            if self.left <= 0:
                raise PowerCut

        return call


def cuts(run):
    """Call ``run``, stopped later each time, before and after a step; yield in between.

    It ends with the first call that is not stopped. The steps are those by which
    `course.files.replacing` and `course.tools.update` write, rename and remove.
    """
    for half_steps in range(1, 1000):
        disk = _Disk(half_steps)
        with pytest.MonkeyPatch.context() as patch:
            for name in ("fsync", "replace", "unlink"):
                patch.setattr(os, name, disk.stopping(getattr(os, name)))
            try:
                return run()
            except PowerCut:
                pass
        yield half_steps
