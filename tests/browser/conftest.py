"""A JupyterLab for a file of browser tests, and the notebooks in it."""

import contextlib

import pytest

from course.tools import live


@pytest.fixture(scope="module")
def lab(browser, remember_sweeps):
    with live.lab(remember_sweeps) as server:
        yield server


@pytest.fixture(scope="module")
def open_notebook(browser, lab):
    """A context manager: opens a notebook of the course and runs all of its cells."""

    @contextlib.contextmanager
    def opened(name):
        notebook = live.Notebook(browser, lab, name)
        notebook.page.set_default_timeout(1000 * live.PATIENCE)
        notebook.run_all()
        yield notebook
        notebook.close()

    return opened
