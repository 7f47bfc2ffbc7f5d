"""The panel itself: messages, files, the bundle for a notebook, closing."""

import asyncio
import base64
import functools
import html

import matplotlib.pyplot as plt
import numpy as np
import pytest
from IPython.core.interactiveshell import InteractiveShell
from PIL import Image

import mlp_core as mlp
from course import host, page, panels
from course.panels.controls import Number
from course.pictures import on_slides
from tests.panels import parts


@pytest.mark.timed
def test_what_went_wrong_is_told_until_all_is_right(training, folder, capsys):
    """Guards: an exception that vanishes, as all do in a callback of JupyterLab; words,
    as a task's name, that are taken for a part of the page.

    A refused value is told for a while: to type the value that is there already sends
    nothing from the browser. That the picture is old is told until one succeeds.
    """
    line, training.reading = parts.message(training), 0.05
    seed, show = training.work["seed"], training.view.show

    async def main():
        seed.box.value = -3
        assert "It stays 0." in parts.message(training)
        await parts.let_parts_come()
        assert parts.message(training) == line and training.problem is None
        seed.box.value = -3
        parts.press(training, "Save PNG")
        await parts.let_parts_come()
        assert "Saved training.png." in parts.message(training)  # it is not wiped away
        training.view.show = None
        seed.set(4)
        await parts.let_parts_come()
        assert "TypeError" in parts.message(training)

    asyncio.run(main())
    training.view.show = show
    seed.set(5)
    parts.assert_sound(training)
    assert capsys.readouterr().err == ""
    training.show_message("<script>alert('x')</script>")
    assert "<script>" not in training.status.value


def test_the_bundle_holds_widget_picture_and_numbers(panel):
    """Guards the page: its style, the picture in words, and no flash while it changes.

    A closed panel is its picture: no traceback where it is shown again.
    """
    data, metadata = panel._repr_mimebundle_()
    view = data.pop("application/vnd.jupyter.widget-view+json")
    assert view["model_id"] == panel.box.model_id
    assert base64.b64decode(data["image/png"]) == panel.shown.png
    assert data["text/plain"] == panel.shown.line and "\n" not in panel.shown.line
    told = {"alt": panel.shown.alt}
    if panel.name == "training_panel":  # for a page that trains it anew
        told["run"] = metadata["image/png"]["run"]
    assert metadata == {"image/png": told}
    alt = html.escape(panel.shown.alt)
    assert f'<img alt="{alt}" width=' in panel.picture.value
    assert 'decoding="sync"' in panel.picture.value
    assert "course-panel" in panel.box._dom_classes
    style = [getattr(child, "value", None) for child in panel.box.children]
    assert f"<style>{page.STYLE}</style>" in style
    assert plt.get_fignums() == []
    panel.close()
    assert panel._repr_mimebundle_() == (data, metadata)


def test_a_panel_can_be_read_from_the_last_row(panel, monkeypatch):
    """Guards decks: texts of 24 pixels, none cut; and that a learner doesn't wait for them."""
    draw = functools.partial(panel.view.drawn_for_slide, panel.data, panel.now())
    for place, figure in on_slides.figures(panel.view.places, draw).items():
        bad = [words for words in on_slides.faults(figure) if "below" not in words]
        assert not bad, place  # a legend may lie on a curve that the sliders move
        assert (figure.bbox.size <= on_slides.PLACES[place]).all()
    monkeypatch.setenv("COURSE_PICTURES", "slides")
    _, metadata = panel._repr_mimebundle_()
    [told] = metadata.values()
    assert told["slides"].keys() >= {"tall"}
    assert ("Three linked" in told["alt"]) == ("Five linked" in panel.shown.alt)


def made_again(panel, **names):
    """The panel that the line of settings makes."""
    return eval(panel.code_box.value, {"panels": panels, "mlp": mlp, **names})


def test_the_line_of_settings_makes_the_panel_again(panel):
    """Guards: a setting that it forgets, or tells as it was before.

    Once closed it leaves no widget behind: a kernel would grow with every run of a cell.
    """
    for control in panel.controls.values():
        values = getattr(control, "values", [control.value])
        control.set(control.low if isinstance(control, Number) else values[-1])
    before = len(parts.OPEN)
    again = made_again(panel)
    assert again.settings == panel.settings and again.code == panel.code
    assert [*again.controls] == [*panel.controls]
    assert again.shown.line == panel.shown.line and again.shown.alt == panel.shown.alt
    again.close()
    assert len(parts.OPEN) == before


X = np.random.default_rng(0).uniform(-1, 1, (200, 2))
CORNERS = "[[0, 0], [0, 1], [1, 0], [1, 1]]"
TASKS = {
    "mlp.XOR": mlp.XOR,
    f"mlp.Task('AND', {CORNERS}, [[0], [0], [0.5], [1]])": mlp.Task(
        "AND", mlp.XOR.X, [[0], [0], [0.5], [1]]
    ),
    # Targets of SUM at other inputs are not mlp.SUM.
    "mlp.Task('far', [[1, 1], ": mlp.Task("far", 1 + mlp.SUM.X, mlp.SUM.Y),
    "task=task": mlp.Task("my points", X, X[:, :1]),
}


