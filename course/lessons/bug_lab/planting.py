"""The bugs, planted into the backward pass that the learner wrote in notebook 4.

A bug changes one expression: `_rewrites` says how that looks before and after. It is tried
wherever it fits, until the gradients are those of the course's version of the bug on many
networks. So the code may be written in any way, and what is found is right.
"""

import ast
import functools
import itertools
import re
from collections.abc import Callable
from contextlib import suppress
from typing import NamedTuple

import numpy as np

import mlp_core as mlp
from course import record
from course.checking import calls
from course.lessons import load_exercises, own
from course.lessons.bug_lab.bugs import claimed
from course.lessons.bug_lab.puzzles import MENUS

HOME, NUMBER = "backprop", 4
STEP_0, STEPS = "my_loss_slope", "my_backprop"
MOST = 3000  # changes that are tried for one bug
LINES = 10**5  # of Python for each, since a change may make an endless loop
# How code may tell its layer, by a number or an array ``v``: in layer k, in the last one.
IN_LAYER = "{v} == {k}", "{v} - 1 == {k}", "{v} + {k} == len({Z}) - 1"
IN_LAYER += ("{v} + {k} == len({Z})",)
IN_LAYER += "{v} + len({Z}) == {k}", "{v} is {Z}[{k}]", "{v} is {A}[{k}]"
IN_LAYER += ("{v} is {params}[{k}][0]",)
IN_LAST = "{v} == len({Z}) - 1", "{v} == len({Z})", "{v} == 0", "{v} == 1"
IN_LAST += "{v} is {Z}[-1]", "{v} is {A}[-2]", "{v} is {params}[-1][0]"
# The networks on which it must be as in the course: each size with each batch size, the
# likeliest to tell two gradients apart first, and in turn all that the other menus offer.
_TURNS = {name: itertools.cycle(menu) for name, menu in MENUS.items()}
TRIALS = [
    {name: next(turn) for name, turn in _TURNS.items()}
    | {"sizes": sizes, "batch_size": batch_size, "draw": 5}
    for batch_size in (3, 1, 2, 4, 5)
    for sizes in MENUS["sizes"]
]


class Change(NamedTuple):
    """New text in a line of some code, in the place of what is between two columns."""

    line: int  # from 0
    begin: int  # in bytes, as `ast` counts
    end: int
    old: str
    new: str

    def apply(self, code) -> str:
        lines = code.encode().splitlines(keepends=True)
        line, new = lines[self.line], self.new.encode()
        lines[self.line] = line[: self.begin] + new + line[self.end :]
        return b"".join(lines).decode()


class Planted(NamedTuple):
    """A bug in the learner's code."""

    function: str
    before: list  # the line that was changed; none if it is a new one
    after: str
    change: Change
    gradient: (
        Callable  # (learning_rate) -> a gradient function, as `bugs.Step.gradient`
    )


class Own:
    """What the learner wrote, by the code of each function, and the bugs in it."""

    def __init__(self, codes):
        self.codes = codes
        self.functions = {STEP_0: load_exercises(HOME)[STEP_0].right}
        self.functions |= {name: own.run(name, code) for name, code in codes.items()}
        self.plant = functools.cache(self._plant)

    def lines(self, planted=None) -> list:
        """All of the code, with the line that a planted bug changes, before and after."""
        shown = []
        for name, code in self.codes.items():
            lines = [f"  {line}" for line in code.splitlines()]
            if planted and planted.function == name:
                old, new = planted.before, planted.after
                place = slice(planted.change.line, planted.change.line + len(old))
                lines[place] = [f"- {line}" for line in old] + [f"+ {new}"]
            shown += [
                line for line in lines if not line.startswith(("  import ", "  from "))
            ]
        return shown

    def _plant(self, bug, layer=None) -> Planted | None:
        """A bug, wherever it can stand or in one layer; None where no place is found."""
        name = STEP_0 if bug == "no 1/n" else STEPS
        with suppress(Exception):  # whatever a record may hold
            code = self.codes[name]
            changes = _changes(_read(code, name), bug)
            if layer is not None:
                whole = self.plant(bug).change
                changes = _in_layer(whole, _read(code, name), layer)
            for change in itertools.islice(changes, MOST):
                with suppress(Exception):
                    changed = change.apply(code)
                    gradient = self._gradient(name, changed)
                    if _fits(gradient, bug, layer):
                        before, after = code.splitlines(), changed.splitlines()
                        line = change.line
                        same = after[line + 1 :] == before[line:]  # it is a new one
                        lines = [] if same else [before[line]], after[line]
                        return Planted(name, *lines, change, gradient)
        return None

    def _gradient(self, name, code):
        """What makes gradient functions, with this code in the place of one function."""
        space, tree = {**self.functions[name].__globals__}, ast.parse(code)
        tree.body = [part for part in tree.body if isinstance(part, ast.FunctionDef)]
        exec(compile(tree, "<planted>", "exec"), space)  # noqa: S102, the learner's own
        functions = self.functions | {name: space[name]}

        def gradient(learning_rate, memory, params, X, Y, f):
            Y_hat, cache = mlp.forward(params, X, f)
            before, memory[X.shape] = memory.get(X.shape, cache), cache
            space.update(Y=Y, cache_before=before, learning_rate=learning_rate)
            dA = functions[STEP_0](Y_hat, Y)
            pairs = functions[STEPS](params, *cache, dA, f.slope)
            fit = lambda pair, layer: map(np.broadcast_to, pair, map(np.shape, layer))
            grads = [mlp.Layer(*fit(*both)) for both in zip(pairs, params, strict=True)]
            return mlp.loss(Y_hat, Y), grads

        return lambda learning_rate: functools.partial(gradient, learning_rate, {})


