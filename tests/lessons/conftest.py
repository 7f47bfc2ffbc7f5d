"""What the tests of all lessons share: each begins with nothing answered and no panel."""

import ipywidgets
import pytest

from course import record


@pytest.fixture(autouse=True)
def nothing_is_left():
    """Forget what is answered before and after a test, and close its panels."""
    record.close()
    yield
    record.close()
    ipywidgets.Widget.close_all()


@pytest.fixture
def copy(tmp_path):
    """A learner's copy in which nothing was done."""
    (tmp_path / record.MARK).mkdir()
    record.open_in(tmp_path)
    return tmp_path
