"""Steps that Python makes for the page: what is taken, who is named, and how it ends."""

import subprocess
import sys
import threading

import numpy as np
import pytest

import mlp_core as mlp
from course.fast import join
from course.playground import follow, twin
from course.playground.follow import Follower
from course.playground.widget import Playground
from course.tools import ROOT
from tests.wait import PATIENCE

START = mlp.initialize((2, 3, 1), np.random.default_rng(0))
FOR_EVER = range(3 * 10**8)  # far longer than a step may take, but it ends
SHAPES = [(2, 3), (3, 1)]


def my_step(params, rate=0.5):
    return [mlp.Layer(rate * W, b) for W, b in params]


def same(layer):
    return layer


def has_attributes(params):
    """`training` is not called here, only an attribute; `same` is, in a list."""
    getattr(mlp, "training", None) or (lambda: params.training)
    yield [same(layer) for layer in params]


def deep(params):
    return my_step(params)


def training(params, steps=4):
    for _ in range(steps):
        params = my_step(params)
        yield params


class Node:
    def __matmul__(self, other):
        return lambda slope: same(slope)

    def told(self):
        return fails_at_once(self)


NODE = Node()


def by_nodes(params):
    yield params
    Node() @ NODE
    NODE.told()


def never(params):
    yield params
    for _ in FOR_EVER:
        pass


def fails(params):
    yield params
    params[0].W @ np.ones(9)


def asks_wrongly(params):
    yield params
    mlp.forward(params, [1.0, 2.0])


def fails_at_once(params):
    return 1 / 0


def has_no_words(params):
    yield params

    class Silent(Exception):
        def __str__(self):
            raise KeyError

    raise Silent


def ends_python(params):
    yield params
    raise SystemExit


@pytest.fixture
def at_once(monkeypatch):
    """Steps are never short of time, and none may take long."""
    monkeypatch.setattr(follow, "PICTURE", 60)
    monkeypatch.setattr(follow, "LONGEST", PATIENCE)


@pytest.fixture
def impatient(monkeypatch, at_once):
    monkeypatch.setattr(follow, "LONGEST", 1)


def test_the_steps_come_in_their_order_until_there_are_no_more(at_once):
    """Guards: a step that is lost, made twice, or counted without its network; those of
    before it began among its own; and a network that is told once more."""
    follower = Follower(training(START), SHAPES, begun=7)
    right = [join(params).tolist() for params in training(START)]
    assert follower.take(3) == {"count": 3, "values": right[2], "end": ""}
    told = follower.take(5)
    assert told == {
        "count": 1,
        "values": right[3],
        "end": "Python has made all its steps: 4.",
    }
    assert follower.take(5) == told | {"count": 0, "values": None}


def test_a_picture_waits_for_one_step_alone_where_steps_are_slow(monkeypatch):
    """Guards: a picture that waits for a thousand steps, or for none."""
    monkeypatch.setattr(follow, "PICTURE", 0)
    follower = Follower(training(START), SHAPES)
    assert [follower.take(1000)["count"] for _ in range(4)] == [1] * 4


def test_the_steps_of_the_core_are_taken_without_their_losses(at_once):
    """Guards: `mlp_core.steps`, which yields the loss, too."""
    samples = mlp.draw_samples(np.random.default_rng(1), 4, 50)
    made = mlp.steps(START, *mlp.XOR[1:], samples, mlp.ORIGINAL, 0.2)
    follower = Follower(made, SHAPES)
    settings = {"activation": mlp.ORIGINAL, "samples": samples}
    params, _ = mlp.train(START, *mlp.XOR[1:], **settings)
    assert follower.take(50)["values"] == join(params).tolist()
    assert follower.by == "mlp_core's steps, loss_and_grads, sgd_step"


ENDS = {
    never: "took more than 1 seconds, in the line `{}` of never",
    fails: "stopped, in the line `params[0].W @ np.ones(9)` of fails: matmul",
    asks_wrongly: "stopped, in the line `mlp.forward(params, [1.0, 2.0])` of asks_wrongly: X has",
    by_nodes: "stopped, in the line `return 1 / 0` of fails_at_once, called in the line "
    "`NODE.told()` of by_nodes: ZeroDivisionError",
    has_no_words: "stopped, in the line `raise Silent` of has_no_words: Silent",
    ends_python: "stopped, in the line `raise SystemExit` of ends_python: SystemExit",
}


