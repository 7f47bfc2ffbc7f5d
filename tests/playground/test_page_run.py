"""A run on the page: to any step and back, exactly, across changes by hand."""

import itertools

import numpy as np
import pytest

import mlp_core as mlp
from course.fast import join, split
from course.playground import small, twin
from tests.playground.node import ask

START = {"data": "circles", "hidden": [3], "seed": 2, "learning_rate": 0.1}
CHANGES = [
    [0, "put", 1, 0.75],
    [40, "put", 3, 1.25],
    [40, "put", 3, 1.5],  # dragged on
    [40, "put", 0, -0.5],
    [95, "change", {"learning_rate": 0.05, "batch": 3}],
    [160, "change", {"activation": "relu"}],
    [161, "change", {"output": "tanh"}],
    [230, "change", {"l1": 0.001, "l2": 0.002, "batch": 0}],
    [231, "put", 5, 0.125],
    [300, "change", {"batch": 1000, "activation": ["leaky_relu"]}],
]


def test_it_tells_since_which_step_all_corners_are_right():
    """Guards: a step that came late or was left again, and what is told of the past."""
    settings = small("xor", seed=1, batch=1).settings
    run, counts, since = twin.Run(settings), [0], None
    [told] = ask(
        "right", [{"settings": settings, "steps": 399, "visits": [*range(400)]}]
    )
    for step, words in enumerate(told):
        Y_hat, _ = mlp.forward(run.params, mlp.XOR.X, run.activations)
        counts.append(int(np.sum(abs(Y_hat - mlp.XOR.Y) < 0.1)))
        since = step if counts[-1] == 4 != counts[-2] else since
        end = f" since about step {since}" * (counts[-1] == 4)
        assert words == f"{counts[-1]} of 4 right{end}"
        run.train(1)
    assert len({words for words in told if "since" in words}) > 1 and counts[-1] == 4


def in_python(steps, changes=CHANGES):
    """The parameters after so many steps with those changes, by `mlp_core`."""
    run = twin.Run(START)
    run.go_on([event(*change) for change in changes], steps)
    return join(run.params)


def event(step, kind, *what):
    """A change as the page tells it."""
    put = kind == "put" and dict(zip(("parameter", "value"), what))
    return {"step": step, **(put or what[0])}


def test_a_thousand_steps_are_replayed_to_nine_decimals():
    """Guards: what `Playground.replay` promises, for seeds that nobody looked at: up to a
    learning rate of 0.1, for each kind of data and each activation, with a hand in it."""
    rng = np.random.default_rng(28)
    kinds = [name for name in twin.SPEC["data"]["options"] if name != "own"]
    cases = []
    for data, activation in itertools.product(
        kinds, twin.SPEC["activation"]["options"]
    ):
        settings = {"data": data, "activation": activation, "hidden": [4, 3]}
        settings |= {
            "seed": int(rng.integers(10**6)),
            "batch": int(rng.choice([1, 10, 0])),
        }
        settings["learning_rate"] = float(rng.choice([0.03, 0.1]))
        put = [
            int(rng.integers(900)),
            "put",
            int(rng.integers(31)),
            float(rng.normal()),
        ]
        cases.append((settings, put))
    asked = [{"settings": one, "acts": acts_of([put], 1000)} for one, put in cases]
    for (settings, _), stands in zip(cases, ask("acts", asked), strict=True):
        told = stands[-1]
        run = twin.Run(settings)
        run.go_on(told["events"], told["step"])
        assert (run.step, len(told["events"])) == (told["step"], 1), settings
        found, right = join(run.params), np.array(told["p"], float)
        np.testing.assert_allclose(found, right, 1e-9, 1e-9, err_msg=f"{settings}")


def acts_of(changes, steps):
    """What to do in JavaScript, where each change waits until its step."""
    acts, done = [], 0
    for at, *act in changes:
        acts += [["train", at - done]] * (at > done) + [act]
        done = at
    return [*acts, ["train", steps - done]]


