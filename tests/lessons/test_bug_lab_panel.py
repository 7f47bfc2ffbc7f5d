"""The bug lab: its words, its answers to guesses, and its order of bugs."""

import base64
import html
import itertools

import pytest
from ipywidgets.widgets.widget import _instances

from course.lessons.bug_lab import bugs, panel
from course.lessons.bug_lab.panel import bug_lab
from course.pictures.gradient_checks import common_factor, describe_gradient_check
from tests.lessons.test_bug_lab_bugs import WRONG, each_bug


@pytest.fixture
def lab():
    lab = bug_lab(seed=3)
    yield lab
    lab.close()


def press(lab, label):
    next(b for b in buttons(lab.box) if b.description == label).click()


def buttons(widget):
    if hasattr(widget, "click"):
        return [widget]
    return [
        found for child in getattr(widget, "children", ()) for found in buttons(child)
    ]


def others(lab):
    return [name for name in bugs.BUGS if name != lab.bug]


def choose(lab, name):
    """As the learner does it: in the menu, then the button. Returns the answer."""
    lab.guess.box.value = name
    press(lab, "That is it")
    return lab.feedback.value.replace("&#x27;", "'")


def test_the_first_state_does_not_name_the_bug():
    """Guards the game: no text that is there before a guess gives the name away."""
    for seed in range(12):
        lab = bug_lab(seed=seed)
        data, metadata = lab._repr_mimebundle_()
        texts = [data["text/plain"], metadata["image/png"]["alt"], lab.code]
        texts += [lab.status.value, lab.feedback.value, lab.picture.value]
        assert not any(name in text for name in bugs.BUGS for text in texts)
        lab.close()


def test_the_bundle_holds_widget_picture_and_numbers(lab):
    """Guards what readers without a kernel see, and what nbval compares."""
    data, metadata = lab._repr_mimebundle_()
    assert data["text/plain"] == describe_gradient_check(
        bugs.signature(lab.bug, draw=lab.drawn)
    )
    assert "\n" not in data["text/plain"]
    assert base64.b64decode(data["image/png"]).startswith(b"\x89PNG")
    alt = metadata["image/png"]["alt"]
    assert alt.startswith("Gradient check") and f'<img alt="{alt}' in lab.picture.value


def test_the_right_name_is_praised_with_its_line(lab):
    """Guards the answer to a right guess, and the count of found bugs."""
    words = choose(lab, lab.bug)
    assert f"Yes: '{lab.bug}'." in words and "Found so far: 1 of 8." in words
    assert bugs.BUGS[lab.bug].line in lab_text(words)
    assert "Found so far: 1 of 8." in choose(lab, lab.bug)  # once named, counted once
    assert 'role="status"' in words


def lab_text(words):
    return html.unescape(words)


def test_each_wrong_name_is_told_how_it_would_differ(lab):
    """Guards the answers to all seven wrong guesses."""
    shown = lab.data
    for name in others(lab):
        words = lab_text(choose(lab, name))
        assert f"Not '{name}'." in words and bugs.BUGS[name].mark in words
        assert bugs.difference(shown, bugs.signature(name, draw=lab.drawn)) in words
    assert lab.found == set() and lab.problem is None


def test_a_guess_is_compared_on_what_is_shown(lab):
    """Guards the answer against another network, and against other settings."""
    while lab.bug != "last slope missing":
        press(lab, "New bug")
    lab.work["batch_size"].box.value = "2"
    words = lab_text(choose(lab, "slope from output"))
    same, elsewhere, at_first = (
        bugs.difference(lab.data, bugs.signature("slope from output", **settings))
        for settings in (
            {"draw": lab.drawn, "batch_size": 2},
            {"batch_size": 2},
            {"draw": lab.drawn},
        )
    )
    assert same in words and elsewhere not in words and at_first not in words


def test_a_wrong_name_that_looks_the_same_is_told_so(lab):
    """Guards honesty: at settings that hide the difference, none is claimed."""
    while lab.bug != "no 1/n":
        press(lab, "New bug")
    lab.work["batch_size"].box.value = "4"
    lab.work["batch_size"].box.value = "1"  # now nothing is wrong
    lab.work["before"].box.value = "same batch"
    assert lab.shown.line == "Every gradient is right here."
    assert "it would look just the same" in choose(lab, "stale cache")


def test_without_a_choice_the_lab_asks_for_one(lab):
    """Guards the button before the menu was used."""
    press(lab, "That is it")
    assert "Choose one of the eight bugs" in lab.feedback.value


def test_a_new_bug_is_another_one_at_the_first_settings(lab):
    """Guards the button: new bug, new map, first settings, empty menu."""
    for number in range(1, 11):
        before, line = lab.bug, lab.shown.line
        choose(lab, lab.bug)
        lab.work["batch_size"].box.value = "2"
        press(lab, "New bug")
        assert lab.bug != before and lab.shown.line != line
        assert lab.settings == {"seed": 3, "number": number, **first_settings()}
        assert lab.guess.value is None and lab.guess.box.value == "choose"
        assert lab.shown.line == describe_gradient_check(
            bugs.signature(lab.bug, draw=lab.drawn)
        )
    assert "Found so far: 8 of 8." in choose(lab, lab.bug)
    again = eval(lab.code, {"bug_lab": panel.bug_lab})  # its line makes this very one
    assert (again.bug, again.drawn) == (lab.bug, lab.drawn)
    again.close()


