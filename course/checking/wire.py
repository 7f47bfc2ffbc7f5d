"""What the process of an answer replies, on its way to the kernel: a line of JSON.

An answer may write into the pipe what it likes. So the line is read as data, which can
run no code; a ValueError says that it is no reply.
"""

import base64
import json

import numpy as np

from course.checking import calls

LONGEST = 10**8  # bytes in a line


def pack(reply) -> bytes:
    """A reply, a number or a text."""
    return json.dumps(_packed(reply)).encode() + b"\n"


def unpack(line):
    try:
        value = _unpacked(json.loads(line))
        if isinstance(value, (int, str)) or _is_reply(value):
            return value
    except (KeyError, TypeError, RecursionError) as error:
        raise ValueError(str(error)) from None
    raise ValueError("it is no reply")


def _packed(value):
    if isinstance(value, calls.Reply):
        return {"reply": [_packed(field) for field in value]}
    if isinstance(value, calls.Odd):
        return {"odd": value.words}
    if value is Ellipsis:
        return {"ellipsis": ""}
    if isinstance(value, (np.ndarray, np.generic)):
        numbers = base64.b64encode(value.tobytes()).decode()
        return {"array": [value.dtype.str, value.shape, numbers]}
    if isinstance(value, (list, tuple)):
        return {type(value).__name__: [_packed(item) for item in value]}
    return value


def _unpacked(value):
    if not isinstance(value, dict):
        return value
    [(kind, content)] = value.items()
    if kind in ("list", "tuple", "reply"):
        items = [_unpacked(item) for item in content]
        if kind == "reply":
            return calls.Reply(*items)
        return tuple(items) if kind == "tuple" else items
    if kind == "ellipsis":
        return ...
    return {"odd": calls.Odd, "array": _array}[kind](content)


def _array(content):
    kind, shape, numbers = content
    dtype = np.dtype(str(kind))
    if dtype.kind not in "biuf":
        raise ValueError(f"an array of {dtype} values")
    array = np.frombuffer(base64.b64decode(numbers), dtype)
    return array.reshape(shape).copy()[()]  # [()] makes a number of one without axes


def _is_reply(value) -> bool:
    """Whether each field but the value is of its type."""
    if not isinstance(value, calls.Reply):
        return False
    kinds = all(type(a) is type(b) for a, b in zip(value[1:], calls.Reply()[1:]))
    return (
        kinds
        and all(type(number) is int for number in value.changed)
        and all(isinstance(line, str) for line in value.printed)
        and all(list(map(type, frame)) == [str, int] for frame in value.frames)
    )
