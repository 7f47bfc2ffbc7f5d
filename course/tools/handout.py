"""Copy the course for handing out: for learners, or with the solutions in place.

The copy is laid out as the course is, with the commands and the README for learners.
Later ``--update`` brings it up to date: what the teacher added or changed stays, see
`course.tools.manifest`.

The notebooks are the one source, by two tags. A code cell tagged ``stub`` is where the
learner writes; the next cell tagged ``solution`` holds the answer, folded away, with one
```` ```python ```` block. For learners, the cells tagged ``solution`` are left out, and
what holds answers in the lessons' folders is sealed (`course.sealed`). With solutions,
each stub gets the code of its solution. Both have their outputs cleared, because in the
first they would answer the questions, and in the second they belong to the stubs.
"""

import copy
import re
from itertools import zip_longest

from course import sealed
from course.checking.exercise_file import is_exercise
from course.tools import ROOT, CommandError, links, manifest, save
from course.tools.notebooks import as_text, cleared, read, tags, with_cells

# What notebooks need besides themselves, and what those who get them need to start.
NEEDED = ["mlp_core.py", "course/**/*", "images/*.gif", "requirements.txt", "LICENSE"]
NEEDED += ["README.md", "docs/learning.md", "docs/where.md", "docs/glossary.md"]
NEEDED += [".gitignore", ".binder/*", ".devcontainer/*"]
# The commands for learners, and what these import.
TOOLS = ["__init__", "start", "progress", "glossary", "handin"]
TOOLS += ["server", "asleep", "update", "merge", "notebooks", "cells"]
TOOLS = [f"course/tools/{name}.py" for name in TOOLS]
TOOLS += ["course/tools/labconfig/default_setting_overrides.json"]
# The part of the README that learners don't need.
FOR_OTHERS = r"(?s)<!-- for teachers and maintainers -->\n.*?<!-- for all -->\n"

EXAMPLE = "handout ../class"
OF_A_LESSON = re.compile(r"course/lessons/\w+/")  # where the answers are
BLOCK = re.compile(r"^```python\n(.*?)^```", re.DOTALL | re.MULTILINE)


def add_arguments(parser):
    what = "new, or empty except for hidden files (.git)"
    parser.add_argument("folder", metavar="FOLDER", help=what)
    what = "put each solution into its stub"
    parser.add_argument("--with-solutions", action="store_true", help=what)
    what = "bring an earlier hand-out up to date"
    parser.add_argument("--update", action="store_true", help=what)
    what = "of the class's public repository: the notebooks fetch the course from it"
    parser.add_argument("--repository", metavar="ADDRESS", default="", help=what)
    parser.add_argument("--run", action="store_true", help="run all cells of the copy")


def run(options) -> int:
    folder = (ROOT / options.folder).resolve()
    kind = "with" if options.with_solutions else "without"
    refuse(folder, kind, options.update)
    address = options.repository or links.address_in(folder)
    files = contents(kind, address=links.checked(address))
    changes = manifest.write(folder, files, kind)
    names = [name for name in files if name.endswith(".ipynb")]
    print(f"{len(names)} notebooks {kind} solutions in {folder}", flush=True)
    for sentence in told(changes, options.update):
        print(sentence, flush=True)
    return run_all(folder, names) if options.run else 0


def refuse(folder, kind, update):
    """A `CommandError` where a hand-out of this kind can't be written."""
    if update and not (folder / manifest.NAME).exists():
        raise CommandError(f"{folder} holds no hand-out: leave out --update")
    before = manifest.read_or_refuse(folder)
    if before and before.kind not in ("with", "without"):
        raise CommandError(f"{folder} holds a site")
    if before and before.kind != kind:
        raise CommandError(f"{folder} holds a hand-out {before.kind} solutions")
    if before and before.done and not update:
        raise CommandError(f"{folder} holds a hand-out: --update refreshes it")


def told(changes, update):
    """What was done, in sentences; for a first hand-out only what is odd."""
    if update and changes.written:
        yield f"New or changed: {', '.join(changes.written)}."
    if changes.removed:
        yield f"Removed: {', '.join(changes.removed)}."
    if update and not changes.written + changes.removed:
        yield "Nothing else has changed." if changes.left else "Nothing has changed."
    for name in changes.left:
        yield (
            f"{name} stays as it is, because you wrote or changed it. If you delete it, "
            "the next update brings the course's version."
        )


def run_all(folder, names) -> int:
    """Run the notebooks where they lie, and save their outputs."""
    failed = 0
    for name in names:
        print(f"running {name.rpartition('/')[2]}", flush=True)
        failed += not save.run_and_save(folder / name)
    manifest.accept(folder, names)
    return 1 if failed else 0


# 1. One notebook -----------------------------------------------------------------------


def without_solutions(notebook):
    """A copy of the notebook without outputs and cells tagged ``solution``."""
    cells = [cell for cell in notebook.cells if "solution" not in tags(cell)]
    return cleared(with_cells(notebook, cells))


def with_solutions(notebook):
    """A copy of the notebook in which each stub holds its solution."""
    notebook = copy.deepcopy(notebook)
    marked = [cell for cell in notebook.cells if {"stub", "solution"} & {*tags(cell)}]
    for stub, solution in zip_longest(marked, marked[1:]):
        if "stub" not in tags(stub):
            continue
        name = repr(stub.source.partition("\n")[0])
        if solution is None or "stub" in tags(solution):
            raise CommandError(f"no solution follows the stub {name}")
        blocks = BLOCK.findall(solution.source)
        if len(blocks) != 1:
            count = f"has {len(blocks)} python blocks; it must have 1"
            raise CommandError(f"the solution of {name} {count}")
        stub.source = blocks[0].rstrip()
    return cleared(notebook)


# 2. The course -------------------------------------------------------------------------


def contents(kind, course=ROOT, address="") -> dict:
    """The files of a hand-out, path -> bytes; a notebook that can't be changed is named.

    Its ``kind`` is 'with' or 'without' solutions. A notebook that is opened alone fetches
    the course from the address of the class: ours has the solutions.
    """
    change = with_solutions if kind == "with" else without_solutions
    files = {}
    for path in sorted(course.glob("notebooks/*.ipynb")):
        try:
            text = as_text(change(links.in_notebook(read(path), address)))
        except CommandError as error:
            raise CommandError(f"{path.name}: {error}") from None
        files[f"notebooks/{path.name}"] = text.encode()
    for path in needed(course):
        name = path.relative_to(course).as_posix()
        if name == "README.md":
            text = re.sub(FOR_OTHERS, "", path.read_text(encoding="utf-8"))
            ours = links.paragraph(links.Addresses(address, ""))
            files[name] = links.BLOCK.sub(ours, text).encode()
        elif kind == "without" and OF_A_LESSON.match(name):
            files[name] = as_sealed(path)
        elif not name.startswith("course/tools/") or name in TOOLS:
            files[name] = path.read_bytes()
    return files


def as_sealed(path) -> bytes:
    """A file of a lesson: what holds answers is sealed, what a cell loads is as it is."""
    if path.suffix not in (".py", ".toml") or path.name == "__init__.py":
        return path.read_bytes()
    is_module = path.suffix == ".py" and not is_exercise(path)
    return sealed.seal(path.read_text(encoding="utf-8"), is_module).encode()


def needed(course=ROOT):
    """The files that the notebooks need, and that those who get them need."""
    for pattern in NEEDED:
        for path in sorted(course.glob(pattern)):
            is_chapter = path.name == "teaching.md"  # with all answers
            if path.is_file() and "__pycache__" not in path.parts and not is_chapter:
                yield path