@pytest.mark.parametrize(
    "name", [name for name in parts.NAMES if "task" in parts.parameters(name)]
)
def test_the_line_of_settings_holds_a_task_of_your_own(name):
    """Guards: a name that a fresh notebook doesn't know, and a line that is too long."""
    for words, task in TASKS.items():
        panel = parts.make(name, task=task)
        assert words in panel.code and len(panel.code) < 350
        asks = "  # first: task = mlp.Task(name, X, Y), with your own X and Y"
        assert panel.code.endswith(asks) == (words == "task=task")
        again = made_again(panel, task=task)
        assert again.code == panel.code and again.shown.alt == panel.shown.alt


IN_CELL = "[activation_panel(), slice_panel()]"


def run_cell(monkeypatch, run, metadata, code=IN_CELL, kind="execute_request"):
    """Make panels as in a run of a notebook cell."""
    parent = {
        "msg_type": kind,
        "header": {"msg_id": run},
        "content": {"code": code},
        "metadata": metadata,
    }
    shell = InteractiveShell.instance()
    monkeypatch.setattr(shell, "get_parent", lambda: parent, raising=False)
    monkeypatch.setattr(host, "get_ipython", lambda: shell)
    return eval(code, vars(panels))


@pytest.mark.parametrize(
    "told",
    [
        lambda cell: {"cellId": cell},
        lambda cell: {"colab": {"cell_id": cell}},
        lambda cell: {},  # then the text of the cell has to do
    ],
    ids=["JupyterLab", "Colab", "Voila"],
)
def test_running_a_cell_again_closes_its_older_panels(monkeypatch, told):
    """Guards: old panels that live on, and those of another cell that are closed."""
    first = run_cell(monkeypatch, f"{told} 1", told("a"))
    other = run_cell(monkeypatch, f"{told} 2", told("b"), "[pass_panel()]")
    again = run_cell(monkeypatch, f"{told} 3", told("a"))
    later = run_cell(monkeypatch, f"{told} 4", told("a"), kind="comm_msg")
    living = [panel.box.comm is not None for panel in first + other + again + later]
    assert living == [False, False] + 5 * [True]


def test_the_button_saves_what_is_seen(panel, folder):
    """Guards: a picture that is drawn at the file's size from then on."""
    stem, before = panel.file_box.value, parts.pixels(panel)
    parts.press(panel, "Save PNG")
    assert f"Saved {stem}.png." in parts.message(panel)
    panel.draw()
    assert parts.differ(parts.pixels(panel), before) < 0.002
    assert Image.open(f"{stem}.png").size[0] == 2 * panel.view.size[0]


def test_a_save_leaves_the_picture_of_each_step_alone(training, folder):
    """Guards: labels that go elsewhere, in the file and on the page, once a step moves."""
    training.look["step"].set(3)
    before = training.view.pixels().copy()
    training.view.save(folder / "step.png")
    assert np.array_equal(training.view.pixels(), before)


def test_what_cannot_be_saved_is_told_in_words(training, folder):
    """Guards: no raw FileNotFoundError; the other reasons of the system, too."""
    (folder / "a file").write_text("")
    whys = {"nowhere": "there is no folder nowhere", "a file": "Not a directory"}
    for place, why in whys.items():
        training.file_box.value = f"{place}/picture"
        parts.press(training, "Save PNG")
        words = f"Can't save {place}/picture.png: {why}."
        assert words in parts.message(training) and training.problem is None


@pytest.mark.parametrize(
    "typed, saved",
    [
        ("a b.png", "a b.png"),
        ("a b.PNG ", "a b.png"),
        ("run 0.2", "run 0.2.png"),
        ("", "training_panel.png"),
    ],
)
def test_a_typed_ending_is_not_written_twice(training, folder, typed, saved):
    """Guards the name of the file: what is typed, and what the button says."""
    training.file_box.value = typed
    parts.press(training, "Save PNG")
    assert [path.name for path in folder.iterdir()] == [saved]
    assert f"Saved {saved}." in parts.message(training)


def test_a_save_never_overwrites_without_asking(training, folder):
    """Guards: a file that is there is replaced only if the button is pressed again."""
    mine, other = folder / "training.png", folder / "other.png"
    for path in mine, other:
        path.write_bytes(b"mine")
    parts.press(training, "Save PNG")
    assert "already exists" in parts.message(training)
    training.file_box.value = "other"
    parts.press(training, "Save PNG")  # a yes to one file is no yes to another
    training.file_box.value = "training"
    parts.press(training, "Save PNG")
    assert mine.read_bytes() == other.read_bytes() == b"mine"
    parts.press(training, "Save PNG")
    assert "Saved" in parts.message(training) and other.read_bytes() == b"mine"
    mine.write_bytes(b"mine, again")
    parts.press(training, "Save PNG")
    assert mine.read_bytes() == b"mine, again"
