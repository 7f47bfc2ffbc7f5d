"""Where code that was handed in runs: in processes which the system confines, if it can.

Where `bwrap` (bubblewrap, on Linux) works, such a process has no network, no files but
those of Python and the course without its lessons, no other programs, and sees no other
processes. Elsewhere it has the rights of whoever grades.
"""

import __future__

import ast
import itertools
import linecache
import os
import shutil
import subprocess
import sys
import sysconfig
from types import SimpleNamespace

import cloudpickle
import numpy as np
import psutil

import mlp_core as mlp
from course.checking import runs
from course.tools import ROOT

TEXTS = __future__.annotations.compiler_flag  # they stay texts, and can't fail


def command(folder) -> tuple:
    """What stands before a command that is shut in; () if nothing can.

    It runs in an empty folder of this path, whose files are gone afterwards.
    """
    bwrap = shutil.which("bwrap")
    if bwrap is None:
        return ()
    parts = bwrap, "--unshare-all", "--die-with-parent", "--new-session", "--clearenv"
    parts += "--cap-drop", "ALL"  # else root could mount
    for name, value in {**runs.QUIET, "LANG": "C.UTF-8", "HOME": folder}.items():
        parts += "--setenv", name, value
    for path in _needed():
        parts += "--ro-bind-try", path, path
    for path in (str(ROOT / "course" / "lessons"), folder):
        parts += "--tmpfs", path
    parts += "--dev", "/dev", "--remount-ro", "/", "--remount-ro", "/dev"
    parts += "--chdir", folder
    code = f"import sys; sys.path.append({str(ROOT)!r}); import {__name__}"
    trial = [*parts, sys.executable, "-c", code]
    works = not subprocess.call(trial, stderr=subprocess.DEVNULL)
    return parts if works else ()


def _needed():
    """The files and folders of Python, its packages and the course."""
    yield from ("/lib64", "/usr/lib64", "/etc/ld.so.cache", sys.executable)
    for place in ("/lib", "/usr/lib"):  # on Debian, programs lie beside the second
        libraries = f"{place}/{sysconfig.get_config_var('MULTIARCH')}"
        yield libraries if os.path.isdir(libraries) else place
    for prefix in {sys.base_prefix, sys.prefix} - {"/usr"}:
        yield from (f"{prefix}/{part}" for part in ("lib", "lib64", "pyvenv.cfg"))
    yield sysconfig.get_path("stdlib")
    for module in (cloudpickle, np, psutil):
        yield os.path.dirname(os.path.dirname(module.__file__))
    yield from (str(ROOT / "mlp_core.py"), str(ROOT / "course"))


# In the process ------------------------------------------------------------------------


def define(name, code, file):
    """What the code makes of a name.

    A statement that fails is passed over: it stops its own cell in a notebook, no other.
    What an import would have brought says why it isn't there once it is used.
    """
    linecache.cache[file] = len(code), None, code.splitlines(keepends=True), file
    space = {"np": np, "mlp": mlp, "__name__": "__main__", "display": _nothing}
    space["get_ipython"] = itertools.repeat(IPYTHON).__next__
    own = {"own": lambda *names: [*map(space.get, names)]}
    space["lesson"] = SimpleNamespace(**own)
    failed = NameError(f"name {name!r} is not defined")
    for node in ast.parse(code, file).body:
        try:
            part = compile(ast.Module([node], []), file, "exec", TEXTS)
            exec(part, space)  # noqa: S102
        except BaseException as error:  # noqa: BLE001, also a SystemExit
            failed = error
            for part in ast.walk(node):
                if isinstance(part, ast.alias):  # of an import
                    bound = (part.asname or part.name).partition(".")[0]
                    space.setdefault(bound, _missing(error))

    def unbound(*args):
        raise failed

    # Of the learner's file, where it has no line: what failed is told with its own.
    unbound.__code__ = unbound.__code__.replace(co_filename=file, co_firstlineno=10**6)
    return space.get(name, unbound)


def _missing(error):
    """In the place of what was not imported: any use of it raises the error."""

    def use(*args, **options):
        raise error

    return type("Missing", (), {"__getattr__": use, "__call__": use})()


def _nothing(*args, **options):
    """In the place of what shows something, or is a magic of the notebook."""


MAGIC = "run_line_magic", "run_cell_magic", "system", "getoutput"
IPYTHON = SimpleNamespace(**dict.fromkeys(MAGIC, _nothing))
