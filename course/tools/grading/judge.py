"""The process that judges one notebook: what was handed in stands on its standard input.

A line of settings comes first. It writes a line for each exercise, as soon as it knows.
The answers run in a process that it starts, see `cage`; here they are text.
"""

import ast
import json
import sys

import cloudpickle

from course import checking, lessons
from course.tools import NOTEBOOKS
from course.tools.grading import source

UNWRITTEN = "not written yet"
FEWEST = 3  # cells that a notebook shares with ours, to be one of ours


def main():
    settings = json.loads(sys.stdin.buffer.readline())
    # By value: the process of an answer can't read the lessons, where the solutions are.
    cloudpickle.register_pickle_by_value(lessons)
    try:
        for line in judge(sys.stdin.buffer.read(), **settings):
            print(json.dumps(line), flush=True)
    except source.Refused as problem:
        print(json.dumps({"problem": str(problem)}), flush=True)


def judge(data, seed, only=()):
    """A dict for the notebook, then one for each of its exercises."""
    cells = read(data)
    given = {path.stem: read(path.read_bytes()) for path in NOTEBOOKS.glob("*.ipynb")}
    name = recognise(cells, given)
    exercises = lessons.load_exercises(lessons.name_of(name))
    if only and name not in only:
        exercises = {}
    notes = dict(_notes(cells, given[name], exercises))
    yield {"notebook": name, "exercises": list(exercises), "notes": notes}
    code = [text for kind, _, text in cells if kind == "code"]
    stubs = dict(_stubs(given[name], exercises))
    for exercise in exercises:
        yield {"exercise": exercise, **_judged(exercises, exercise, code, stubs, seed)}


def read(data) -> list[tuple]:
    """The cells of a notebook: kind, id and text of each."""
    if not data.strip():
        raise source.Refused("it is empty")
    try:
        notebook = json.loads(data)
    except (ValueError, RecursionError):
        raise source.Refused("it is no notebook, or only a part of one") from None
    cells = notebook.get("cells") if isinstance(notebook, dict) else None
    if not isinstance(cells, list):
        raise source.Refused("it is no notebook of a form that Jupyter writes today")
    return [_cell(cell) for cell in cells if isinstance(cell, dict)]


def _cell(cell):
    text = cell.get("source", "")
    if isinstance(text, list):
        text = "".join(line for line in text if isinstance(line, str))
    kind, id = cell.get("cell_type"), cell.get("id")
    return kind, str(id), text if isinstance(text, str) else ""


def recognise(cells, given) -> str:
    """Which notebook this is, by the ids of its cells, or their texts."""
    mine = _marks(cells)
    common = {name: len(mine & _marks(theirs)) for name, theirs in given.items()}
    name = max(common, key=common.get)
    if common[name] < FEWEST:
        raise source.Refused("its cells are not those of a notebook of this course")
    return name


def _marks(cells):
    return {id for _, id, _ in cells} | {text.strip() for _, _, text in cells if text}


def _notes(cells, given, exercises):
    """What a teacher may want to look at; no verdict depends on it."""
    texts = {id: text.strip() for _, id, text in cells}
    everything = set(texts.values())
    for kind, id, text in given:
        name = text.strip().removeprefix("lesson.check(").removesuffix(")")
        if kind == "code" and name in exercises and text.strip() not in everything:
            change = "changed" if id in texts else "deleted"
            yield name, f"the check cell was {change}"


def _stubs(cells, exercises):
    """Names of exercises, and what their cells hold before anything is written."""
    for name in exercises:
        texts = (
            text for kind, _, text in cells if kind == "code" and f"def {name}(" in text
        )
        for statement in source.statements(texts):
            if isinstance(statement.tree, ast.FunctionDef):
                yield statement.tree.name, ast.dump(statement.tree)


def _judged(exercises, name, cells, stubs, seed):
    """The verdict on one exercise, and the code that it is about."""
    code = ""
    try:
        answer = source.answer(cells, name)
        code = answer.code
        if ast.dump(answer.definition) == stubs.get(name):
            raise source.Refused(UNWRITTEN)
        verdict = checking.check(exercises, answer, checking.TRIES, seed)
    except source.Refused as why:
        is_tried = str(why) != UNWRITTEN
        verdict = checking.Verdict(False, f"{name}: {why}", is_tried)
    except Exception as error:  # noqa: BLE001, of an answer that no check has met
        words = f"{name}: it could not be judged ({type(error).__name__})"
        verdict = checking.Verdict(False, words)
    return {
        "solved": verdict.solved,
        "words": verdict.words.removeprefix(f"{name}: ").removeprefix("not yet: "),
        "mistake": verdict.mistake,
        "tried": verdict.tried,
        "code": code,
        "look_at": [f"it uses `{word}`" for word in source.suspicious(code)],
    }


if __name__ == "__main__":
    main()