def test_changes_by_hand_are_what_python_makes_of_them():
    """Guards: a weight put, and each setting that may change on the way, from that step on;
    the random numbers go on where they were."""
    [stands] = ask("acts", [{"settings": START, "acts": acts_of(CHANGES, 400)}])
    assert stands[-1]["step"] == 400
    np.testing.assert_allclose(stands[-1]["p"], in_python(400), rtol=0, atol=1e-11)


@pytest.mark.parametrize("steps", [400, 4000])
def test_every_step_is_found_again_bit_for_bit(steps):
    """Guards: there and back in any order, also beyond the moments that are kept: the
    parameters, the losses and the settings of that step."""
    rng = np.random.default_rng(1)
    ends = [0, steps, 1, steps - 1, 40, 39, 41, 300, steps, 0, 230, 231]
    visits = [*ends, *rng.integers(steps + 1, size=150).tolist(), steps]
    case = {"settings": START, "steps": steps, "changes": CHANGES, "visits": visits}
    [told] = ask("travel", [case])
    assert told["others"] == [] and told["end"] == steps
    assert told["length"] <= told["most"] and (steps < told["most"]) == (steps == 400)


@pytest.mark.parametrize(
    "acts", [[["trainTo", 400]], [["train", 155, 1e9, 15]], [["train", 1]] * 3200]
)
def test_no_jump_of_the_loss_is_passed_over(acts):
    """Guards: a straight line over all steps that had no picture, and one through a loss
    that is high and low in turns."""
    [stands] = ask("acts", [{"settings": START, "acts": acts}])
    assert all(gap <= 15 and gap % 2 for gap in stands[-1]["gaps"])


def test_the_present_stays_where_it_is():
    """Guards: the last steps of a long run, of which no moment is kept, are not lost when
    one looks back: no end that lies before where it stands."""
    steps = [["train", 1]] * 3333
    acts = [*steps, ["goTo", 10], ["goTo", 5000], ["train", 1], ["goTo", 3334]]
    [stands] = ask("acts", [{"settings": START, "acts": acts}])
    assert all(stand["end"] == i for i, stand in enumerate(stands[:3333], start=1))
    assert [stand["step"] for stand in stands[-4:]] == [10, 3333, 3334, 3334]
    assert stands[-3]["p"] == stands[3332]["p"]


def test_a_reset_is_the_very_same_start():
    """Guards: the same first weights and the same samples again, whatever came between."""
    again = [["goTo", 0], ["train", 50], ["train", 70], ["goTo", 0], ["train", 50]]
    seed = [["change", {"seed": 9}], ["change", {"seed": START["seed"]}], ["train", 50]]
    acts = [["goTo", 0], ["train", 50], *again, *seed, ["change", {"noise": 0.1}]]
    [stands] = ask("acts", [{"settings": START, "acts": acts}])
    start, fifty, *_ = (stand["p"] for stand in stands)
    right = join(twin.Run(START | {"step": 50}).params)
    np.testing.assert_allclose(fifty, right, rtol=0, atol=1e-12)
    assert [stands[i]["p"] for i in (2, 5, 8, 10)] == [start] * 4
    assert [stands[i]["p"] for i in (3, 6, 9)] == [fifty] * 3


def placed(count, value):
    """So many steps that were made outside; all parameters are this value then."""
    return ["place", [value] * 13, count]


def test_steps_from_outside_stand_where_they_were_seen():
    """Guards: steps that Python made, which the page can't make again: each one that was
    shown is found, the page's own before and behind them too, and no present is lost."""
    acts = [["train", 30], placed(0, 1), *[placed(5, i / 8) for i in range(40)]]
    acts += [
        ["train", 25],
        *[["goTo", step] for step in (0, 12, 30, 34, 35, 229, 230, 255, 241)],
    ]
    acts += [["goTo", 255], ["goTo", 133], ["train", 2], ["goTo", 130], ["goTo", 999]]
    [stands] = ask("acts", [{"settings": START, "acts": acts}])
    own, shown = stands[0], stands[1:42]
    last = stands[42]
    start, twelve, *there = stands[43:52]
    assert [stand["step"] for stand in there] == [30, 30, 35, 225, 230, 255, 241]
    assert (start["step"], twelve["step"]) == (0, 12) and own["step"] == 30
    for stand, at in zip(
        there, [shown[0], shown[0], shown[1], shown[39], shown[40], last]
    ):
        assert stand["p"] == at["p"]
    told = {"step": 30, "to": 230, "values": [39 / 8] * 13}
    assert last["events"][-1] == told
    cut = stands[-3]  # in its past, trained on: another future
    assert (cut["step"], cut["end"]) == (132, 132)
    assert cut["events"][-1] == {"step": 30, "to": 130, "values": [19 / 8] * 13}
    assert [stand["step"] for stand in stands[-2:]] == [130, 132]
    assert stands[-1]["p"] == cut["p"]


