"""The commands of ``python -m course``, a module for each.

A command's module has ``EXAMPLE``, ``add_arguments(parser)`` and ``run(options)``, which
returns the exit code. What it imports costs no time to those who call another command.
"""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = ROOT / "notebooks"
# Where a learner's copy is, and where the paths that they name start. On a hub this folder
# holds links to ROOT, where they can't write, so none is followed.
PLACE = Path(os.path.abspath(__file__)).parents[2]


class CommandError(Exception):
    """What a user can fix; they are shown only its text."""


def find_notebooks(names) -> list[Path]:
    """The notebooks of these names, with or without '.ipynb'; all if there are none.

    A name stands for a file in ``notebooks/``, or is a path from the course's root.
    """
    return [_find(name) for name in names] or sorted(NOTEBOOKS.glob("*.ipynb"))


def _find(name):
    file = str(name).removesuffix(".ipynb") + ".ipynb"
    for path in (NOTEBOOKS / file, ROOT / file):
        if path.is_file():
            return path
    known = ", ".join(path.stem for path in find_notebooks([]))
    raise CommandError(f"there is no notebook {str(name)!r}; the course has {known}")
