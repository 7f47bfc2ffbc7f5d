"""The panel itself: messages, files, the bundle for a notebook, closing."""

import asyncio
import base64
import html

import matplotlib.pyplot as plt
import numpy as np
import pytest
from IPython.core.interactiveshell import InteractiveShell
from PIL import Image

import mlp_core as mlp
from course import files, host, page, panels
from course.panels.controls import Number
from tests.panels.parts import (
    OPEN,
    assert_same,
    assert_sound,
    let_parts_come,
    make,
    message,
    numbers,
    pixels,
    press,
)


def test_an_error_while_drawing_is_told_and_the_panel_goes_on(panel, capsys):
    control = numbers(panel)[0]
    show, panel.view.show = panel.view.show, None
    control.set(control.high)
    assert "TypeError" in message(panel) and isinstance(panel.problem, TypeError)
    panel.view.show = show
    control.set(control.low)
    assert_sound(panel)
    assert capsys.readouterr().err == ""


@pytest.mark.timed
def test_a_refused_value_is_told_for_a_while_only(training, folder):
    """Guards: to type the value that is there already sends nothing from the browser."""
    line, training.reading = message(training), 0.05

    async def main():
        training.work["seed"].box.value = -3
        assert "It stays 0." in message(training)
        await let_parts_come()
        assert message(training) == line and training.problem is None
        training.work["seed"].box.value = -3
        press(training, "Save CSV")
        await let_parts_come()
        assert "Saved training.csv." in message(training)  # it is not wiped away

    asyncio.run(main())


@pytest.mark.timed
def test_a_picture_that_failed_is_told_until_one_succeeds(training):
    """Guards: the words that the picture is not up to date."""
    training.reading, training.view.show = 0.05, None

    async def main():
        training.work["seed"].set(4)
        await let_parts_come()

    asyncio.run(main())
    assert "TypeError" in message(training)


def test_words_are_escaped(panel):
    panel.show_message("<script>alert('x')</script>")
    assert "<script>" not in message(panel)


def test_the_bundle_holds_widget_picture_and_numbers(panel):
    data, metadata = panel._repr_mimebundle_()
    assert data["application/vnd.jupyter.widget-view+json"]["model_id"] == (
        panel.box.model_id
    )
    assert base64.b64decode(data["image/png"]) == panel.shown.png
    assert data["text/plain"] == panel.shown.line and "\n" not in panel.shown.line
    assert metadata == {"image/png": {"alt": panel.shown.alt}}


def test_a_closed_panel_is_its_picture():
    """Guards: a traceback where a panel is shown again whose cell has run anew."""
    panel = make("slice_panel")
    panel.close()
    data, metadata = panel._repr_mimebundle_()
    assert data.keys() == {"image/png", "text/plain"}
    assert metadata == {"image/png": {"alt": panel.shown.alt}}


def test_every_panel_brings_the_style_of_the_page(panel):
    """Guards: without its class or the style, labels are small and chains are broken."""
    assert "course-panel" in panel.box._dom_classes
    assert f"<style>{page.STYLE}</style>" in [
        child.value for child in panel.box.children if hasattr(child, "value")
    ]


def test_the_picture_has_its_alt_text(panel):
    alt = html.escape(panel.shown.alt)
    assert f'<img alt="{alt}" width=' in panel.picture.value


def test_no_pyplot_figure_is_left_open(panel):
    assert plt.get_fignums() == []


def test_the_line_of_settings_makes_the_panel_again(panel):
    for control in panel.controls.values():
        values = getattr(control, "values", [control.value])
        control.set(control.low if isinstance(control, Number) else values[-1])
    again = eval(panel.code_box.value, {"panels": panels, "mlp": mlp})
    assert again.code == panel.code and again.shown.line == panel.shown.line
    assert again.shown.alt == panel.shown.alt
    again.close()


AND = mlp.Task("AND", [[0, 0], [0, 1], [1, 0], [1, 1]], [[0], [0], [0.5], [1]])


@pytest.mark.parametrize("name", ["training_panel", "slice_panel", "pass_panel"])
def test_the_line_of_settings_holds_a_task_of_your_own(name):
    """Guards: the line named it, which a fresh notebook doesn't know."""
    panel = make(name, task=AND)
    again = eval(panel.code, {"panels": panels, "mlp": mlp})
    assert "mlp.Task('AND', [[0, 0], [0, 1], [1, 0], [1, 1]], [[0], " in panel.code
    assert again.code == panel.code and again.shown.alt == panel.shown.alt
    panel.close()
    again.close()


def test_the_line_of_settings_asks_for_a_task_that_is_long():
    """Guards: it stays a line that can be read, and tells what it needs."""
    X = np.random.default_rng(0).uniform(-1, 1, (200, 2))
    task = mlp.Task("my points", X, X[:, :1])
    panel = make("training_panel", task=task, learning_rate=0.01)
    assert len(panel.code) < 350
    assert panel.code.endswith(
        ")  # before it: task = mlp.Task(name, X, Y), with your own X and Y"
    )
    again = eval(panel.code, {"panels": panels, "mlp": mlp, "task": task})
    assert again.code == panel.code and again.shown.alt == panel.shown.alt
    panel.close()
    again.close()