def test_a_weight_that_is_dragged_while_python_trains_leaves_one_event():
    """Guards: a run that grows with each move of a drag, until the page can't tell it, and
    steps that the page makes up where it looks back."""
    drag = [[["put", i, 9.0], placed(0, i / 2), placed(5, i / 4)] for i in range(9)]
    acts = [["train", 30], placed(0, 1), *itertools.chain(*drag)]
    acts += [["goTo", 50], ["goTo", 30], ["goTo", 40], ["train", 1]]
    acts += [placed(5, 3), ["put", 0, 9.0], ["goTo", 43]]
    [stands] = ask("acts", [{"settings": START, "acts": acts}])
    told, (fifty, start, forty, cut, *_, between) = stands[28], stands[29:]
    assert told["events"] == [{"step": 30, "to": 75, "values": [2.0] * 13}]
    assert set(fifty["p"]) == {2.0} and set(start["p"]) == {0.0}
    assert forty["p"] == [1.0] * 13 and forty["step"] == 40
    assert cut["events"] == [{"step": 30, "to": 40, "values": [1.0] * 13}]
    assert between["step"] == 41  # the page can't make the steps behind it again


def test_a_long_stretch_from_outside_keeps_few_moments_and_both_its_ends():
    """Guards: memory that grows with each picture, and a look back that trains from a
    moment that is gone."""
    acts = [["train", 10], placed(0, 1), *[placed(1, i / 4096) for i in range(4000)]]
    acts += [
        *[["train", 1]] * 1700,
        ["goTo", 4011],
        ["goTo", 4010],
        ["goTo", 10],
        ["goTo", 9999],
    ]
    [stands] = ask("acts", [{"settings": START, "acts": acts}])
    first, last, start, end = stands[-4:]
    assert first["p"] == stands[4002]["p"] and last["p"] == stands[4001]["p"]
    assert start["p"] == stands[1]["p"] and end["p"] == stands[-5]["p"]
    assert max(stand["kept"] for stand in stands) <= 1501


@pytest.mark.parametrize("step", [400, 130, 7])
def test_a_page_that_is_loaded_again_goes_on(step):
    """Guards: what a page told of its run, told back: the same network, the same look
    back, the same way on; by Python, too."""
    first = [0, "change", {"activation": "sigmoid"}]
    changes = [first, *CHANGES[:5], [120, "place", [0.25] * 13], *CHANGES[5:]]
    acts = [*acts_of(changes, 400), ["goTo", step]]
    visits = [3, 95, 119, 120, 161, 400]
    acts += [act for to in visits for act in (["goTo", to],)]
    [stands] = ask("acts", [{"settings": START, "acts": acts}])
    here, seen = stands[-len(visits) - 1], stands[-len(visits) :]
    told = {
        "first": twin.whole(START),
        "events": here["events"],
        "step": step,
        "values": here["p"],
    }
    [again] = ask("again", [{"told": told, "more": 0, "visits": visits}])
    assert (again["p"], again["step"]) == (here["p"], step)
    if step == 400:
        assert again["seen"] == [[stand["step"], stand["p"]] for stand in seen]
    run = twin.Run(START)
    run.go_on(here["events"], step)
    np.testing.assert_allclose(join(run.params), here["p"], rtol=0, atol=1e-11)


