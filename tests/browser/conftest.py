"""A JupyterLab for a file of browser tests, and the notebooks in it."""

import contextlib

import nbformat
import pytest

from course.tools import save
from tests import live


@pytest.fixture(scope="module")
def lab(browser, remember_sweeps):
    with live.lab(remember_sweeps) as server:
        yield server


@pytest.fixture(scope="module")
def write_notebook(lab):
    """A function: writes a notebook of these code cells, in its saved form."""

    def write(name, cells):
        cells = [nbformat.v4.new_code_cell(source) for source in cells]
        notebook = save.normalize(nbformat.v4.new_notebook(cells=cells))
        save.write(notebook, lab.course / "notebooks" / f"{name}.ipynb")
        return notebook

    return write


@pytest.fixture(scope="module")
def turn_to(browser, lab):
    """A function: shows a notebook of the course on a page that the file's tests share.

    JupyterLab itself takes the browser longer than most notebooks.
    """
    shown = []

    def turned(name):
        if shown:
            shown[0].turn_to(name)
        else:
            shown.append(live.Notebook(browser, lab, name))
        return shown[0]

    yield turned
    for notebook in shown:
        notebook.close()


@pytest.fixture(scope="module")
def open_notebook(browser, lab):
    """A context manager: opens a notebook of the course and runs all of its cells."""

    @contextlib.contextmanager
    def opened(name):
        notebook = live.Notebook(browser, lab, name)
        notebook.run_all()
        yield notebook
        notebook.close()

    return opened
