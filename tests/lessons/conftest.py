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
