"""What the process of an answer replies, on its way to the kernel: a line of JSON.

An answer may write into the pipe what it likes. So the line is read as data, which can
run no code; a ValueError says that it is no reply.
"""

import base64
import json

import numpy as np

from course.checking import calls

LONGEST = 10**8  # bytes in a line
WORDS = 2000  # characters in a text of a reply


def pack(reply) -> bytes:
    """A reply, a number or a text."""
    return json.dumps(_packed(reply)).encode() + b"\n"


def unpack(line):
    try:
        value = _unpacked(json.loads(line))
        if isinstance(value, (int, str, calls.Reply)):
            return value
    except (KeyError, TypeError, RecursionError) as error:
        raise ValueError(str(error)) from None
    raise ValueError("it is no reply")


def _packed(value):
    if isinstance(value, calls.Reply):
        return {"reply": [_packed(value.value), *value[1:]]}
    if isinstance(value, calls.Odd):
        return {"odd": value.words}
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
    return READ[kind](content)


def _array(kind, shape, numbers):
    dtype = np.dtype(str(kind))
    if dtype.kind not in "biuf":
        raise ValueError(f"an array of {dtype} values")
    array = np.frombuffer(base64.b64decode(numbers), dtype)
    return array.reshape(shape).copy()[()]  # [()] makes a number of one without axes


def _short(text):
    return str(text)[:WORDS]


def _reply(value, changed, printed, borrowed, error, text, frames):
    """A reply whose fields are of their types, whatever the line said."""
    return calls.Reply(
        _unpacked(value),
        tuple(map(int, changed)),
        tuple(map(_short, printed)),
        *map(_short, (borrowed, error, text)),
        tuple((_short(file), int(line)) for file, line in frames),
    )


READ = {
    "list": lambda items: [*map(_unpacked, items)],
    "tuple": lambda items: tuple(map(_unpacked, items)),
    "array": lambda content: _array(*content),
    "odd": calls.Odd,
    "reply": lambda fields: _reply(*fields),
}
