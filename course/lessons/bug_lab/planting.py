"""The bugs, planted into the backward pass that the learner wrote in notebook 4.

A bug changes one expression: `_rewrites` says how that looks before and after. It is tried
wherever it fits, until the gradients are those of the course's version of the bug on many
networks. So the code may be written in any way, and what is found is right.
"""

import ast
import difflib
import functools
import itertools
import re
import warnings
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
IN_LAYER = """{v} == {k}|{v} - 1 == {k}|{v} + {k} == len({Z}) - 1|{v} + {k} == len({Z})|
{v} is {Z}[{k}]|{v} is {A}[{k}]|{v} is {params}[{k}][0]"""
IN_LAST = """{v} == len({Z}) - 1|{v} == len({Z})|{v} == 0|{v} == 1|
{v} is {Z}[-1]|{v} is {A}[-2]|{v} is {params}[-1][0]"""
# The networks on which it must be as in the course: each size with each batch size, and
# in turn all that the other menus offer.
_TURNS = {name: itertools.cycle(menu) for name, menu in MENUS.items()}
TRIALS = [
    {name: next(turn) for name, turn in _TURNS.items()}
    | {"sizes": sizes, "batch_size": batch_size, "draw": 5}
    for batch_size in (3, 1, 2, 4, 5)  # 3 tells most gradients apart
    for sizes in MENUS["sizes"]
]


class Part(NamedTuple):
    """An expression that stands in one line of some code."""

    text: str
    line: int  # from 0
    begin: int  # in bytes, as `ast` counts
    end: int

    def replaced(self, code, new) -> str:
        """The code with other text in its place."""
        lines = code.encode().splitlines(keepends=True)
        line = lines[self.line]
        lines[self.line] = line[: self.begin] + new.encode() + line[self.end :]
        return b"".join(lines).decode()


class Planted(NamedTuple):
    """A bug in the learner's code."""

    name: str  # of the function
    code: str
    change: tuple  # the `Part`, and what took its place
    gradient: Callable  # (learning_rate) -> a function, as `bugs.Step.gradient`


class Own:
    """What the learner wrote, by the code of each function, and the bugs in it."""

    def __init__(self, codes):
        self.codes = codes
        self.functions = {STEP_0: load_exercises(HOME)[STEP_0].right}
        self.functions |= {name: own.run(name, code) for name, code in codes.items()}
        self.plant = functools.cache(self._plant)

    def lines(self, planted=None) -> list:
        """All of the code; the line that a bug changes begins with - and, changed, with +."""
        changed = {planted.name: planted.code} if planted else {}
        shown = []
        for name, code in self.codes.items():
            pair = code, changed.get(name, code)
            shown += difflib.ndiff(*(text.splitlines() for text in pair))
        return [
            line for line in shown if not line.startswith(("?", "  import ", "  from "))
        ]

    def _plant(self, bug, layer=None) -> Planted | None:
        """A bug, wherever it can stand or in one layer; None where no place is found."""
        name = STEP_0 if bug == "no 1/n" else STEPS
        # Whatever a record may hold; Python warns of `1()`.
        with suppress(Exception), warnings.catch_warnings(action="ignore"):
            code = self.codes[name]
            changes = Code(code, name).changes(bug)
            if layer is not None:
                changes = Code(code, name).changes_in(layer, *self.plant(bug).change)
            for part, new in itertools.islice(changes, MOST):
                with suppress(Exception):
                    changed = part.replaced(code, new)
                    gradient = self._gradient(name, changed)
                    if _fits(gradient, bug, layer):
                        return Planted(name, changed, (part, new), gradient)
        return None

    def _gradient(self, name, code):
        """What makes gradient functions, with this code in the place of one function."""
        made = self.functions[name].__globals__  # what else its code computed
        planted = own.run(name, code, "<planted in ", ast.FunctionDef, made)
        functions, space = self.functions | {name: planted}, planted.__globals__

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


class Code:
    """Some code: what can be changed in it, and the names in it."""

    def __init__(self, code, name):
        body = ast.parse(code).body
        functions = [part for part in body if isinstance(part, ast.FunctionDef)]
        nodes = [node for function in functions for node in ast.walk(function)]
        inline = [
            n for n in nodes if isinstance(n, ast.expr) and n.lineno == n.end_lineno
        ]
        places = [(n.lineno - 1, n.col_offset, n.end_col_offset) for n in inline]
        texts = [ast.get_source_segment(code, node) for node in inline]
        self.parts = sorted(map(Part, texts, *zip(*places)), key=lambda p: len(p.text))
        names = [n for n in nodes if isinstance(n, ast.Name)]
        self.names = dict.fromkeys(n.id for n in names if isinstance(n.ctx, ast.Store))
        [*_, function] = [each for each in functions if each.name == name]
        arguments = function.args.posonlyargs + function.args.args
        self.arguments = [each.arg for each in arguments]
        lines = function.body
        first = lines[bool(ast.get_docstring(function)) and len(lines) > 1]
        self.start = Part("", first.lineno - 1, first.col_offset, first.col_offset)
        indent = code.encode().splitlines()[first.lineno - 1][: first.col_offset]
        self.end = "; " if indent.strip() else f"\n{indent.decode()}"

    def changes(self, bug):
        """Pairs of a `Part` and what takes its place, the likeliest first."""
        if bug == "stale cache":
            yield (
                self.start,
                "{1}, {2} = cache_before".format(*self.arguments) + self.end,
            )
            return
        for pattern, new in self.rewrites(bug):
            for part in self.parts:
                if match := re.fullmatch(pattern, part.text):
                    yield part, match.expand(new)

    def changes_in(self, k, part, new):
        """What may make a change in layer ``k`` only."""
        for test in self.tests(IN_LAYER, k):
            yield part, f"({new} if {test} else {part.text})"

    def tests(self, forms, k=0):
        names = dict(zip(("params", "A", "Z"), self.arguments))
        for form, v in itertools.product(forms.split("|"), self.names):
            yield re.sub(" [+-] 0", "", form.format(v=v, k=k, **names).strip())

    def rewrites(self, bug):
        """(pattern of an expression, what takes its place), the likeliest first.

        With the names that the arguments have in the code.
        """
        if bug == "no 1/n":
            return (r"(.*\S) */.+", r"\1"), (".+", "1")
        _, A, Z, _, slope, *_ = self.arguments
        old, axis = r"\g<0>", "(?:axis=)?(?:0|-2)"
        other = r"axis=1 if len(\1) in (1, \1.shape[1]) else 0"
        products = [
            p.text for p in self.parts if re.search("@|dot|einsum|matmul", p.text)
        ]
        return {
            "target for input": [
                (pattern, rf"(Y if {test} else {old})")
                for pattern in (rf"{A}\[.+\]", ".+")
                for test in self.tests(IN_LAYER)
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
                for test in self.tests(IN_LAST)
            ],
            "wrong axis": [
                (rf"(.+)\.sum\({axis}\)", rf"\1.sum({other})"),
                (rf"np\.sum\((.+), {axis}\)", rf"np.sum(\1, {other})"),
                (".+", f"({old}.T if len({old}) in (1, {old}.shape[1]) else {old})"),
            ],
            "update on the way": [
                (".+", f"({old} - learning_rate * {dW})")
                for dW in [*self.names, *products]
            ],
        }[bug]
