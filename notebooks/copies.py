"""Copy the course for handing out: without the solutions, or with them in place.

    python notebooks/copies.py --without-solutions FOLDER
    python notebooks/copies.py --with-solutions FOLDER
    python notebooks/copies.py --with-solutions FOLDER --run      and run all cells there

FOLDER gets the notebooks and all that they need, laid out as here. It must be new or
empty: nothing is ever overwritten.

The notebooks are the one source, by two tags. A code cell tagged ``stub`` is where the
learner writes; the next cell tagged ``solution`` holds the answer, folded away, with one
```` ```python ```` block. Without solutions, the cells tagged ``solution`` are left out.
With solutions, each stub gets the code of its solution. In both the stored outputs are
cleared: in the one they would answer the questions, in the other they belong to the stubs.
The README of the copy without solutions has only what learners need.
"""

import argparse
import copy
import re
import shutil
import sys
from pathlib import Path

import nbformat
import save
from nbclient.exceptions import CellExecutionError
from nbconvert.preprocessors import TagRemovePreprocessor

ROOT = Path(__file__).resolve().parent.parent
# What notebooks need besides themselves, and what who gets them needs to start.
NEEDED = [
    "mlp_*.py",
    "images/*.png",
    "notebooks/*.npz",
    "notebooks/questions/*.toml",
    "requirements.txt",
    "README.md",
    "LICENSE",
]
# What of the README learners don't need.
OTHERS = re.compile(
    r"<!-- for teachers and maintainers -->\n.*?<!-- for all -->\n", re.DOTALL
)
BLOCK = re.compile(r"^```python\n(.*?)^```", re.DOTALL | re.MULTILINE)

# 1. One notebook -----------------------------------------------------------------------


def without_solutions(notebook):
    """Return a copy of the notebook without outputs and cells tagged ``solution``."""
    remover = TagRemovePreprocessor(remove_cell_tags={"solution"}, enabled=True)
    done, _ = remover.preprocess(copy.deepcopy(notebook), {})
    return _cleared(done)


def _cleared(notebook):
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return notebook


def with_solutions(notebook):
    """Return a copy of the notebook in which each stub holds its solution.

    Raises
    ------
    ValueError
        If a stub has no solution after it, or one without exactly one block of code.
    """
    notebook = copy.deepcopy(notebook)
    stub = None
    for cell in notebook.cells:
        if "stub" in tags(cell):
            _refuse(stub)
            stub = cell
        elif "solution" in tags(cell) and stub is not None:
            stub.source = _code_of(cell, stub)
            stub = None
    _refuse(stub)
    return _cleared(notebook)


def tags(cell) -> list:
    """The tags of a cell; none, if it has none."""
    return cell.metadata.get("tags", [])


def _code_of(solution, stub):
    blocks = BLOCK.findall(solution.source)
    if len(blocks) != 1:
        raise ValueError(
            f"the solution of {_name(stub)} has {len(blocks)} python blocks; it must be 1"
        )
    return blocks[0].rstrip()


def _refuse(stub):
    if stub is not None:
        raise ValueError(f"no solution follows the stub {_name(stub)}")


def _name(cell):
    return repr(cell.source.partition("\n")[0])


# 2. The course -------------------------------------------------------------------------


def copy_course(change, folder, course=ROOT) -> list:
    """Copy the course, each notebook changed; return the paths of the new notebooks.

    Parameters
    ----------
    change : callable
        `without_solutions` or `with_solutions`.
    folder : path
        New or empty.
    course : path, optional
        The course to copy.

    Raises
    ------
    FileExistsError
        If the folder has anything in it; it stays as it is.
    ValueError
        If a notebook can't be changed; the message names it, and nothing is written.
    """
    folder, course = Path(folder), Path(course)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise FileExistsError(f"{folder} is there already. Name a new or empty folder.")
    # All are changed before the first file is written: no half copy is left behind.
    changed = {
        path.name: _changed(path, change)
        for path in sorted(course.glob("notebooks/*.ipynb"))
    }
    for pattern in NEEDED:
        for path in course.glob(pattern):
            target = folder / path.relative_to(course)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, target)
    if change is without_solutions:
        _shorten(folder / "README.md")
    return [_write(folder / "notebooks" / name, each) for name, each in changed.items()]


def _shorten(readme):
    """Leave out what the README has for teachers and maintainers only."""
    text = readme.read_text(encoding="utf-8")
    readme.write_text(OTHERS.sub("", text), encoding="utf-8", newline="\n")


def _changed(path, change):
    try:
        return change(nbformat.read(path, as_version=4))
    except ValueError as error:
        raise ValueError(f"{path.name}: {error}") from None


def _write(path, notebook):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(save.as_text(notebook), encoding="utf-8", newline="\n")
    return path


def run(path):
    """Run a notebook where it lies, and save it with its outputs."""
    notebook = nbformat.read(path, as_version=4)
    _write(path, save.normalize(save.execute(notebook, path.parent)))


def main(arguments=None) -> int:
    parser = argparse.ArgumentParser(
        description="Copy the course for handing out. FOLDER must be new or empty."
    )
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("--without-solutions", metavar="FOLDER", type=Path)
    which.add_argument("--with-solutions", metavar="FOLDER", type=Path)
    parser.add_argument("--run", action="store_true", help="run all cells of the copy")
    options = parser.parse_args(arguments)
    is_without = options.without_solutions is not None
    change = without_solutions if is_without else with_solutions
    folder = options.without_solutions or options.with_solutions
    try:
        paths = copy_course(change, folder)
        for path in paths if options.run else []:
            print(f"running {path.name}", flush=True)
            run(path)
    except (OSError, ValueError, CellExecutionError) as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{len(paths)} notebooks {change.__name__.replace('_', ' ')} in {folder}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