def bring() -> tuple[Own | None, str]:
    """What the learner wrote; else None, and what to do for it."""
    exercises, codes = load_exercises(HOME), {}
    for name in (STEP_0, STEPS):
        function, words = own.bring(name, HOME, exercises, NUMBER)
        if function is not exercises[name].right:
            codes[name] = record.work(HOME, name).code
    return (Own(codes) if STEPS in codes else None), words


def _fits(gradient, bug, layer):
    """Whether it is the gradient of the course's version of a bug, in all trials."""

    def compare(settings):
        suspects = (gradient(settings["learning_rate"]), None), (bug, layer)
        _, claims = claimed(suspects, **settings)
        same.append(np.allclose(*claims.values(), 1e-7, 1e-9))

    for settings in TRIALS:
        same = []  # so it stays if the code raises, or is stopped
        calls.count_lines(compare, (settings,), LINES)
        if same != [True]:
            return False
    return True


class Code(NamedTuple):
    """What a bug may change in some code."""

    arguments: list  # of the function, in their order
    names: list  # that are set in it, or in those that it calls
    places: (
        list  # a `Change` for each expression that stands in one line, short ones first
    )
    start: Change  # before the function's first statement


def _read(code, name) -> Code:
    functions = _functions(ast.parse(code))
    nodes = [node for part in functions for node in ast.walk(part)]
    names, places = [], []
    for node in nodes:
        is_set = isinstance(getattr(node, "ctx", None), ast.Store)
        if is_set and isinstance(node, ast.Name):
            names.append(node.id)
        elif isinstance(node, ast.expr) and node.lineno == node.end_lineno:
            old = ast.get_source_segment(code, node)
            at = node.lineno - 1, node.col_offset, node.end_col_offset
            places.append(Change(*at, old, ""))
    [*_, top] = [part for part in functions if part.name == name]
    arguments = [each.arg for each in top.args.posonlyargs + top.args.args]
    first = top.body[1 if ast.get_docstring(top) and len(top.body) > 1 else 0]
    end = "; " if first.lineno == top.lineno else "\n" + " " * first.col_offset
    start = Change(first.lineno - 1, first.col_offset, first.col_offset, "", end)
    places.sort(key=lambda change: len(change.old))
    return Code(arguments, [*dict.fromkeys(names)], places, start)


def _functions(tree):
    return [part for part in tree.body if isinstance(part, ast.FunctionDef)]


def _changes(code, bug):
    """What may plant a bug, the likeliest first."""
    if bug == "stale cache":
        _, A, Z, *_ = code.arguments
        yield code.start._replace(new=f"{A}, {Z} = cache_before{code.start.new}")
        return
    for pattern, new in _rewrites(bug, code):
        for change in code.places:
            if match := re.fullmatch(pattern, change.old):
                yield change._replace(new=match.expand(new))


def _in_layer(change, code, k):
    """What may make a change in layer ``k`` only."""
    for test in _tests(IN_LAYER, code, k):
        yield change._replace(new=f"({change.new} if {test} else {change.old})")


def _tests(forms, code, k=0):
    names = dict(zip(("params", "A", "Z"), code.arguments))
    tests = [form.format(v=v, k=k, **names) for form in forms for v in code.names]
    return [re.sub(" [+-] 0", "", test) for test in tests]


def _rewrites(bug, code):
    """(pattern of an expression, what takes its place), the likeliest first.

    With the arguments' names in the code: ``A`` may be called otherwise there.
    """
    if bug == "no 1/n":
        return (r"(.+)/.+", r"\1"), (".+", "1")
    _, A, Z, _, slope, *_ = code.arguments
    old, axis = r"\g<0>", "(?:axis=)?(?:0|-2)"
    other = r"axis=1 if len(\1) in (1, \1.shape[1]) else 0"
    products = [c.old for c in code.places if re.search("@|dot|einsum|matmul", c.old)]
    return {
        "target for input": [
            (pattern, rf"(Y if {test} else {old})")
            for pattern in (rf"{A}\[.+\]", ".+")
            for test in _tests(IN_LAYER, code)
        ],
        "slope from output": [
            (rf"{Z}\[(.+)\]", rf"{A}[\1 + 1]"),
            (rf"{Z}(\[.+\])", rf"{A}\1"),
            (Z, f"{A}[1:]"),
        ],
        "no transpose": [
            (r"(.+)\.m?T", rf"(\1 if \1.shape[0] == \1.shape[1] else {old})"),
            (".+", f"({old}.T if {old}.shape[0] == {old}.shape[1] else {old})"),
        ],
        "last slope missing": [
            (pattern, f"({new} if {test} else {old})")
            for pattern, new in ((rf"{slope}\(.+\)", "1"), (slope, "np.ones_like"))
            for test in _tests(IN_LAST, code)
        ],
        "wrong axis": [
            (rf"(.+)\.sum\({axis}\)", rf"\1.sum({other})"),
            (rf"np\.sum\((.+), {axis}\)", rf"np.sum(\1, {other})"),
            (".+", f"({old}.T if len({old}) in (1, {old}.shape[1]) else {old})"),
        ],
        "update on the way": [
            (".+", f"({old} - learning_rate * {dW})") for dW in [*code.names, *products]
        ],
    }[bug]
