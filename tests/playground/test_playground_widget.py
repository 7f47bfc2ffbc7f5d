"""The playground in a notebook: what it shows with a page and without one."""

import base64
import re
from unittest.mock import DEFAULT, Mock

import numpy as np
import pytest
from nbformat import v4

from course.playground import Playground, SideBySide, twin, widget
from course.tools import ROOT, save
from tests.pictures import drawn

CELL = """from course.playground import Playground
Playground(data="xor", hidden=[3])"""
WIDGET = "application/vnd.jupyter.widget-view+json"


def shown(**settings):
    return Playground(**settings)._repr_mimebundle_()


def test_a_cell_shows_widget_picture_and_line():
    """Guards: a page with a kernel, one without, a screen reader, and nbval."""
    data, metadata = shown(data="xor", hidden=[3], seed=4, step=200)
    line = twin.Run({"data": "xor", "hidden": [3], "seed": 4, "step": 200}).line()
    assert data["text/plain"] == line and line.startswith("step 200: loss 0.")
    assert len(data[WIDGET]["model_id"]) == 32
    assert base64.b64decode(data["image/png"]).startswith(b"\x89PNG")
    words = f"Surface of the output over the square of inputs, with 4 training samples; {line}."
    alt = metadata["image/png"]["alt"]
    assert alt.startswith("Diagram of a 2-3-1 network.") and alt.endswith(words)
    axes = widget.picture(twin.Run({"features": ["x1", "x0"]})).figure().axes
    assert len(axes) == 1, "the diagram would name them in another order"
    data, metadata = shown(step=1)
    samples = "with 140 training and 60 test samples; step 1:"
    assert samples in metadata["image/png"]["alt"]


def test_on_a_slide_it_has_been_trained(monkeypatch):
    """Guards: a still picture of a network that has learned nothing yet."""
    before = shown(data="xor", hidden=[3])[1]["image/png"]
    monkeypatch.setenv("COURSE_PICTURES", "slides")
    metadata = shown(data="xor", hidden=[3])[1]["image/png"]
    assert "; step 1000: loss" in metadata["alt"] and "; step 0: loss" in before["alt"]
    assert {"tall"} <= metadata["slides"].keys() and "slides" not in before
    assert "step 7: loss" in shown(data="xor", step=7)[1]["image/png"]["alt"]


def test_on_a_slide_it_is_trained_by_the_steps_that_it_follows(monkeypatch):
    """Guards: a network on a slide that the learner's lines never made; and a deck that is
    never finished, because they have come to their end."""
    monkeypatch.setenv("COURSE_PICTURES", "slides")
    for steps, end in (3, 3), (5000, 1000):
        playground = Playground(data="xor", hidden=[3])
        first = playground.params
        ones = ([(0 * W + 1, b) for W, b in first] for _ in range(steps))
        playground.follow(ones)
        # Each time it makes a step at least, or tells its end: 1,000 times are enough.
        asked = {"wraps": playground._follower.take, "side_effect": [DEFAULT] * 1000}
        playground._follower.take = Mock(**asked)
        alt = playground._repr_mimebundle_()[1]["image/png"]["alt"]
        assert f"; step {end}: loss" in alt
        assert "Largest weight: 1.00, in layer 0" in alt


def test_two_side_by_side_are_one_picture_and_one_line():
    """Guards: a reader without a kernel who sees one of them alone, or nothing."""
    pair = [Playground(data="xor", hidden=[3], seed=seed, step=5) for seed in (1, 2)]
    both = SideBySide(*pair)
    data, metadata = both._repr_mimebundle_()
    assert data[WIDGET]["model_id"] == both.model_id and data["image/png"]
    lines = [one._repr_mimebundle_()[0]["text/plain"] for one in pair]
    assert data["text/plain"] == "; beside it ".join(lines) and lines[0] != lines[1]
    assert all(line in metadata["image/png"]["alt"] for line in lines)
    axes = widget.picture(*(twin.Run(one.settings) for one in pair)).figure().axes
    shown = [ax.images[0].get_array() for ax in axes]
    assert len(shown) == 2 and not np.array_equal(*shown)
    assert [one.layout.width for one in pair] == [None] * 2  # alone each is whole again


def test_a_picture_carries_the_settings_of_what_it_shows(tmp_path):
    """Guards: a playground that the book makes anew as another one: without its step, as it
    was before a reader changed it, one of a pair; and settings that are lost on the way to
    the book."""
    play, path = Playground(data="xor", hidden=[3]), tmp_path / "small.ipynb"
    first = {"data": "xor", "hidden": [3], "step": 0}
    assert carried(play) == [first]
    lines = f"import sys; sys.path.insert(0, {str(ROOT)!r})", CELL
    cell = v4.new_code_cell("\n".join(lines))
    save.write(v4.new_notebook(cells=[cell]), path)
    assert save.run_and_save(path)
    [output] = save.read(path).cells[0].outputs
    assert output.metadata["image/png"]["playground"] == [first]
    play.now = {"settings": twin.whole({"seed": 5}), "step": 9, "events": []}
    now = twin.whole({"seed": 5}) | {"step": 9}
    other = Playground(seed=2)
    assert carried(play) == [now]
    assert carried(SideBySide(play, other)) == [now, {"seed": 2, "step": 0}]
    play.now = {**play.now, "step": 20001}
    assert carried(play) is carried(SideBySide(play, other)) is None


