"""The bug lab: its words, its answers to guesses, and its order of bugs."""

import html
import inspect
import itertools

import pytest

from course import record
from course.lessons.bug_lab import bugs, puzzles
from course.lessons.bug_lab.game import bug_lab
from course.pictures.gradient_checks import describe_gradient_check
from tests.lessons.test_bug_lab_bugs import each_bug
from tests.panels.parts import assert_all_inside, message, press


@pytest.fixture
def lab():
    return bug_lab(seed=3)


def settings_of(lab):
    """What the menus show."""
    return {name: control.value for name, control in lab.work.items()}


def signature_in(lab, name):
    """The map of a bug in the lab as it stands; of another one, in the layer where the
    arrays that are wrong come nearest to those of what is shown."""
    suspects = [s for s in puzzles.SUSPECTS[lab.puzzle.level] if s.bug == name]
    if name == lab.bug:
        suspects = [lab.puzzle.suspect]
    settings = settings_of(lab) | {"draw": lab.puzzle.draw}
    maps = [bugs.signature(bug, layer=layer, **settings) for bug, layer in suspects]
    wrong = {*bugs.wrong_names(lab.data)}
    return min(maps, key=lambda found: len(wrong ^ {*bugs.wrong_names(found)}))


def plant(name, **wanted):
    """A lab with this bug, at first settings that hold what is wanted."""
    for number in range(1000):
        found = puzzles.puzzle(5, 1, number)
        if found.suspect.bug == name and found.settings | wanted == found.settings:
            return bug_lab(seed=5, number=number)
    raise LookupError(name)


def others(lab):
    return [name for name in bugs.BUGS if name != lab.bug]


def choose(lab, name):
    """As the learner does it: in the menu, then the button. Returns the answer."""
    lab.guess.box.value = name
    press(lab, "That is it")
    return html.unescape(lab.feedback.value)


def test_the_first_state_does_not_name_the_bug():
    """Guards the game: no text that is there before a guess gives the name away."""
    for seed, level in itertools.product(range(8), (1, 2)):
        lab = bug_lab(seed=seed, level=level)
        data, metadata = lab._repr_mimebundle_()
        texts = [data["text/plain"], metadata["image/png"]["alt"], lab.code]
        texts += [lab.status.value, lab.feedback.value, lab.picture.value]
        assert not any(name in text for name in bugs.BUGS for text in texts)


@pytest.mark.parametrize("level, number", [(1, 0), (2, 1)])
def test_each_wrong_name_is_told_how_it_would_differ(level, number):
    """Guards the answers to all seven wrong guesses, and to none; also where the bug
    stands in one layer only: there two of the guesses come nearest in one layer, too."""
    lab = bug_lab(3, level, number)
    press(lab, "That is it")
    assert "Choose one of the eight bugs" in lab.feedback.value
    for name in others(lab):
        words = choose(lab, name)
        assert f"Not '{name}'." in words and bugs.BUGS[name].mark in words
        assert bugs.difference(lab.data, signature_in(lab, name)) in words
        assert words.endswith(" You have two changes left.</div>")
    assert not lab.found and lab.problem is None


def test_a_guess_is_compared_on_what_is_shown():
    """Guards the answer against another network, and against other settings."""
    lab = plant("last slope missing", activation="leaky -0.2", batch_size=3)
    at_first = bugs.difference(lab.data, signature_in(lab, "slope from output"))
    lab.work["activation"].box.value = "tanh"
    words = choose(lab, "slope from output")
    same = bugs.difference(lab.data, signature_in(lab, "slope from output"))
    other = bugs.signature("slope from output", draw=1, **settings_of(lab))
    elsewhere = bugs.difference(lab.data, other)
    assert len({same, elsewhere, at_first}) == 3
    assert same in words and elsewhere not in words and at_first not in words


def test_at_level_2_the_lab_says_how_many_bugs_share_the_pattern():
    """Guards its words: a map of which four are meant must not speak of one, and who
    names a bug in one layer is told which; and that the map is that of this layer."""
    for number in range(8):
        lab = bug_lab(seed=3, level=2, number=number)
        count = len(puzzles.lookalikes(lab.puzzle))
        text = "one other bug has" if count == 1 else f"{count} other bugs have"
        assert f"At its first settings {text} the same pattern" in lab.feedback.value
        assert "It may be in one layer only." in lab.feedback.value
        assert lab.shown.line == describe_gradient_check(signature_in(lab, lab.bug))
        bug, layer = lab.puzzle.suspect
        where = "" if layer is None else f", in layer {layer} only"
        assert f"Yes: '{bug}'{where}. " in choose(lab, bug)


