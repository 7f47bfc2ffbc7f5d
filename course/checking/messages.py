"""What is wrong with an answer, in words."""

import linecache
import re

import numpy as np

import mlp_core as mlp
from course.checking.calls import OVERWRITTEN, describe_type
from course.checking.compare import is_right, wrong_parts
from course.words import label

FEW = 12  # so many numbers are shown one by one
GIVE_NONE = "append|extend|fill|insert|reverse|shuffle|sort"
WITHOUT_LINE = {
    "RecursionError": "it stops with RecursionError: the function calls itself and never "
    "stops",
    "SystemExit": "it ends Python, and your notebook with it. Leave a function with `return`",
    OVERWRITTEN: "it changes what an earlier call returned. Make new lists and arrays each "
    "time",
    "BdbQuit": "it starts a debugger, but nothing can be typed during a check. Remove it",
}
WHOLE = (
    "holds whole numbers, so it drops the decimals. If x holds whole numbers, so do "
    "`np.zeros_like(x)` and `x.copy()`, but `x.astype(float)` holds floats"
)
IN_PLAIN_WORDS = {  # what exceptions say, as patterns
    "truth value of an array": "comparing arrays gives many answers, but `if`, `and`, `or`, "
    "`not`, `max` and `all` need one. Use np.where, or `&`, `|`, `~` and np.all",
    r"Cannot cast ufunc.*to dtype\('int": f"the array on the left {WHOLE}",
    "multiply sequence by non-int|operand type.*'(list|tuple|Layer)'": "a list or a tuple "
    "isn't an array, so arithmetic doesn't work on it. A list of layers, such as params, has a "
    "pair of arrays for each: walk through it with `for`, and take each pair apart",
    r"bitwise_xor|for \^": "`^` isn't a power in Python. Write `**`",
    "converted to Python scalar": "it needs one number, but gets an array. NumPy's functions, "
    "such as np.exp and np.log, take arrays",
    r"size (\d+) is different from (\d+)": "a product needs as many columns on the left as rows "
    r"on the right, but these are \2 and \1: which order fits, and must one be transposed?",
    r"(Y_hat|Y) (?:has the shape|is) (\((?:\d*,|1, \d+|)\))": (
        r"\1 has the shape \2: Y_hat and Y need a row each for the same samples, even if "
        "all rows are the same"
    ),
    r"Cannot interpret '\d+' as a data type": "a shape is one argument, in brackets of its "
    "own, as in np.zeros((2, 3))",
}
KEPT = (
    "this case works on its own, but not after other calls. What does your function keep "
    "from an earlier call?"
)


def diagnose(exercise, tried, file, is_kept) -> str:
    """What is wrong in the cases that were tried, each (args, result, right).

    ``file`` is the answer's, and ``is_kept`` says whether the first wrong case is right on its own.
    """
    changed = {i for _, result, _ in tried for i in result.reply.changed}
    if changed:
        names = sorted(exercise.arguments[i] for i in changed)
        return exercise.changed.format(names=" and ".join(names))
    wrong = [case for case in tried if not is_right(exercise, *case[1:])]
    args = wrong[0][0]
    good = len(tried) - len(wrong)
    share = f"\n  (right in {good} of {len(tried)} cases)"
    if not good or exercise.measure:  # of some cases a measure sees less than of others
        share = ""
    failure = _describe_failure(exercise, wrong, file)
    return (KEPT if is_kept else failure) + _describe_case(exercise, args) + share


def why_none(source) -> str:
    """Why a function with this source may have returned None."""
    found = re.search(rf"(?:return|=)\s*(?!np\.)([\w.]+)\.({GIVE_NONE})\(", source)
    if not found:
        return "did you print the result, or forget `return`?"
    owner, method = found.groups()
    return (
        f"`{owner}.{method}(...)` changes {owner} and returns None. Write it on a line of "
        f"its own, and use {owner} on the next"
    )


def _describe_failure(exercise, wrong, file) -> str:
    """What the first wrong case returned, and what it should have."""
    _, result, right = wrong[0]
    if result.kind == "nothing":
        return "here it returns None. Does every path end with a return?"
    if result.kind == "malformed":
        borrowed = result.reply.borrowed  # its form is not what needs fixing
        return f"it calls {borrowed}" if borrowed else result.words
    if result.kind == "raised":
        return _describe_error(result.reply, file)
    if exercise.explain:
        return exercise.explain(result.parts)
    may_be_cut = all(_holds_whole(args) for args, _, _ in wrong)
    return _describe_difference(exercise, result.parts, right.parts, may_be_cut)


def _holds_whole(value) -> bool:
    """Whether an array in a value, or in its lists, holds whole numbers."""
    if isinstance(value, (list, tuple)):
        return any(map(_holds_whole, value))
    return isinstance(value, np.ndarray) and value.dtype.kind in "iu"


