"""A panel of each kind, a training panel with few steps, and a folder to save in."""

import pytest

from tests.panels.parts import NAMES, make


# The way forward alone has other controls, and another picture.
@pytest.fixture(params=[*NAMES, "the way forward"])
def panel(request):
    name = request.param
    panel = make(name) if name in NAMES else make("pass_panel", back=False)
    yield panel
    panel.close()


@pytest.fixture
def training():
    panel = make("training_panel")
    yield panel
    panel.close()


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path