def test_praise_says_how_many_bugs_share_the_pattern_of_a_map_with_errors():
    """Guards: the errors of a white map have no size that could decide; the count of the
    first map beside another one."""
    lab = plant("no transpose", sizes=(3, 3, 3, 3))
    assert "(On this map one other bug has the same pattern, so" in choose(lab, lab.bug)
    lab.work["sizes"].box.value = "2-4-3-1"
    assert not bugs.wrong_names(lab.data)
    lab.work["batch_size"].box.value = "5"
    assert "wrong axis" in puzzles.lookalikes(lab.puzzle, settings_of(lab))
    assert "the same pattern" not in choose(lab, lab.bug)
    lab = bug_lab(seed=3, level=2)
    assert len(puzzles.lookalikes(lab.puzzle)) == 2
    lab.work["activation"].box.value = "leaky 0.1"
    assert "(On this map one other bug has" in choose(lab, lab.bug)


def test_a_reply_goes_when_the_map_changes(lab):
    """Guards against words that speak of a map that is no longer there."""
    line = lab.shown.line
    assert "Which bug is it?" in lab.feedback.value
    choose(lab, others(lab)[0])
    lab.work["batch_size"].box.value = other_option(lab.work["batch_size"])
    assert "Which bug is it?" in lab.feedback.value
    choose(lab, others(lab)[1])
    press(lab, "First map")
    assert "Which bug is it?" in lab.feedback.value and lab.shown.line == line
    assert settings_of(lab) == lab.puzzle.settings
    assert "Yes: " in choose(lab, lab.bug)
    lab.work["batch_size"].box.value = other_option(lab.work["batch_size"])
    assert f"It is '{lab.bug}'." in html.unescape(lab.feedback.value)
    press(lab, "New bug")
    assert "Which bug is it?" in lab.feedback.value


def other_option(control):
    return next(o for o in control.box.options if o != control.box.value)


def test_a_new_bug_is_another_one_at_first_settings_of_its_own(lab):
    """Guards the button: new bug, new map, its settings in the menus, empty menu; and the
    praise, with the line of the bug."""
    for number in range(1, 9):
        before, line = lab.bug, lab.shown.line
        words, bug = choose(lab, lab.bug), bugs.BUGS[lab.bug]
        assert f"Yes: '{lab.bug}'." in words
        assert f"In the course's code, {bug.where}: {bug.line}" in words
        lab.work["batch_size"].box.value = "2"
        press(lab, "New bug")
        assert lab.bug != before and lab.shown.line != line
        expected = puzzles.puzzle(3, 1, number)
        assert lab.puzzle == expected and settings_of(lab) == expected.settings
        assert lab.work["activation"].box.value == expected.settings["activation"]
        assert lab.guess.value is None and lab.guess.box.value == "choose"
        assert lab.shown.line == describe_gradient_check(signature_in(lab, lab.bug))
        assert lab.feedback.value.count("A new bug in a new network.") == 1
    end = "That makes all eight, 8 of 8 at the first try, with 0 of 16 changes."
    assert end in words


@pytest.mark.parametrize("seed", [3, 6983])  # the second is the notebook's
def test_the_end_tells_how_the_eight_were_named(seed):
    """Guards the applause: first tries and changes are those before each was named."""
    lab = bug_lab(seed=seed)
    for number in range(8):
        for _ in range(number % 3):
            choose(lab, others(lab)[0])
        for control in [*lab.work.values()][: number % 2]:
            control.box.value = other_option(control)
        words = choose(lab, lab.bug)
        for name in (others(lab)[0], lab.bug):  # once it is named, nothing counts
            choose(lab, name)
        lab.work["before"].box.value = other_option(lab.work["before"])
        assert ("That makes" in words) == (number in (3, 7))
        if number == 3:
            end = "That makes four, 2 of 4 at the first try, with 3 wrong names and 2 of 8 changes."
            assert end in words
        press(lab, "New bug")
    end = "That makes all eight, 3 of 8 at the first try, with 7 wrong names and 4 of 16 changes."
    assert end in words


def test_the_count_is_there_again_in_a_new_kernel(copy):
    """Guards: wrong names that are forgotten by a restart or with a bug that is skipped, and
    another seed's; a bug that comes again though it is found."""
    lab = bug_lab(seed=3)
    for name in (others(lab)[0], lab.bug):
        choose(lab, name)
    press(lab, "New bug")
    choose(lab, others(lab)[0])
    press(lab, "New bug")
    record.close()
    record.open_in(copy)
    lab = bug_lab(seed=3)
    words = "Found so far: 1 of 4, with 2 wrong names along the way."
    assert words in lab.feedback.value and len(lab.found) == 1
    assert "So far 2 wrong names." in choose(lab, others(lab)[0])
    bug_lab(seed=4).new_bug()
    press(lab, "New bug")
    assert lab.bug not in lab.found
    assert "Found so far" not in bug_lab(seed=4).feedback.value


