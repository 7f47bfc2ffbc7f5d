"""A panel of each kind, and a training panel with few steps."""

import pytest

from tests.panels.parts import NAMES, make


@pytest.fixture(params=NAMES)
def panel(request):
    panel = make(request.param)
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
