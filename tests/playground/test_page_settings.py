"""The settings: the same words from the page and from Python, and an address for them."""

import json
from urllib.parse import unquote

import numpy as np
import pytest

from course.playground import twin
from tests.playground.node import ask


def one_of(name, found):
    options = ", ".join(twin.SPEC[name]["options"])
    return f"{name} must be one of {options}, not {found}"


BAD = [
    ("noise", 7, "noise must be from 0 to 0.5, not 7"),
    ("noise", -0.25, "noise must be from 0 to 0.5, not -0.25"),
    ("noise", None, "noise must be a number, not null"),
    ("noise", True, "noise must be a number, not true"),
    ("noise", "0.2", "noise must be a number, not 0.2"),
    ("noise", [0.2], "noise must be one value"),
    ("learning_rate", 0, "learning_rate must be from 0.00001 to 100, not 0"),
    ("learning_rate", 100.5, "learning_rate must be from 0.00001 to 100, not 100.5"),
    ("seed", 0.5, "seed must be a whole number"),
    ("seed", 2**53, "seed must be from 0 to 9007199254740991, not 9007199254740992"),
    ("step", 20001, "step must be from 0 to 20000, not 20001"),
    ("hidden", 4, "hidden must be a list"),
    ("hidden", "4,2", "hidden must be a list"),
    ("hidden", [4, 0], "hidden must be from 1 to 8, not 0"),
    ("hidden", [4, 2.5], "hidden must be a whole number"),
    ("hidden", [[4]], "hidden must be a number, not [4]"),
    ("hidden", [1] * 7, "hidden may have at most 6"),
    ("data", "moons", one_of("data", "moons")),
    ("scheme", None, one_of("scheme", "null")),
    ("output", ["tanh"], "output must be one value"),
    ("activation", [], "activation must be one value"),
    ("activation", ["tanh", "elu"], one_of("activation", "elu")),
    ("features", [], "features needs at least one"),
    ("features", ["x0", "x2"], one_of("features", "x2")),
    ("points", [[1, 2]], "each of points must be x0, x1 and a target"),
    ("points", [[1, 2, None]], "each of points must be x0, x1 and a target"),
    ("points", [None], "each of points must be x0, x1 and a target"),
    ("points", ["abc"], "each of points must be x0, x1 and a target"),
    ("points", [[0, 0, 0]] * 1001, "points may have at most 1000"),
    ("hide", ["all"], one_of("hide", "all")),
    ("gradient", "wrong", one_of("gradient", "wrong")),
    ("pace", "fast", one_of("pace", "fast")),
    ("sead", 1, "there is no setting sead"),
    ("constructor", 1, "there is no setting constructor"),
]


def test_page_and_python_refuse_the_same():
    """Guards: each rule of settings.json, on both sides; also what JavaScript would take
    for a number, and what every object has. Python has the words of its other functions."""
    found = ask("complaint", [[name, value] for name, value, _ in BAD])
    for (name, value, words), told in zip(BAD, found, strict=True):
        assert told == words
        with pytest.raises(
            (TypeError, ValueError), match=rf"\b{name} (must|has)|setting"
        ):
            twin.check(name, value)


GOOD = [
    *twin.DEFAULTS.items(),
    ("activation", ["relu"]),
    ("hidden", []),
    ("hide", ["loss"]),
]
GOOD += [
    (name, spec[end])
    for name, spec in twin.SPEC.items()
    for end in ("least", "most")
    if end in spec and "of" not in spec
]


def test_what_is_admitted_is_admitted_by_both():
    """Guards: defaults and limits; in Python also tuples, arrays and their numbers."""
    assert set(ask("complaint", GOOD)) == {""}
    assert all(twin.check(name, value) == value for name, value in GOOD)
    odd = {"hidden": (4, np.int64(2)), "points": np.eye(3), "noise": np.float64(0.25)}
    right = [[4, 2], [[1, 0, 0], [0, 1, 0], [0, 0, 1]], 0.25]
    assert [twin.check(*one) for one in odd.items()] == right
    assert json.dumps(twin.check("hidden", odd["hidden"])) == "[4, 2]"
    with pytest.raises(ValueError, match="noise must be a finite number, not nan"):
        twin.check("noise", float("nan"))


def some_settings(rng):
    """Any settings that are admitted."""
    for name, spec in twin.SPEC.items():
        count = rng.integers(1 if "some" in spec else 0, 4) if "of" in spec else 1
        if rng.random() < 0.5:
            continue
        if spec.get("of") == "points":
            yield name, np.round(rng.normal(0, 3, (count, 3)), 3).tolist()
            continue
        if "options" in spec:
            values = rng.permutation(list(spec["options"]))[:count].tolist()
        elif "whole" in spec:
            values = rng.integers(
                spec["least"], spec["most"], count, endpoint=True
            ).tolist()
        else:
            values = rng.uniform(spec["least"], spec["most"], count).tolist()
        yield name, values if "of" in spec else values[0]


def test_settings_come_back_from_their_address():
    """Guards: each kind of value, an empty list, letters that an address has otherwise;
    what is as usual is left out."""
    rng = np.random.default_rng(8)
    cases = [dict(some_settings(rng)) for _ in range(200)]
    cases += [
        {"hidden": []},
        {"activation": ["relu", "tanh"]},
        {"points": [[1e-9, -2, 1e21]]},
    ]
    for case, told in zip(cases, ask("address", cases), strict=True):
        data = {"data": case["data"]} if "data" in case else {}
        usual = twin.whole(data) | {"data": twin.DEFAULTS["data"]}
        right = {name: v for name, v in case.items() if v != usual[name]}
        assert (told["settings"], told["complaints"]) == (right, [])
        assert all(twin.check(*one) == one[1] for one in right.items())
        assert told["text"].endswith("&v=1") or not right
        assert (
            not set(told["text"])
            - set(unquote(told["text"]))
            - set("%0123456789ABCDEF")
        )


def test_an_address_can_be_read():
    """Guards: a link in which commas and what is as usual would stand as %2C, or at all."""
    settings = {"data": "xor", "hidden": [4, 3], "noise": 0.1, "points": [[1, -2, 0.5]]}
    [told] = ask("address", [settings])
    assert told["text"] == "data=xor&hidden=4,3&points=1%20-2%200.5&v=1"


def test_an_address_of_hand_is_read_or_refused_in_words():
    """Guards: the form of an address; what is wrong leaves the rest as it is."""
    own = "there is no setting sead"
    old = "this link is from another version, whose seeds draw other numbers"
    cases = {
        "": ({}, []),
        "data=xor&hidden=4,2,1&v=1": ({"data": "xor", "hidden": [4, 2, 1]}, []),
        "features=x0,x0*x1,sin(x0),x1%5E2&hidden=": (
            {"features": ["x0", "x0*x1", "sin(x0)", "x1^2"], "hidden": []}, []),
        "activation=relu,tanh&output=relu": (
            {"activation": ["relu", "tanh"], "output": "relu"}, []),
        "sead=1&noise=0.2&v=99": ({"noise": 0.2}, [own, old]),
        "noise=&step=many": ({}, ["noise must be a number, not NaN",
                                  "step must be a number, not NaN"]),
        "points=1 2 3,4 5&data=own": (
            {"data": "own"}, ["each of points must be x0, x1 and a target"]),
        "__proto__=1&constructor=2": ({}, [
            "there is no setting __proto__", "there is no setting constructor"]),
    }  # fmt: skip
    for told, right in zip(ask("fromAddress", [*cases]), cases.values(), strict=True):
        assert (told["settings"], told["complaints"]) == right
