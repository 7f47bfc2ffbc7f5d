"""The process that judges one notebook: what was handed in stands on its standard input.

A line of settings comes first. It writes lines of JSON, the fields of a row of the table:
one for each exercise at the start, and again as soon as it knows the verdict. The answers
run in a process that it starts, see `cage`; here they are text.
"""

import json
import re
import sys

import cloudpickle

from course import checking, lessons
from course.tools import find_notebooks
from course.tools.grading import standin
from course.tools.notebooks import fetches

FEWEST = 3  # cells that a notebook shares with ours, to be one of ours
ADVICE = r"\s*\([^)]*run its cell, then this one again\.?\)"  # for who has the notebook

# What no exercise needs, and what gets past a check could begin with.
ODD = (
    r"\b(_getframe|setprofile|settrace|sys\.modules|importlib|__import__|ctypes|gc|exec"
    r"|eval|compile|globals|__globals__|__code__|__subclasses__|inspect|open|os|course"
    r"|_thread|threading|subprocess|socket)\b"
)


def main():
    settings = json.loads(sys.stdin.buffer.readline())
    # By value: the process of an answer can't read the lessons, where the solutions are.
    cloudpickle.register_pickle_by_value(lessons)
    try:
        for row in judge(sys.stdin.buffer.read(), **settings):
            print(json.dumps(row), flush=True)
    except standin.Refused as problem:
        print(json.dumps({"problem": str(problem)}))


def judge(data, seed, only=()):
    cells = read(data)
    ours = {path.stem: read(path.read_bytes()) for path in find_notebooks([])}
    name = recognise(cells, ours)
    if only and name not in only:
        return
    exercises = lessons.load_exercises(lessons.name_of(name))
    rows = [{"notebook": name, "exercise": exercise} for exercise in exercises]
    yield from rows
    code = [t for kind, _, t in cells if kind == "code" and not fetches(t)]
    for row in rows:
        row |= _judged(exercises, row["exercise"], code, seed)
        row["look_at"] += _touched(row["exercise"], cells, ours[name])
        yield row


def read(data) -> list[tuple]:
    """The cells of a notebook: kind, id and text of each."""
    if not data.strip():
        raise standin.Refused("it is empty")
    try:
        return [
            (cell["cell_type"], str(cell.get("id")), "".join(cell["source"]))
            for cell in json.loads(data)["cells"]
        ]
    except (ValueError, RecursionError, LookupError, TypeError, AttributeError):
        raise standin.Refused("it is no notebook, or only a part of one") from None


def recognise(cells, ours) -> str:
    """Which notebook this is, by the ids of its cells, or their texts."""
    common = {name: len(_marks(cells) & _marks(own)) for name, own in ours.items()}
    name = max(common, key=common.get)
    if common[name] < FEWEST:
        raise standin.Refused("its cells are not those of a notebook of this course")
    return name


def _marks(cells):
    return {id for _, id, _ in cells} | {text.strip() for _, _, text in cells if text}


def _touched(exercise, cells, ours):
    """A note where a check cell was touched; no verdict depends on it."""
    check = f"lesson.check({exercise})"
    texts = {id: text.strip() for _, id, text in cells}
    if check not in texts.values():
        for id in (id for _, id, text in ours if text.strip() == check):
            yield f"the check cell was {'changed' if id in texts else 'deleted'}"


def _judged(exercises, name, cells, seed):
    """The verdict on one exercise, and the code that it is about."""
    code = ""
    try:
        answer = standin.answer(cells, name)
        code = answer.code
        verdict = checking.check(exercises, answer, seed=seed)
    except standin.Refused as why:
        verdict = checking.Verdict(False, str(why))
    except Exception as error:  # noqa: BLE001, of an answer that no check has met
        words = f"it could not be judged ({type(error).__name__})"
        verdict = checking.Verdict(False, words)
    words = verdict.words.removeprefix(f"{name}: ").removeprefix("not yet: ")
    return {
        "solved": verdict.solved,
        "words": re.sub(ADVICE, "", words),
        "mistake": verdict.mistake,
        "tried": verdict.tried,
        "code": code,
        "look_at": [f"it uses `{word}`" for word in sorted(set(re.findall(ODD, code)))],
    }


if __name__ == "__main__":
    main()