def _describe_difference(exercise, parts, right, may_be_cut) -> str:
    """How the parts differ from the right ones: the shape first."""
    if parts.keys() != right.keys():
        yours, theirs = (", ".join(p) or "an empty list" for p in (parts, right))
        return f"it returns {yours}, but should return {theirs}"
    wrong = list(exercise.order(wrong_parts(exercise, parts, right)))
    misshaped = [name for name in wrong if parts[name].shape != right[name].shape]
    name = (misshaped or wrong)[0]
    what = name or "the result"
    if misshaped:
        yours, theirs = describe_shape(parts[name]), describe_shape(right[name])
        return f"{what} has {yours}, but should have {theirs}"
    if right[name].dtype == bool and parts[name].dtype != bool:
        return (
            f"{what} holds numbers ({parts[name].dtype}), but should hold True and False. "
            "As an index, 1 and 0 pick other entries than True and False"
        )
    fine = [part for part in right if part not in wrong]
    also = f"\n  already right: {', '.join(fine)}" if 0 < len(fine) <= 4 else ""
    if exercise.common and not fine:
        also = f"\n  {', '.join(right)} are all wrong: {exercise.common}"
    is_cut = parts[name].dtype.kind in "iu" and right[name].dtype.kind == "f"
    is_wrong = WHOLE if is_cut and may_be_cut else "is wrong"
    yours, theirs = _show(parts[name]), _show(right[name])
    if np.any(right[name]) and np.all(abs(right[name]) <= exercise.tolerance(name)[1]):
        theirs = "about 0"
    if yours == theirs:  # too many numbers to show, or too small a difference
        gap = np.max(abs(parts[name] * 1.0 - right[name]))
        yours += f", off by up to {gap:.2g}"
    return f"{what} {is_wrong}{also}\n  yours: {yours}\n  right: {theirs}"


def describe_shape(array):
    """'the shape (2, 3)', 'one number, the shape ()'."""
    return f"the shape {array.shape}" if array.shape else "one number, the shape ()"


def _describe_case(exercise, args) -> str:
    """What went in, one argument a line."""
    return "".join(
        f"\n  for {name} = {_show(value, exercise.function_names)}{_precision(value)}"
        for name, value in zip(exercise.arguments, args)
        if value is not None  # the place of a generator
    )


def _precision(value):
    """' (float32)' after arrays: with other numbers the case may be right."""
    while isinstance(value, (list, tuple)) and value:
        value = value[0]
    return " (float32)" if getattr(value, "dtype", None) == np.float32 else ""


def _show(value, function_names=None) -> str:
    """A value in a message: its numbers, or its shape if there are many."""
    if isinstance(value, np.ndarray):
        if value.size > FEW:
            return f"an array of shape {value.shape}"
        text = np.array2string(value, precision=4, separator=", ", max_line_width=70)
        return text.replace("\n", "\n" + " " * 9)
    if isinstance(value, mlp.Activation):
        return label(value)
    if callable(value):
        return (function_names or {}).get(value, "a function")
    if isinstance(value, list) and value and isinstance(value[0], tuple):
        return _show_layers(value)
    if isinstance(value, (list, tuple)) and value and hasattr(value[0], "shape"):
        return _show_arrays(value)
    return str(value)


def _show_arrays(arrays):
    """Arrays in a list or a tuple: their numbers if they are few, else their shapes."""
    if sum(array.size for array in arrays) > FEW:
        shapes = ", ".join(str(array.shape) for array in arrays)
        return f"{describe_type(arrays)} of arrays: {shapes}"
    return str([array.tolist() for array in arrays])


def _show_layers(layers):
    """A network or its gradients: the sizes, and the numbers if they are few."""
    sizes = "-".join(map(str, [len(layers[0][0]), *(len(b) for _, b in layers)]))
    if sum(W.size + b.size for W, b in layers) > FEW:
        return f"layers of sizes {sizes}"
    pairs = ", ".join(f"({W.tolist()}, {b.tolist()})" for W, b in layers)
    return f"[{pairs}]"


def _describe_error(reply, file):
    """'it stops with ValueError in the line `...`: ...'"""
    name, text = reply.error, reply.text
    if name in WITHOUT_LINE:
        return WITHOUT_LINE[name]
    line = _line_of(reply.frames, file)
    if line.startswith("raise NotImplementedError"):
        text = "that line is still there. Delete it once your code is complete"
    for pattern, words in IN_PLAIN_WORDS.items():
        if found := re.search(pattern, text):
            text = found.expand(words)
            break
    text = text if len(text) <= 200 else text[:200] + " ..."
    if name == "NameError" and "'my_" in text:
        text += ". Run its cell first; if it is in another notebook, copy it from there"
    place = f" in the line `{line}`" if line else ""
    return f"it stops with {name}{place}{text and ': '}{text}"


def _line_of(frames, file):
    """The last line of the learner's cell that the exception passed, or ''."""
    lines = [line for name, line in frames if name == file]
    return linecache.getline(file, lines[-1]).strip() if lines else ""


def describe_printed(result) -> str:
    """What an answer printed, or ''."""
    return "".join(f"\n  printed: {line}" for line in result.reply.printed)