@pytest.mark.parametrize("how", ["follow", "params", "events"])
def test_what_only_python_can_make_carries_no_settings(how):
    """Guards: a page of the book that trains another network than the picture shows."""
    play = Playground(data="xor", hidden=[3])
    if how == "follow":
        play.follow(iter([play.params]))
    elif how == "params":
        play.params = play.params
    else:
        play.now = {"settings": {}, "step": 0, "events": [{"step": 0, "parameter": 0}]}
    assert carried(play) is None


def carried(play):
    _, metadata = play._repr_mimebundle_()
    return metadata["image/png"].get("playground")


def test_shown_are_those_that_are_named():
    """Guards: a control that is new, and a wrong name."""
    play = Playground(show=["seed", "loss"])
    options = set(twin.SPEC["hide"]["options"])
    assert set(play.settings["hide"]) == options - {"seed", "loss"}
    with pytest.raises(TypeError, match="show or hide, not both"):
        Playground(show=["seed"], hide=["loss"])
    with pytest.raises(ValueError, match="each of show"):
        Playground(show=["sead"])


@pytest.mark.parametrize("points", [[], [[1, 2, 0.5]], [[1, 2, 0], [1, 2, 1]]])
def test_own_points_may_be_few_or_none(points):
    """Guards: an error where there is nothing to draw yet; then there is no picture."""
    data, _ = shown(data="own", points=points, step=3)
    assert ("image/png" in data) == bool(points)
    assert data["text/plain"].startswith(
        "step 3: loss" if points else "step 0: no data"
    )


@pytest.mark.filterwarnings("error::RuntimeWarning")
def test_a_run_that_explodes_is_shown_where_it_stands():
    """Guards: warnings of NumPy in the cell, and a picture that can't be drawn."""
    wild = {"data": "plane", "hidden": [4], "scheme": "normal", "output": "identity"}
    wild |= {"activation": "leaky_relu", "learning_rate": 3, "seed": 82, "step": 500}
    wild["batch"] = 1
    run = twin.Run(wild)
    assert run.diverged_at == run.step + 1 < 500
    later = twin.Run(wild | {"step": 9})
    later.train(491)
    assert later.diverged_at == run.diverged_at
    data, metadata = shown(**wild)
    assert data["text/plain"].startswith(f"step {run.step}: loss not finite on")
    assert data["text/plain"] in metadata["image/png"]["alt"]


def test_the_picture_is_over_both_inputs_whatever_the_features():
    """Guards: the output at (x0, x1), made by way of the features, and the training data."""
    settings = {"features": ["x0^2", "sin(x1)", "x0*x1"], "step": 50, "hidden": [3]}
    run = twin.Run(settings)
    [ax] = widget.picture(run).figure().axes
    [image] = ax.images
    left, right, low, high = image.get_extent()
    grid = np.stack(
        np.meshgrid(np.linspace(left, right, 61), np.linspace(low, high, 61)), -1
    )
    X = twin.features_of(run.settings["features"], grid.reshape(-1, 2))
    Y_hat, _ = twin.mlp.forward(run.params, X, run.activations)
    np.testing.assert_allclose(image.get_array().ravel(), Y_hat[:, 0], atol=1e-12)
    found = np.vstack(list(drawn.points(ax, 5).values()))
    assert sorted(found.tolist()) == sorted(run.data[0].X.tolist())


def test_the_page_is_told_what_was_given():
    """Guards: a default that changes later, which is then meant by those who left it out;
    lists and numbers in the form of the page."""
    playground = Playground(hidden=(3, np.int64(2)), batch=np.int64(5))
    assert playground.settings == {"hidden": [3, 2], "batch": 5}
    assert isinstance(playground.settings["batch"], int)
    state = playground.get_state()
    assert state["settings"] == playground.settings
    assert "courseKeepsKeys" in state["_esm"] and "\nclass Run " in state["_esm"]
    assert state["_css"] and "course-playground" in state["_dom_classes"]
    assert ".course-playground" in state["_esm"]  # keys.js knows it


@pytest.mark.parametrize("settings", [{"noise": 7}, {"hidden": 4}, {"sead": 1}])
def test_a_wrong_setting_is_told_in_words(settings):
    """Guards: an error of the cell, and no widget that stays."""
    [(name, value)] = settings.items()
    with pytest.raises((ValueError, TypeError)) as caught:
        Playground(**settings)
    with pytest.raises(caught.type, match=f"^{re.escape(str(caught.value))}$"):
        twin.check(name, value)


def test_the_docstring_tells_all_settings():
    """Guards: a setting, an option or a limit that is new in settings.json."""
    text = re.sub(r"\s+", " ", Playground.__doc__)
    for name, spec in twin.SPEC.items():
        assert f"``{name}``" in text
        assert all(re.search(rf"(?<![\w*]){re.escape(one)}(?!\w)", text)
                   for one in spec.get("options", ()))  # fmt: skip
    limits = {
        "noise": "0 to 0.5",
        "hidden": "up to 6 layers, 1 to 8 each",
        "l1": "0 to 1",
    }
    limits |= {"learning_rate": "0.00001 to 100", "step": "0 to 20000"}
    for name, words in limits.items():
        spec = twin.SPEC[name]
        for word in (spec["least"], spec["most"], spec.get("count", spec["most"])):
            assert np.format_float_positional(word, trim="-") in words
        assert words in text
