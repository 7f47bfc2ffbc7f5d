"""As in the tests of the panels, widgets are closed after each test."""

from tests.panels.conftest import closed  # noqa: F401
