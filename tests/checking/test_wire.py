"""Replies on their way to the kernel: all that an answer may return, and nothing else."""

import json
import pickle

import numpy as np
import pytest

from course.checking import calls, wire

VALUES = [
    *(None, True, 3, 2**63, -0.0, float("inf"), [1, (2.5, [])], calls.Odd("a text")),
    np.float32(0.1),
    np.arange(6).reshape(2, 3).T,
    np.array([[True], [False]]),
    np.zeros((0, 3)),
    [np.array([np.nan, 1e-300]), (np.int8(3),)],
]


@pytest.mark.parametrize("value", VALUES, ids=map(repr, VALUES))
def test_a_value_arrives_as_it_was(value):
    """Guards: numbers, shapes and types of what an answer returns."""
    reply = calls.Reply(value, (1,), ("é\ud800",), "f", "E", "why", (("file", 3),))
    line = wire.pack(reply)
    back = wire.unpack(line)
    assert line.count(b"\n") == 1 and back[1:] == reply[1:]
    np.testing.assert_equal(back.value, value)
    assert type(back.value) is type(value)
    assert getattr(back.value, "dtype", 0) == getattr(value, "dtype", 0)


def reply(**changed):
    fields = calls.Reply(value=1)._replace(**changed)
    return json.dumps({"reply": [*fields]}).encode()


FORGED = [
    *(b"", b"x", b"null", b"[1]", b'{"a": 1, "b": 2}', b'{"code": "1"}'),
    b"[" * 100_000,
    pickle.dumps(1) + b"\n",
    b'{"array": ["O", [1], ""]}',
    b'{"array": ["<f8", [9], ""]}',
    json.dumps({"reply": 12 * [1]}).encode(),
    *(reply(changed=["a"]), reply(changed=1), reply(printed=1)),
    *(reply(value={"code": "1"}), reply(frames=((1, "2x"),)), reply(frames=(3,))),
]


@pytest.mark.parametrize("line", FORGED, ids=range(len(FORGED)))
def test_what_is_no_reply_is_refused(line):
    """Guards: what a forged line could do in the kernel."""
    with pytest.raises(ValueError):
        wire.unpack(line)


def test_what_should_be_a_text_is_one():
    """Guards: a line of a reply that the kernel would take for something else."""
    forged = wire.unpack(reply(printed=(1, {"a": 2}), error=[], frames=((1, 2),)))
    texts = {"printed": ("1", "{'a': 2}"), "error": "[]", "frames": (("1", 2),)}
    assert forged == calls.Reply(1, **texts)
