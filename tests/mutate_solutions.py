"""Break every published solution in many small ways, and see which the checks accept.

    .venv/bin/python tests/mutate_solutions.py

prints each mutant that is accepted. All of them must stand in the file of the exercise, in
its cell 'equal', below the reason. The command ends with 1 if one doesn't;
`lessons/test_exercises.py` runs the same.
"""

import ast
import copy
import itertools
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from course import checking
from course.checking import runs
from tests import bar
from tests.answers import EXERCISES, SOLUTIONS, cell

# 1. Mutants --------------------------------------------------------------------------

_OPERATORS = """Add Sub Mult, Sub Add, Mult Div Add, Div Mult, MatMult Mult, Pow Mult,
                Gt GtE Lt, GtE Gt LtE, Lt LtE Gt, Eq NotEq LtE"""
_OPERATORS = {
    getattr(ast, name): [getattr(ast, other) for other in others]
    for name, *others in map(str.split, _OPERATORS.split(","))
}
_NAMES = """W b, b W, dW db, db dW, A Z, Z A, X Y, Y X, n_in n_out, n_out n_in, up w down,
            down w up, dZ dA, dA dZ, loss learning_rate, params grads, grads params, Y_hat Y,
            hidden output, output hidden, slopes Z, sum mean, mean sum max, all any,
            zeros ones, uniform normal, standard_normal random, sqrt square"""
_NAMES = {name: others for name, *others in map(str.split, _NAMES.split(","))}


def mutants(source):
    """Pairs of what was changed and the changed source."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and ast.get_docstring(node):
            del node.body[0]  # without it the function does the same
    seen = {ast.unparse(tree)}
    for number, node in enumerate(ast.walk(tree)):
        for change in _changes(node):
            mutated = copy.deepcopy(tree)
            twin = next(itertools.islice(ast.walk(mutated), number, None))
            line = getattr(node, "lineno", 0)
            change(twin)
            text = ast.unparse(ast.fix_missing_locations(mutated))
            if text not in seen:
                seen.add(text)
                yield _difference(ast.unparse(tree), text) or f"line {line}", text


def _difference(before, after):
    """The lines of the mutant that the solution doesn't have."""
    old = before.splitlines()
    new = [line.strip() for line in after.splitlines() if line not in old]
    gone = [line.strip() for line in old if line not in after.splitlines()]
    return " | ".join(new) if new else "without " + " | ".join(gone)


def _changes(node):
    """Functions that change one node (of a copy of the tree) in place."""
    if isinstance(node, (ast.BinOp, ast.AugAssign)):
        for new in _OPERATORS.get(type(node.op), []):
            yield lambda n, new=new: setattr(n, "op", new())
    if isinstance(node, ast.BinOp):
        if not isinstance(node.op, (ast.Add, ast.Mult)):  # where the order counts
            yield lambda n: vars(n).update(left=n.right, right=n.left)
        yield lambda n: _become(n, n.left)
        yield lambda n: _become(n, n.right)
    if isinstance(node, ast.Compare):
        for new in _OPERATORS.get(type(node.ops[0]), []):
            yield lambda n, new=new: setattr(n, "ops", [new()])
    if isinstance(node, ast.UnaryOp):
        yield lambda n: _become(n, n.operand)
    if isinstance(node, ast.Constant) and isinstance(node.value, (int, float)):
        for new in {node.value + 1, node.value - 1, -node.value, 2 * node.value}:
            yield lambda n, new=new: setattr(n, "value", new)
    if isinstance(node, ast.Name):
        for new in _NAMES.get(node.id, []):
            yield lambda n, new=new: setattr(n, "id", new)
    if isinstance(node, ast.Attribute):
        for new in _NAMES.get(node.attr, []):
            yield lambda n, new=new: setattr(n, "attr", new)
        if node.attr == "T":
            yield lambda n: _become(n, n.value)
    if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load):
        for step in (-1, 1):
            yield lambda n, step=step: _move_index(n, step)
    if isinstance(node, ast.Call):
        yield from _call_changes(node)
    if isinstance(node, (ast.Tuple, ast.List)) and len(node.elts) > 1:
        yield lambda n: n.elts.reverse()
        yield lambda n: n.elts.pop()
    if isinstance(node, (ast.FunctionDef, ast.For)) and len(node.body) > 1:
        for i, statement in enumerate(node.body):
            if not isinstance(statement, ast.For):
                yield lambda n, i=i: n.body.pop(i)


def _call_changes(node):
    if len(node.args) == 1 and not node.keywords:  # f(x) -> x
        yield lambda n: _become(n, n.args[0])
    if len(node.args) > 1:
        yield lambda n: n.args.reverse()
        yield lambda n: n.args.pop()
    if node.keywords:
        yield lambda n: n.keywords.pop()


def _become(node, other):
    """Make a node the same as another one, its class included."""
    other = copy.deepcopy(other)
    node.__class__ = other.__class__
    node.__dict__.clear()
    node.__dict__.update(other.__dict__)


def _move_index(node, step):
    node.slice = ast.BinOp(node.slice, ast.Add(), ast.Constant(step))


# 2. The survivors ----------------------------------------------------------------------


def equal() -> dict:
    """Why mutants behave like the solution, by (exercise, changed line)."""
    reasons, reason = {}, ""
    for name, exercise in EXERCISES.items():
        texts = [part.comment for part in exercise.cells if part.kind == "equal"]
        for line in "\n".join(texts).splitlines():
            if line.startswith(" "):
                reasons[name, line.strip()] = reason
            else:
                reason = line
    return reasons


def accepted(name) -> tuple[int, list]:
    """How many mutants of a solution there are; the changed lines of the accepted ones."""
    runs.RESERVE.is_used = False  # in this process, which is quicker
    count, lines = 0, []
    for line, text in mutants(SOLUTIONS[name]):
        count += 1
        function = cell(name, text, EXERCISES[name].space)
        if checking.check(EXERCISES, function, seed=0).solved:
            lines.append(line)
    return count, lines


def main():
    count, reasons, unknown, left = 0, equal(), 0, 0
    for name, (number, lines) in bar.results(accepted, SOLUTIONS):
        count, left = count + number, left + len(lines)
        for line in lines:
            reason = reasons.get((name, line), "NOT KNOWN TO BE EQUAL")
            unknown += (name, line) not in reasons
            print(f"{name}: {line}\n    {reason}", flush=True)
    print(f"{count} mutants, {left} accepted")
    return 1 if unknown or count < 150 else 0


if __name__ == "__main__":
    sys.exit(main())