@pytest.mark.parametrize("steps", ENDS)
def test_a_step_that_fails_ends_it_with_the_learners_line(steps, impatient):
    """Guards: an error that nobody sees, one told of a line of ours, and a loop for ever;
    what was made before is kept."""
    told = Follower(steps(START), SHAPES).take(9)
    assert told["count"] == 1 and told["values"] == join(START).tolist()
    words = "Python's step 2 " + ENDS[steps]
    ends = [words.format(line) for line in ("for _ in FOR_EVER:", "pass")]
    assert told["end"].startswith(tuple(ends))


def test_a_step_is_stopped_in_each_thread_and_only_there(impatient):
    """Guards: JupyterLab's thread for widgets, which no interrupt reaches; and a word that
    comes after its step, into whatever is done then."""
    told = []

    def take():
        told.append(Follower(never(START), SHAPES).take(2))
        sum(step for step in range(10**7))  # longer than the word would take
        told.append("went on")

    thread = threading.Thread(target=take)
    thread.start()
    thread.join()
    assert "took more than" in told[0]["end"] and told[1] == "went on"


TRACED = """
import sys
from course.playground.follow import TooSlow, at_most
def wait(seconds):
    while seconds < 1:
        pass
for seconds in (60, 0.01):
    try:
        with at_most(seconds):
            wait(seconds)
    except TooSlow:
        pass
lines = []
def heard(frame, event, _):
    lines.append(event)
    return heard
def traced():
    return [step for step in range(3)]
sys.settrace(heard)
traced()
sys.settrace(None)
assert "line" in lines
"""


def test_what_comes_later_can_be_traced():
    """Guards: debuggers, which wait for ever where a word to a thread is taken back."""
    command = [sys.executable, "-c", TRACED]
    subprocess.run(command, cwd=ROOT, timeout=PATIENCE, check=True)


def test_what_is_too_slow_is_not_caught_on_the_way(impatient):
    """Guards: a learner's `except Exception` that goes on for ever."""

    def stubborn(params):
        while True:
            try:
                yield params
                for _ in FOR_EVER:
                    pass
            except Exception:  # noqa: BLE001, S112
                continue

    def swallows(params):
        yield params
        try:
            for _ in FOR_EVER:
                pass
        except:  # noqa: E722
            for _ in FOR_EVER:
                pass

    for steps in swallows, stubborn:
        assert "took more than" in Follower(steps(START), SHAPES).take(2)["end"]