def test_a_very_long_run_is_taken_over_where_it_led():
    """Guards: a page that trains for a minute before it shows anything."""
    told = {
        "first": twin.whole(START),
        "events": [],
        "step": 10**7,
        "values": [0.5] * 13,
    }
    [again] = ask("again", [{"told": told, "more": 3, "visits": [10**7, 5]}])
    assert again["p"] == [0.5] * 13 and again["step"] == 10**7
    assert again["seen"][0] == [10**7, [0.5] * 13] and again["end"] != [0.5] * 13
    assert again["events"] == [{"step": 0, "to": 10**7, "values": [0.5] * 13}]


def test_what_is_done_in_the_past_makes_another_future():
    """Guards: steps and changes after it are forgotten; those before it stay."""
    acts = [*acts_of(CHANGES, 400), ["goTo", 120], ["goTo", 400], ["goTo", 120]]
    acts += [["put", 2, -2], ["goTo", 200], ["train", 80], ["goTo", 3], ["goTo", 200]]
    [stands] = ask("acts", [{"settings": START, "acts": acts}])
    kept = [change for change in CHANGES if change[0] <= 120]
    right = in_python(200, [*kept, [120, "put", 2, -2]])
    assert [stand["step"] for stand in stands[-4:]] == [120, 200, 3, 200]
    np.testing.assert_allclose(stands[-1]["p"], right, rtol=0, atol=1e-11)
    assert stands[-1]["settings"]["activation"] == "tanh"
    assert [event["step"] for event in stands[-1]["events"]] == [0, 40, 40, 95, 120]


def test_a_change_by_hand_is_kept_whatever_comes():
    """Guards: a moment of a change, which was gone back to, when every second is dropped."""
    once = [["train", 1]] * 10
    acts = [["train", 41], ["put", 0, 5], *once, ["goTo", 41], *once]
    acts += [*[["train", 1]] * 2000, ["goTo", 51], ["goTo", 41]]
    [stands] = ask("acts", [{"settings": START, "acts": acts}])
    put, first, again, last, there = (stands[i] for i in (1, 11, 22, -2, -1))
    assert [stand["step"] for stand in (first, again, last)] == [51] * 3
    assert first["p"] == again["p"] == last["p"] and there["p"] == put["p"]


def test_what_is_told_of_a_change_is_what_changed():
    """Guards: the step of a change, also where a whole set of settings is given."""
    acts = [
        ["train", 20],
        ["change", {"step": 7, "hide": [], "l2": 0.1}],
        ["put", 2, 1.5],
    ]
    [stands] = ask("acts", [{"settings": START, "acts": acts}])
    put = {"step": 20, "parameter": 2, "value": 1.5}
    assert stands[-1]["events"] == [{"step": 20, "l2": 0.1}, put]


def test_what_only_hides_is_not_undone_by_looking_back():
    """Guards: a part that was hidden, or shown, stays so at every step."""
    acts = [["train", 9], ["change", {"batch": 3}], ["train", 20]]
    acts += [["change", {"hide": ["loss"]}], ["goTo", 5], ["goTo", 29]]
    [stands] = ask("acts", [{"settings": START, "acts": acts}])
    assert [stand["settings"]["hide"] for stand in stands] == [[]] * 3 + [["loss"]] * 3
    assert [stand["settings"]["batch"] for stand in stands] == [10, 3, 3, 3, 10, 3]
    assert stands[-1]["p"] == stands[2]["p"]


EXPLODES = {"data": "plane", "hidden": [4], "scheme": "normal", "output": "identity"}
EXPLODES |= {"activation": "leaky_relu", "learning_rate": 3, "seed": 1}