def test_no_bug_comes_again_until_all_eight_are_found(lab):
    """Guards the patience: who gives up three of the eight is shown those three next."""
    given_up = []
    for number in range(8):
        if number < 3:
            given_up.append(lab.bug)
        else:
            choose(lab, lab.bug)
        press(lab, "New bug")
    words = []
    for _ in range(3):
        assert lab.bug in given_up
        given_up.remove(lab.bug)
        words.append(choose(lab, lab.bug))
        press(lab, "New bug")
    assert [("makes all eight" in each) for each in words] == [False, False, True]
    words = choose(lab, lab.bug)
    assert "Yes: " in words and "all eight" not in words, "an end that comes again"


def test_a_bug_is_named_with_two_changed_settings(lab):
    """Guards the budget: what takes from it, what does not, and what is refused."""
    size, before = lab.work["batch_size"].box, lab.work["before"].box
    first, other = size.value, other_option(lab.work["batch_size"])
    assert "You have two changes left." in lab.feedback.value
    size.value = other
    assert "You have one change left." in lab.feedback.value
    press(lab, "First map")  # gives nothing back
    size.value = other  # has been seen
    assert "You have one change left." in lab.feedback.value
    before.value = other_option(lab.work["before"])
    assert "You have no change left: name the bug" in lab.feedback.value
    line, kept = lab.shown.line, settings_of(lab)
    lab.work["activation"].box.value = other_option(lab.work["activation"])
    assert (lab.shown.line, settings_of(lab)) == (line, kept)
    assert lab.work["activation"].box.value == kept["activation"]
    assert "The settings stay as they are" in lab.feedback.value
    assert message(lab).count(line) == 1 and lab.problem is None
    press(lab, "First map")
    assert size.value == first
    choose(lab, lab.bug)
    size.value = next(o for o in size.options if o not in (first, other))
    assert lab.work["batch_size"].value == int(size.value)
    assert "left" not in lab.feedback.value
    press(lab, "New bug")
    assert "You have two changes left." in lab.feedback.value


def test_what_the_call_changes_costs_nothing():
    """Guards a lab that its teacher has set up."""
    lab = bug_lab(seed=3, batch_size=5, activation="identity")
    assert "You have two changes left." in lab.feedback.value


def test_another_level_is_another_game(lab):
    """Guards the menu: its first bug and words; on the way back what was found."""
    choose(lab, lab.bug)
    lab.level.set(2)
    assert lab.puzzle == puzzles.puzzle(3, 2, 0) and not lab.found
    assert "Found so far: 1 of 4." in choose(lab, lab.bug)
    assert lab.shown.line == describe_gradient_check(signature_in(lab, lab.bug))
    press(lab, "New bug")
    assert lab.puzzle == puzzles.puzzle(3, 2, 1) and lab.problem is None
    lab.level.set(1)
    assert lab.puzzle == puzzles.puzzle(3, 1, 1), "the first was found"
    assert "Found so far: 2 of 4." in choose(lab, lab.bug)


@each_bug
def test_every_setting_works_for_every_bug(name, capsys):
    """Guards the experiments: no setting stops a bug, none warns, each reaches the map."""
    lab = plant(name)
    choose(lab, name)  # from here on it may be changed as often as one likes
    for control in lab.work.values():
        for option in control.box.options:
            control.box.value = option
            assert lab.problem is None, (control.box.description, option)
            assert lab.shown.line == describe_gradient_check(signature_in(lab, name))
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("level", [1, 2])
def test_the_line_of_settings_makes_the_lab_again(lab, level):
    """Guards the text that can be copied into a cell; it names no bug."""
    lab.level.set(level)
    press(lab, "New bug")
    lab.work["batch_size"].box.value = "2"
    again = eval(lab.code, {"bug_lab": bug_lab})
    assert again.code == lab.code and again.shown.line == lab.shown.line
    assert again.puzzle == lab.puzzle  # 'First map' leads to the same settings, too


@pytest.mark.parametrize("setting", inspect.signature(bug_lab).parameters)
def test_a_wrong_argument_is_an_error_of_the_cell(setting):
    """Guards the call against values that the menus don't offer, each by its name."""
    label = setting.replace("_", " ").replace("before", "call before")
    with pytest.raises((TypeError, ValueError), match=f"^{label} must "):
        bug_lab(**{setting: -1})


@pytest.mark.parametrize("sizes", bugs.SIZES)
def test_nothing_is_drawn_outside_of_the_picture(sizes):
    """Guards the layout in all sizes: no block, label or caption is cut or covered."""
    view = bug_lab(sizes=list(sizes)).view  # a list is welcome, too
    assert_all_inside(view)
    renderer = view.canvas.get_renderer()
    *boxes, caption = (t.get_window_extent(renderer) for t in view.axes["check"].texts)
    assert not any(box.overlaps(caption) for box in boxes)
