"""A panel of each kind, a training panel with few steps, and a folder to save in."""

import pytest
from ipywidgets import Widget

from tests.panels.parts import NAMES, make


@pytest.fixture(autouse=True)
def closed():
    """What a test opens is closed after it, also where it fails."""
    yield
    Widget.close_all()


# The way forward alone has other controls, and another picture.
@pytest.fixture(params=[*NAMES, "the way forward"])
def panel(request):
    name = request.param
    return make(name) if name in NAMES else make("pass_panel", back=False)


@pytest.fixture
def training():
    return make("training_panel")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path
