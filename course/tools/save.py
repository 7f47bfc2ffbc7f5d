"""Run the notebooks from top to bottom and save them with their outputs.

The saved form holds what a reader needs and nothing that changes from run to run, so
that a diff shows only what you changed: no execution times, no widget state, no random
widget numbers. A panel is saved as its picture and its line of numbers; JupyterLab
shows these until you run the cell. The cells of an exercise are written from its file,
and the head says the minutes. Then come the pages about lessons, see `course.tools.pages`.
"""

import copy
import os
import sys

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbconvert.preprocessors import CoalesceStreamsPreprocessor

from course import lessons
from course.tools import ROOT, exercise_cells, find_notebooks, glossary, minutes, pages
from course.tools.notebooks import (
    WIDGET_VIEW,
    as_text,
    fetches,
    read,
    without_bars,
    write,
)

EXAMPLE = "save 05_sum_task"
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
CELL_METADATA = ("tags", "slideshow", "jupyter", "cellView")  # the last is of Colab


def add_arguments(parser):
    parser.add_argument("names", nargs="*", help="notebooks; without a name, all")
    what = "run nothing, only name what isn't in form"
    parser.add_argument("--check", action="store_true", help=what)


def run(options) -> int:
    failed, paths = 0, find_notebooks(options.names)
    new = {path: prepared(path) for path in {*paths, *lessons.NOTEBOOKS.values()}}
    glossary.entries(new.get)  # what is wrong is told before anything is written
    for path in paths:
        if options.check:
            good = is_up_to_date(path)
        else:
            good = run_and_save(path, new[path])
        print(f"{path.name}: {'ok' if good else 'not in its saved form'}", flush=True)
        failed += not good
    for path, text in pages.changes().items():
        if not options.check:
            path.write_text(text, encoding="utf-8", newline="\n")
        told = "lags behind" if options.check else "written"
        print(f"{path.relative_to(ROOT).as_posix()}: {told}", flush=True)
        failed += options.check
    return 1 if failed else 0


def prepared(path):
    """The notebook in a file, its exercises from their files, its minutes as counted.

    Only a notebook of the course: in a copy they are the learner's.
    """
    notebook, lesson = read(path), lessons.name_of(path.stem)
    if lessons.NOTEBOOKS.get(lesson) != path:
        return notebook
    exercises = lessons.load_exercises(lesson)
    notebook = exercise_cells.with_exercises(notebook, exercises)
    count = minutes.of_notebook(path, notebook)
    for cell in notebook.cells:
        cell.source = count.stated_in(cell.source)
    return notebook


def run_and_save(path, notebook=None) -> bool:
    """Run a notebook, or what it becomes, where it lies; one that fails stays as it was."""
    try:
        notebook = normalize(execute(notebook or read(path), path.parent))
    except CellExecutionError as error:
        print(error, file=sys.stderr)
        return False
    write(notebook, path)
    return True


def execute(notebook, folder, **environment):
    """A copy of the notebook, run from top to bottom in a fresh kernel.

    ``environment`` are variables that the kernel has besides those of this process.
    """
    notebook = copy.deepcopy(notebook)
    client = NotebookClient(
        notebook,
        timeout=300,
        iopub_timeout=300,  # after fewer seconds nbclient saves what it has
        kernel_name="python3",
        store_widget_state=False,
        record_timing=False,
        resources={"metadata": {"path": str(folder)}},
    )
    return client.execute(env={**os.environ, **environment})


def normalize(notebook):
    """A copy of the notebook in its saved form."""
    notebook = copy.deepcopy(notebook)
    notebook.metadata = nbformat.from_dict(METADATA)
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    count = 0
    for cell in notebook.cells:
        kept = [key for key in CELL_METADATA if cell.metadata.get(key)]
        cell.metadata = nbformat.from_dict({key: cell.metadata[key] for key in kept})
        cell.source = cell.source.rstrip()
        if cell.cell_type == "code":
            count += not fetches(cell.source)  # so that the others keep their numbers
            cell.execution_count = count
            cell.outputs = without_bars(cell.outputs)
            for output in cell.outputs:
                output.get("data", {}).pop(WIDGET_VIEW, None)
                output.get("metadata", {}).pop("asleep", None)  # words of a widget
                if "execution_count" in output:
                    output.execution_count = count
    # Printed texts that follow one another are one: how they were cut is chance.
    return CoalesceStreamsPreprocessor().preprocess(notebook, {})[0]


def is_saved_form(path) -> bool:
    """Whether the file is in the form in which this command saves."""
    return path.read_text(encoding="utf-8") == as_text(normalize(read(path)))


def is_up_to_date(path) -> bool:
    """Whether this command would write the same, but for new outputs."""
    return read(path) == prepared(path) and is_saved_form(path)