WRONG = {
    "other shapes": (
        [
            mlp.Layer(np.ones((2, 4)), np.ones(4)),
            mlp.Layer(np.ones((4, 1)), np.ones(1)),
        ],
        "layers: the W are [(2, 4), (4, 1)], but the page has [(2, 3), (3, 1)]",
    ),
    "a bias in two dimensions": (
        [mlp.Layer(START[0].W, np.ones((1, 3))), START[1]],
        "layers: W[0] is (2, 3) and b[0] is (1, 3), but they must be",
    ),
    "too large a step": (
        [mlp.Layer(START[0].W * np.inf, START[0].b), START[1]],
        "explo",
    ),
    "a loss alone": (0.25, "layers must be a list of Layer"),
    "None": (None, "it yields nothing, so write `yield params`"),
    "a word": (("abc", START), "layers must be a list of Layer"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_step_that_gives_no_network_of_these_shapes_ends_it(name, at_once):
    """Guards: a page that draws something else, or NaN."""
    given, words = WRONG[name]
    told = Follower(iter([START, given, START]), SHAPES).take(9)
    assert told["count"] == 1 and words in told["end"]
    assert told["end"].startswith("Python's step 2 stopped: ")


def test_who_trains_is_named():
    """Guards: a page that says 'your functions' where the course's stand in."""
    assert Follower(training(START), SHAPES).by == "your training, my_step"

    def handed(params, step, gradient=mlp.loss_and_grads):
        yield step(params)

    words = "your handed, deep, my_step; mlp_core's loss_and_grads"
    assert Follower(handed(START, deep), SHAPES).by == words
    assert Follower(has_attributes(START), SHAPES).by == "your has_attributes, same"
    handed_on = (
        deep(params) for params in [START]
    )  # has no name, nor have its functions
    assert Follower(handed_on, SHAPES).by == "your deep, my_step"
    assert Follower(iter([START]), SHAPES).by == "your steps"
    by = "your by_nodes, same, told, fails_at_once"  # by operator, lambda, method
    assert Follower(by_nodes(START), SHAPES).by == by

    def by_name(params):
        yield mlp.sgd_step(params, mlp.backprop(params), twin.mlp)

    assert Follower(by_name(START), SHAPES).by == (
        "your by_name; mlp_core's sgd_step, backprop"
    )
    with pytest.raises(TypeError, match="with `yield`, not a list"):
        Follower([START], SHAPES)


def test_the_page_asks_and_is_answered(at_once, monkeypatch):
    """Guards: an answer to who asked for other steps, which were followed before."""
    play = Playground(hidden=[3], activation="relu")
    sent = []
    monkeypatch.setattr(play, "send", sent.append)
    play.follow(training(play.params))
    number = play.follows["number"]
    play._take(play, {"number": number, "count": 2}, [])
    assert sent[0]["number"] == number and sent[0]["count"] == 2
    play.follow(training(play.params))
    play._take(play, {"number": number, "count": 2}, [])
    assert len(sent) == 1 and play.follows["number"] == number + 1
    assert play.follows["by"] == "your training, my_step"


def asks(play, count, now=None):
    """What Python answers to the page, whose network begins anew if `now` is told."""
    sent, more = [], {"now": now} if now else {}
    play.send = sent.append
    play._take(play, {"number": play.follows["number"], "count": count} | more, [])
    return sent[0]


def test_a_function_begins_with_what_the_page_shows(at_once):
    """Guards: a network, a rate, a size of the page that a function does not see."""
    play = Playground(hidden=[3], activation="relu")

    def by_rate(params):
        while True:
            params = [mlp.Layer(W + play.learning_rate, b) for W, b in params]
            yield params

    play.follow(by_rate)
    assert play.follows == {"number": 1, "by": "your by_rate", "begins": True}
    for hidden, rate, count in [([3], 0.5, 2), ([4], 0.25, 3)]:
        settings = twin.whole({"hidden": hidden, "learning_rate": rate, "seed": 7})
        start = join(twin.Run(settings | {"step": 0}).params)
        now = {"first": settings, "settings": settings, "events": [], "step": 9}
        told = asks(play, count, now | {"values": start.tolist(), "seen": 1})
        assert told["number"] == 1 and told["count"] == count and not told["end"]
        assert told["values"][0] == pytest.approx(start[0] + rate * count)
        told = asks(play, 1)  # goes on
        assert told["values"][0] == pytest.approx(start[0] + rate * (count + 1))
        assert (play.seed, play.step, play.learning_rate) == (7, 9, rate)


def test_a_function_that_fails_when_it_begins_is_told_of(at_once):
    """Guards: a page that waits for an answer, and a function without `yield`."""
    play, given = Playground(hidden=[3]), []

    def training(params):
        return iter([params]) if not given else given[0](params)

    play.follow(training)
    told_by_page(play, values=[0.5] * 13, step=1)
    for one, words in [
        (fails_at_once, "in the line `return 1 / 0` of fails_at_once, called in"),
        (lambda params: None, "'NoneType' object is not iterable"),
    ]:
        given[:] = [one]
        told = asks(play, 2, play.now)
        assert told["count"] == 0 and words in told["end"]
    with pytest.raises(TypeError, match="with `yield`, not a list"):
        play.follow(lambda params: [params])
    assert words in asks(play, 2, play.now)["end"]  # the one before follows still
    with pytest.raises(AttributeError, match="no attribute 'rate'"):
        play.rate  # noqa: B018
    play.hidden.append(8)
    assert play.hidden == [3]


def told_by_page(play, **more):
    """What the page tells, as if it were there."""
    now = {"first": twin.whole(play.settings), "events": [], "seen": 0} | more
    play.set_state({"now": {"settings": now["first"], **now}})


def test_parameters_without_a_page_are_those_of_the_settings():
    """Guards: a script, nbval, and a cell that runs before its page has told anything."""
    settings = {"data": "xor", "hidden": [3], "step": 30}
    play = Playground(**settings)
    right = join(twin.Run(settings).params)
    assert join(play.params).tolist() == right.tolist() == join(play.replay()).tolist()
    start = join(twin.Run(settings | {"step": 0}).params)
    assert join(play.replay(0)).tolist() == start.tolist()
    play.params = [mlp.Layer(np.ones(W.shape), b) for W, b in play.params]
    assert {array.dtype for layer in play.params for array in layer} == {
        np.dtype(float)
    }
    play.params = [mlp.Layer(2 * W, b) for W, b in twin.Run(settings).params]
    doubled = join(play.params).tolist()
    assert doubled[0] == 2 * right[0] and join(play.replay()).tolist() == doubled


def test_parameters_are_those_that_the_page_told_unless_newer_ones_wait():
    """Guards: layers that were set and read back before the page took them; and a replay
    that adds to what the page has told."""
    play = Playground(data="xor", hidden=[3])
    values = np.arange(13.0)
    told_by_page(play, values=values.tolist(), step=7)
    assert join(play.params).tolist() == values.tolist()
    play.params = [mlp.Layer(-W, -b) for W, b in play.params]
    assert join(play.params).tolist() == (-values).tolist()
    assert join(play.replay()).tolist() == (-values).tolist()
    assert play.now["events"] == []
    told_by_page(play, values=[0.5] * 13, step=8, seen=play.given["number"])
    assert set(join(play.params)) == {0.5}
    data, _ = play._repr_mimebundle_()  # shown again, in another cell
    assert data["text/plain"].startswith("step 8: loss 0.")
    for wrong in (
        play.params[:1],
        [mlp.Layer(np.full((2, 3), np.nan), np.ones(3)), START[1]],
    ):
        with pytest.raises(ValueError, match="params: |^numbers exploded"):
            play.params = wrong


def test_what_python_trained_is_taken_over_by_a_replay():
    """Guards: steps that nobody can make again."""
    play = Playground(data="xor", hidden=[3], learning_rate=0.5)
    events = [
        {"step": 4, "to": 90, "values": [0.25] * 13},
        {"step": 95, "parameter": 2, "value": 9},
    ]
    told_by_page(play, events=events, step=95, values=[0.0] * 13)
    assert set(join(play.replay(90))) == {0.25}
    start = twin.Run(play.settings | {"step": 4})
    assert join(play.replay(4)).tolist() == join(start.params).tolist()
    assert join(play.replay())[2] == 9 and len(set(join(play.replay()))) > 5
    with pytest.raises(ValueError, match="only the last is known"):
        play.replay(60)
    with pytest.raises(ValueError, match="step must be at most 95"):
        play.replay(96)


LINES = {
    "Playground()": {},
    "Playground(pace='100 steps a frame')": {"pace": "100 steps a frame"},
    "Playground(data='plane', hidden=[3], step=40)": {
        "data": "plane",
        "hidden": [3],
        "step": 40,
    },
    "Playground(data='sum', output='sigmoid', l2=0.01)": {
        "data": "sum",
        "output": "sigmoid",
        "l2": 0.01,
    },
    "Playground(data='own', points=[[1.0, 2.0, 0.0]])": {
        "data": "own",
        "points": [[1, 2, 0]],
    },
}


@pytest.mark.parametrize("line", LINES)
def test_its_settings_are_a_line_of_python(line):
    """Guards: a line that makes another playground than the one that wrote it."""
    play = Playground(**LINES[line])
    assert repr(play) == line
    again = eval(line)
    assert twin.whole(again.settings) == twin.whole(play.settings)
    told_by_page(play, settings=twin.whole(LINES[line] | {"seed": 5}), step=12)
    assert "seed=5" in repr(play) and "step=12" in repr(play)
    told_by_page(play, events=[{"step": 3, "l1": 0.1}], step=12)
    assert "step=" not in repr(play).partition("#")[0] and "replay()" in repr(play)
    told_by_page(
        play,
        first=twin.whole({"activation": "relu"}),
        settings=twin.whole({"activation": "tanh"}),
        events=[{"step": 3, "activation": "tanh"}],
    )
    assert repr(play).startswith(
        "Playground(activation='relu')  #"
    )  # what it began with
    told_by_page(play, step=20001)
    assert "step=" not in repr(play).partition("#")[0]


def test_own_data_are_arrays():
    """Guards: rows that part from their targets, and points beyond the picture."""
    X, Y = np.array([[1.0, -2], [0.5, 3], [0, 0]]), np.array([[0.0], [1], [1]])
    play = Playground(X=X, Y=Y, features=["x0", "x1", "x0*x1"])
    assert play.X.tolist() == [[1, -2, -2], [0.5, 3, 1.5], [0, 0, 0]]
    assert play.Y.tolist() == Y.tolist() and play.settings["data"] == "own"
    for x, y, words in [
        (X, Y[:2], "your data: X"),
        (100 * X, Y, "X goes to 300, but the picture ends at 3"),
        (X[:, :1], Y, "needs 2 columns"),
        (X, 2 * Y, "Y goes from 0 to 2, outside 0 to 1"),
    ]:
        with pytest.raises(ValueError, match=words):
            Playground(X=x, Y=y)
    for given in ({"X": X}, {"X": X, "Y": Y, "data": "xor"}):
        with pytest.raises(TypeError, match="X and Y"):
            Playground(**given)
    empty = Playground(data="own")
    with pytest.raises(AttributeError, match="change learning_rate on the page"):
        empty.learning_rate = 3
    with pytest.raises(ValueError, match="no points yet"):
        empty.X  # noqa: B018