def first_settings():
    return {
        "activation": "leaky -0.2", "batch_size": 3, "sizes": (2, 3, 3, 2, 1),
        "learning_rate": 0.2, "before": "other batch", "network": "A",
    }  # fmt: skip


def test_all_eight_come_before_one_comes_again(monkeypatch):
    """Guards the order: shuffled by the seed, and never the same bug twice in a row."""
    # The order alone counts here: take the first network that comes.
    monkeypatch.setattr(panel, "fingerprint", lambda bug, draw=None: None)

    def drawn(seed, times=23):
        lab = bug_lab(seed=seed)
        names = [lab.bug] + [lab._plant_bug() or lab.bug for _ in range(times)]
        lab.close()
        return names

    assert drawn(1) == drawn(1) != drawn(2)
    for seed in range(6):
        names = drawn(seed)
        for start in 0, 8, 16:
            assert set(names[start : start + 8]) == set(bugs.BUGS)
        assert all(a != b for a, b in itertools.pairwise(names))


def test_each_new_bug_shows_its_mark_on_a_network_of_its_own(lab):
    """Guards the game: the mark must be read, no number is that of an earlier map."""
    lines = {describe_gradient_check(bugs.signature(name)) for name in bugs.BUGS}
    for _ in range(8):
        assert set(bugs.wrong_names(lab.data)) == WRONG[lab.bug]
        assert all(check.ok or check.error.max() > 0.05 for check in lab.data)
        if lab.bug not in ("no 1/n", "last slope missing"):  # they have one number
            assert lab.shown.line not in lines
            assert common_factor(lab.data) is None
        lines.add(lab.shown.line)
        press(lab, "New bug")


@each_bug
def test_every_setting_works_for_every_bug(name, capsys):
    """Guards the experiments: no setting stops a bug, none warns."""
    lab = bug_lab()
    while lab.bug != name:
        lab.new_bug()
    for control in lab.work.values():
        for option in control.box.options:
            control.box.value = option
            assert lab.problem is None, (control.box.description, option)
            now = {key: control.value for key, control in lab.work.items()}
            assert lab.shown.line == describe_gradient_check(
                bugs.signature(name, draw=lab.drawn, **now)
            )
    lab.close()
    assert capsys.readouterr().err == ""


def test_every_control_has_a_name(lab):
    """Guards screen readers: each control says what it is."""
    labels = [control.box.description for control in [*lab.work.values(), lab.guess]]
    labels += [button.description for button in buttons(lab.box)]
    assert all(labels) and len(set(labels)) == len(labels)
    assert {"That is it", "New bug", "batch size", "the bug is"} <= set(labels)


def test_the_line_of_settings_makes_the_lab_again(lab):
    """Guards the text that can be copied into a cell; it names no bug."""
    lab.work["batch_size"].box.value = "2"
    again = eval(lab.code, {"bug_lab": bug_lab})
    assert again.code == lab.code and again.shown.line == lab.shown.line
    again.close()


def test_a_wrong_argument_is_an_error_of_the_cell():
    """Guards the call against names that the menus don't offer."""
    for settings, message in (
        ({"network": "Z"}, "network must be one of 'A', 'B', 'C'"),
        ({"activation": "sigmoid"}, "activation must be one of 'leaky -0.2'"),
        ({"batch_size": 6}, "batch size must be one of 1, 2, 3, 4, 5"),
        ({"sizes": (2, 1)}, "sizes must be one of"),
        ({"sizes": "2-1"}, "sizes must list"),
        ({"learning_rate": 0}, "learning_rate must be above 0"),
        ({"before": None}, "call before must be one of 'other batch'"),
        ({"seed": -1}, "seed must be at least 0"),
    ):
        with pytest.raises((TypeError, ValueError), match=message):
            bug_lab(**settings)


def test_nothing_is_drawn_outside_of_the_picture():
    """Guards the layout in all sizes: no block, label or caption is cut or covered."""
    for sizes in bugs.SIZES:
        lab = bug_lab(sizes=sizes)
        ax = lab.view.axes["check"]
        renderer = lab.view.canvas.get_renderer()
        width, height = lab.view.size
        boxes = [text.get_window_extent(renderer) for text in ax.texts]
        for box in boxes:
            assert box.x0 >= 0 and box.x1 <= width and box.y0 >= 0 and box.y1 <= height
        caption = boxes[-1]
        assert not any(box.overlaps(caption) for box in boxes[:-1])
        lab.close()


def test_closing_leaves_no_widget_behind():
    """Guards against a kernel that grows with every run of a cell."""
    before = len(_instances)
    bug_lab().close()
    assert len(_instances) == before
