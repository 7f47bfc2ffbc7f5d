"""Each notebook with its solutions in place, from its end back to its top.

One kernel runs a notebook in which every stub holds its solution: first the cells that
others need, in their order, then all cells from the last to the first, the progress at the
end, so that each finds the names as all others have left them. Every check must say that
its exercise is solved, and all else must print what is stored: no cell hangs on how often
it was run, on what ran after it, or on whether an exercise is solved. (From top to bottom
runs nbval.) Sweeps are remembered: see sweeps.py.
"""

import ast
import re

import nbformat
import pytest

from course.tools import find_notebooks, handout, save


def text_of(output):
    """The text of an output: printed, or a value's text/plain."""
    if output.output_type == "stream":
        return output.text
    return output.get("data", {}).get("text/plain", output.get("ename", ""))


def texts(cell):
    return "".join(map(text_of, cell.outputs))


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def is_needed(cell):
    """Whether later cells may need it: a cell that only shows what it computes is none."""
    nodes = ast.parse(cell.source).body
    only_shows = all(isinstance(node, ast.Expr) for node in nodes)
    return not only_shows or cell.source.startswith("lesson.check(")


@pytest.mark.parametrize("path", find_notebooks([]), ids=lambda path: path.stem)
def test_solved_and_run_from_its_end_a_notebook_prints_the_same(path, remember_sweeps):
    """Guards: learners may run any cell at any time, and the solutions are right."""
    notebook = save.read(path)
    stored = {cell.id: texts(cell) for cell in code_cells(notebook)}
    stubs = [cell.source for cell in notebook.cells if "stub" in handout.tags(cell)]
    names = re.findall(r"^def (\w+)", "\n".join(stubs), re.MULTILINE)
    exercises = len(stubs)

    cells = code_cells(handout.with_solutions(notebook))
    order = [*filter(is_needed, cells), *cells[-2::-1], cells[-1]]
    copies = [nbformat.v4.new_code_cell(cell.source) for cell in order]
    notebook.cells = [nbformat.v4.new_code_cell(remember_sweeps), *copies]
    _, *done = save.execute(notebook, path.parent).cells

    checks = 0
    for cell, run in zip(order, done, strict=True):
        if cell.source.startswith("lesson.check("):
            assert re.fullmatch(r"\w+: right", texts(run)), cell.source
            checks += 1
        elif "lesson.own(" in cell.source:
            yours = re.findall(r"^(\w+): yours$", texts(run), re.MULTILINE)
            asked = [name for name in names if f'"{name}"' in cell.source]
            assert sorted(yours) == sorted(asked) != []
        elif cell.source == "lesson.progress()":
            told = f"{exercises} of {exercises} exercises solved"
            assert (told in texts(run)) == (exercises > 0)
        else:
            assert texts(run) == stored[cell.id], cell.source
    assert checks == 2 * exercises
