"""Copy the course for handing out: without the solutions, or with them in place.

The copy is laid out as the course is. Its folder must be new or empty: nothing is ever
overwritten.

The notebooks are the one source, by two tags. A code cell tagged ``stub`` is where the
learner writes; the next cell tagged ``solution`` holds the answer, folded away, with one
```` ```python ```` block. Without solutions, the cells tagged ``solution`` are left out,
and the README has only what learners need. With solutions, each stub gets the code of
its solution. In both the stored outputs are cleared: in the one they would answer the
questions, in the other they belong to the stubs.
"""

import copy
import re
import shutil

from course.tools import ROOT, CommandError, save

# What notebooks need besides themselves, and what who gets them needs to start.
NEEDED = [
    "mlp_core.py",
    "course/**/*",
    "images/*.png",
    "notebooks/*.npz",
    "requirements.txt",
    "README.md",
    "GLOSSARY.md",
    "LICENSE",
]
# What of the README learners don't need.
FOR_OTHERS = re.compile(
    r"<!-- for teachers and maintainers -->\n.*?<!-- for all -->\n", re.DOTALL
)
BLOCK = re.compile(r"^```python\n(.*?)^```", re.DOTALL | re.MULTILINE)


def add_arguments(parser):
    parser.add_argument("folder", metavar="FOLDER", help="new or empty")
    parser.add_argument(
        "--with-solutions", action="store_true", help="put each solution into its stub"
    )
    parser.add_argument("--run", action="store_true", help="run all cells of the copy")


def run(options) -> int:
    folder = ROOT / options.folder
    change = with_solutions if options.with_solutions else without_solutions
    paths = copy_course(change, folder)
    kind = "with" if options.with_solutions else "without"
    print(f"{len(paths)} notebooks {kind} solutions in {folder}", flush=True)
    failed = 0
    for path in paths if options.run else []:
        print(f"running {path.name}", flush=True)
        failed += not save.run_and_save(path)
    return 1 if failed else 0


# 1. One notebook -----------------------------------------------------------------------


def without_solutions(notebook):
    """A copy of the notebook without outputs and cells tagged ``solution``."""
    notebook = copy.deepcopy(notebook)
    notebook.cells = [cell for cell in notebook.cells if "solution" not in tags(cell)]
    return cleared(notebook)


def with_solutions(notebook):
    """A copy of the notebook in which each stub holds its solution."""
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
    return cleared(notebook)


def tags(cell) -> list:
    return cell.metadata.get("tags", [])


def cleared(notebook):
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return notebook


def _code_of(solution, stub):
    blocks = BLOCK.findall(solution.source)
    if len(blocks) != 1:
        raise CommandError(
            f"the solution of {_first_line(stub)} has {len(blocks)} python blocks; "
            "it must be 1"
        )
    return blocks[0].rstrip()


def _refuse(stub):
    if stub is not None:
        raise CommandError(f"no solution follows the stub {_first_line(stub)}")


def _first_line(cell):
    return repr(cell.source.partition("\n")[0])


# 2. The course -------------------------------------------------------------------------


def copy_course(change, folder, course=ROOT) -> list:
    """Copy the course, each notebook changed; return the paths of the new notebooks.

    ``change`` is `without_solutions` or `with_solutions`. If it refuses a notebook, or
    the folder has anything in it, nothing is written.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise CommandError(f"{folder} is there already; name a new or empty folder")
    changed = {}
    for path in sorted(course.glob("notebooks/*.ipynb")):
        try:
            changed[folder / "notebooks" / path.name] = change(save.read(path))
        except CommandError as error:
            raise CommandError(f"{path.name}: {error}") from None
    copy_files(folder, course)
    for path, notebook in changed.items():
        save.write(notebook, path)
    if change is without_solutions:
        readme = folder / "README.md"
        text = FOR_OTHERS.sub("", readme.read_text(encoding="utf-8"))
        readme.write_text(text, encoding="utf-8", newline="\n")
    return list(changed)


def copy_files(folder, course=ROOT):
    """Copy what the notebooks need, but not the notebooks."""
    (folder / "notebooks").mkdir(parents=True, exist_ok=True)
    for pattern in NEEDED:
        for path in course.glob(pattern):
            if path.is_file() and "__pycache__" not in path.parts:
                target = folder / path.relative_to(course)
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(path, target)