@pytest.mark.parametrize("part", [1, 7, 1000])
def test_where_it_exploded_it_stands_and_says_so(part):
    """Guards: the same end in steps of any size; no step beyond; told again after a look
    back; and it goes on after a change."""
    right = twin.Run(EXPLODES | {"step": 1000})
    assert right.diverged_at and 3 < right.step < 900
    more = [["goTo", 3], ["train", 1], ["train", 9999]]  # another past, the same end
    more += [["train", part], ["goTo", 2], ["goTo", 9999], ["train", 5]]
    more += [["change", {"output": "tanh"}], ["goTo", 0], ["goTo", 9999], ["train", 5]]
    acts = [*[["train", part]] * (right.step // part + 2), *more]
    [stands] = ask("acts", [{"settings": EXPLODES, "acts": acts}])
    once, past, broken, back, there, on, changed, start, again, last = stands[-10:]
    assert (once["step"], once["divergedAt"], past["p"]) == (4, None, broken["p"])
    for stand in (broken, there, on):
        assert (stand["step"], stand["divergedAt"]) == (right.step, right.diverged_at)
        assert stand["p"] == broken["p"] and None not in stand["p"]
    assert (back["step"], back["divergedAt"]) == (2, None) == (start["step"] + 2, None)
    assert changed["divergedAt"] is None and again["step"] == right.step
    assert last["step"] > right.step


BROKEN = {
    "the next loss": (0, 1e200, 5, {}),
    "only a weight": (12, 1e154, 1, {"activation": "tanh", "batch": 1}),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_a_hand_breaks_stays_as_the_hand_left_it(name):
    """Guards: a weight so large that the next loss is infinite, or another weight while
    the loss is not: nothing is taken back."""
    parameter, value, steps, more = BROKEN[name]
    settings = EXPLODES | {"learning_rate": 100} | more
    acts = [["put", parameter, value], ["train", steps], ["goTo", 0], ["goTo", 99]]
    [[put, *there]] = ask("acts", [{"settings": settings, "acts": acts}])
    run = twin.Run(settings)
    run.params = split(np.array(put["p"]), [(2, 4), (4, 1)])
    run.train(steps)
    assert (run.step, run.diverged_at) == (0, 1)
    for stand in there:
        assert (stand["step"], stand["divergedAt"], stand["p"]) == (0, 1, put["p"])


def test_what_broke_at_once_can_be_mended_at_once():
    """Guards: a rate that is lowered at step 0, which changes nothing by hand; and a page
    that is loaded again where its run broke."""
    settings = {"data": "own", "points": [[3, 3, 1e155]], "output": "identity"}
    acts = [
        ["train", 5],
        ["change", {"learning_rate": 1e-5}],
        ["change", {"points": [[3, 3, 1]]}],
    ]
    [stands] = ask("acts", [{"settings": settings, "acts": acts}])
    broken, mended, _ = stands
    assert (broken["divergedAt"], mended["divergedAt"], mended["events"]) == (
        1,
        None,
        [],
    )
    told = {"first": twin.whole(settings), "events": [], "step": 0, "divergedAt": 1}
    [again] = ask(
        "again", [{"told": told | {"values": broken["p"]}, "more": 5, "visits": [0]}]
    )
    assert again["end"] == broken["p"] and again["divergedAt"] == 1


def test_a_long_run_that_explodes_remembers_it():
    """Guards: the step is told after a look back also where few moments are kept."""
    slow = {"data": "plane", "hidden": [], "output": "identity", "learning_rate": 0.05}
    rate = ["change", {"learning_rate": 100}]
    acts = [
        *[["train", 1]] * 3002,
        rate,
        *[["train", 1]] * 400,
        ["goTo", 7],
        ["goTo", 9999],
    ]
    [stands] = ask("acts", [{"settings": slow, "acts": acts}])
    assert stands[-3]["divergedAt"] == stands[-3]["step"] + 1
    for word in ("step", "divergedAt", "p"):
        assert stands[-1][word] == stands[-3][word]


def test_no_data_is_no_step():
    """Guards: own points before there is one; what is trained begins with the first."""
    points = {"points": [[1, 1, 1], [-1, -1, 0]]}
    acts = [["train", 5], ["goTo", 3], ["put", 0, 1], ["change", points], ["train", 5]]
    [stands] = ask("acts", [{"settings": START | {"data": "own"}, "acts": acts}])
    assert [stand["step"] for stand in stands] == [0, 0, 0, 0, 5]
    right = join(twin.Run(START | points | {"data": "own", "step": 5}).params)
    np.testing.assert_allclose(stands[-1]["p"], right, rtol=0, atol=1e-12)
