"""The panels in a kernel: a notebook that moves every slider of every panel."""

import json
from pathlib import Path

import nbformat.v4 as form
import pytest
from nbclient import NotebookClient

from tests.panels.parts import NAMES
from tests.wait import PATIENCE

pytestmark = pytest.mark.timed

ROOT = Path(__file__).parent.parent.parent

START = f"""
import asyncio, json, sys
sys.path.insert(0, {str(ROOT)!r})
from ipywidgets.widgets.widget import _instances
import matplotlib.pyplot as plt
from course import panels

def ends(slider):
    low, high = slider.min, slider.max
    return [10**low, 10**high] if hasattr(slider, "base") else [low, high]

def move_all(panel):
    moves = []
    for name, control in panel.controls.items():
        for end in ends(control.slider) if hasattr(control, "slider") else []:
            control.slider.value = end
            moves.append([name, end, control.value, panel.status.value])
    # At the end of a cell, Jupyter shows and closes the figures of pyplot: ask before.
    print(json.dumps([moves, plt.get_fignums()]))
"""
AGAIN = "panel = panels.training_panel(seed=8)"
COUNT = "print(len(_instances))"
LONG = """
panel.part_after = 0  # it goes on in the background after its first part
panel.controls["steps"].set(60_000)
print(panel.data.done, panel.progress.value)
"""
WAIT = """
while panel.busy.layout.display != "none":
    await asyncio.sleep(0.05)
print(panel.data.done)
"""
STOP = """
panel.controls["steps"].set(1_000_000)
done = panel.data.done
while panel.data.done == done:
    await asyncio.sleep(0)
panel.stop_button.click()
before = panel.data.done
await asyncio.sleep(0.1)  # a loop calls in order of time: the next part would have come
print(before == panel.data.done, 0 < before < 1_000_000, panel.status.value)
"""
CELLS = {
    "start": START,
    **{name: f"panel = panels.{name}()\nmove_all(panel)" for name in NAMES},
    "first": AGAIN,
    "count": COUNT,
    "again": AGAIN,
    "count again": COUNT,
    "long": LONG,
    "wait": WAIT,
    "stop": STOP,
}


@pytest.fixture(scope="module")
def outputs(tmp_path_factory):
    """Run the notebook; return the outputs of each cell. An exception fails it all."""
    notebook = form.new_notebook(cells=[form.new_code_cell(c) for c in CELLS.values()])
    place = {"metadata": {"path": str(tmp_path_factory.mktemp("kernel"))}}
    client = NotebookClient(
        notebook, timeout=PATIENCE, kernel_name="python3", resources=place
    )
    done = client.execute()
    return {name: cell.outputs for name, cell in zip(CELLS, done.cells)}


def printed(outputs, cell):
    return "".join(output.get("text", "") for output in outputs[cell]).strip()


@pytest.mark.parametrize("name", NAMES)
def test_every_slider_reaches_both_its_ends(outputs, name):
    """Guards: no end of a slider is refused, or breaks a panel."""
    moves, _ = json.loads(printed(outputs, name))
    assert len(moves) >= 4
    for setting, end, value, status in moves:
        assert value == pytest.approx(end, rel=0.005), setting
        assert 'role="status"' in status and "Error" not in status, (setting, status)


def test_nothing_is_written_to_stderr(outputs):
    """Guards: no warning is printed under a panel."""
    told = [output for cell in outputs.values() for output in cell]
    assert [output for output in told if output.get("name") == "stderr"] == []


@pytest.mark.parametrize("name", NAMES)
def test_no_pyplot_figure_is_open(outputs, name):
    """Guards: figures don't pile up, nor appear under a cell by themselves."""
    _, figures = json.loads(printed(outputs, name))
    assert figures == []


def test_running_a_cell_again_closes_what_it_made(outputs):
    """Guards: the widgets of the older panel are gone."""
    assert printed(outputs, "count") == printed(outputs, "count again")


def test_long_training_goes_on_after_the_cell(outputs):
    """Guards: the kernel is free while a long run is trained, and the run gets done."""
    done, progress = printed(outputs, "long").split()
    assert 0 < int(done) < 60_000 and 0 < float(progress) < 1
    assert printed(outputs, "wait") == "60000"


def test_stop_keeps_what_was_learned(outputs):
    """Guards: after Stop nothing is trained, and the picture is the last one."""
    held, between, *words = printed(outputs, "stop").split(" ", 2)
    assert (held, between) == ("True", "True")
    assert "Stopped." in words[0]
