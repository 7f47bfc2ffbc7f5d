"""JupyterLab, started once for all browser tests of a worker, and the notebooks in it."""

import nbformat
import pytest

from course.tools import save
from tests import live


@pytest.fixture(scope="session")
def lab(browser, remember_sweeps):
    """A JupyterLab that a learner has started: it looks after their folder too."""
    with live.lab(remember_sweeps, learner=True) as server:
        yield server


@pytest.fixture(scope="session")
def write_notebook(lab):
    """A function: writes a notebook of these code cells, in its saved form."""

    def write(name, cells, folder="notebooks"):
        cells = [nbformat.v4.new_code_cell(source) for source in cells]
        notebook = save.normalize(nbformat.v4.new_notebook(cells=cells))
        save.write(notebook, lab.course / folder / f"{name}.ipynb")

    return write


@pytest.fixture(scope="session")
def turn_to(browser, lab):
    """A function: shows a notebook of the course, with a new kernel, on the one page.

    JupyterLab itself takes the browser longer than most notebooks.
    """
    shown = []

    def turned(name, folder="notebooks"):
        if shown:
            shown[0].turn_to(name, folder)
        else:
            shown.append(live.Notebook(browser, lab, name, folder))
        return shown[0]

    yield turned
    for notebook in shown:
        notebook.close()