def test_half_of_a_known_task_is_a_task_of_your_own():
    """Guards: targets of SUM at other inputs are not mlp.SUM."""
    panel = make("training_panel", task=mlp.Task("far", 1 + mlp.SUM.X, mlp.SUM.Y))
    assert "mlp.Task('far', [[1, 1], " in panel.code
    panel.close()


def run_cell(monkeypatch, code, run, cell=None):
    """Make a panel as in a run of a notebook cell."""
    parent = {
        "msg_type": "execute_request",
        "header": {"msg_id": run},
        "content": {"code": code},
        "metadata": {"cellId": cell} if cell else {},
    }
    shell = InteractiveShell.instance()
    monkeypatch.setattr(shell, "get_parent", lambda: parent, raising=False)
    monkeypatch.setattr(host, "get_ipython", lambda: shell)
    return eval(code, vars(panels))


def test_running_a_cell_again_closes_its_older_panels(monkeypatch):
    code = "[activation_panel(), slice_panel()]"
    first = run_cell(monkeypatch, code, "run 1", cell="a")
    other = run_cell(monkeypatch, code, "run 2", cell="b")
    edited = run_cell(monkeypatch, "slice_panel()", "run 3", cell="a")
    assert [is_open(panel) for panel in first + other] == [False, False, True, True]
    for panel in [*other, edited]:
        panel.close()


def test_without_cell_ids_the_text_of_the_cell_tells_it(monkeypatch):
    first = run_cell(monkeypatch, "slice_panel()", "run 4")
    again = run_cell(monkeypatch, "slice_panel()", "run 5")
    assert not is_open(first) and is_open(again)
    again.close()


def is_open(panel):
    return panel.box.comm is not None


def test_closing_leaves_no_widget_behind():
    """Guards against a kernel that grows with every run of a cell."""
    before = len(OPEN)
    make("training_panel").close()
    assert len(OPEN) == before


def test_saving_writes_figure_history_and_weights(training, folder):
    training.look["step"].set(12)
    for ending in ("png", "svg", "csv", "npz"):
        press(training, f"Save {ending.upper()}")
        assert f"Saved training.{ending}" in message(training)
    assert Image.open(folder / "training.png").size[0] == 2 * training.view.size[0]
    assert "<svg" in (folder / "training.svg").read_text(encoding="utf-8")
    table = np.genfromtxt(folder / "training.csv", delimiter=",", names=True)
    np.testing.assert_array_equal(table["loss"], training.data.loss)
    np.testing.assert_array_equal(table["rows"], training.data.samples[:, 0])
    assert_same(files.load("training.npz")[0], training.data.at(12))


def test_every_panel_with_a_network_saves_it(panel, folder):
    if "npz" not in panel.savers:
        assert panel.name == "activation_panel"
        return
    press(panel, "Save NPZ")
    params, _ = files.load(f"{panel.file_box.value}.npz")
    data = panel.data
    shown = {
        "training_panel": lambda: data.at(data.done),
        "first_look_panel": lambda: data.at(0),
        "pass_panel": lambda: data.stages[0].params,
    }.get(panel.name, lambda: data.params)
    assert_same(params, shown())


def test_saving_leaves_the_picture_as_it_is(training, folder):
    press(training, "Save PNG")
    training.draw()
    np.testing.assert_array_equal(pixels(training), training.view.pixels())


def test_what_cannot_be_saved_is_told_in_words(panel, folder):
    """Guards: no raw FileNotFoundError; the other reasons of the system, too."""
    (folder / "a file").write_text("")
    for ending, save in panel.save_buttons.items():
        panel.file_box.value = "nowhere/picture"
        save.click()
        words = html.unescape(message(panel))
        wanted = f"Can't save nowhere/picture.{ending}: there is no folder nowhere."
        assert wanted in words and panel.problem is None
        panel.file_box.value = "a file/picture"
        save.click()
        words = html.unescape(message(panel))
        assert f"Can't save a file/picture.{ending}: Not a directory." in words


@pytest.mark.parametrize(
    "typed, saved",
    [
        ("a b.png", "a b.png"),
        ("a b.PNG ", "a b.png"),
        ("a.csv", "a.png"),
        ("run 0.2", "run 0.2.png"),
        ("", "training_panel.png"),
    ],
)
def test_a_typed_ending_is_not_written_twice(training, folder, typed, saved):
    training.file_box.value = typed
    press(training, "Save PNG")
    assert [path.name for path in folder.iterdir()] == [saved]
    assert f"Saved {saved}." in message(training)


def test_exports_never_overwrite_without_asking(panel, folder):
    """Guards: no button replaces a file that is there, unless it is pressed again."""
    stem = panel.file_box.value
    for ending, button in panel.save_buttons.items():
        for path in folder / f"{stem}.{ending}", folder / f"other.{ending}":
            path.write_bytes(b"mine")
        button.click()
        assert "is there already" in panel.status.value
        panel.file_box.value = "other"
        button.click()  # a yes to one file is no yes to another
        panel.file_box.value = stem
        button.click()
        assert {path.read_bytes() for path in folder.glob(f"*.{ending}")} == {b"mine"}
        button.click()
        assert "Saved" in panel.status.value
        assert (folder / f"other.{ending}").read_bytes() == b"mine"
        (folder / f"{stem}.{ending}").write_bytes(b"mine, again")
        button.click()
        assert (folder / f"{stem}.{ending}").read_bytes() == b"mine, again"
