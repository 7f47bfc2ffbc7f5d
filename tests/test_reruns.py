"""Each notebook with its solutions in place, from its end back to its top.

One kernel runs a notebook in which every stub holds its solution: first the cells that
others need, in their order, then all cells from the last to the first, the progress at the
end, so that each finds the names as all others have left them. Every check must say that
its exercise is solved, every run must tell how a guess went, and all else must print what
is stored: no cell hangs on how often it was run, on what ran after it, or on whether an
exercise is solved. (From top to bottom runs nbval.) Sweeps are remembered: see sweeps.py.
"""

import ast
import re

import nbformat
import pytest

from course import record
from course.lessons import load_questions, name_of
from course.questions import ChoiceQuestion
from course.tools import find_notebooks, handout, plan, save

# Before all else each prediction is answered, in a record: the options right, the numbers
# wrong.
ANSWER = """
from course import record
record.open_in({!r})
for key, guess in {}:
    record.add_guess(*key, guess)"""
REVEALS = re.compile(r'^lesson\.reveal\("(.+?)"', re.MULTILINE)
NUMBER = re.compile(r"Right: (-?[\d.]*\d)")  # in a teacher's chapter
DRAWN = re.compile(r" Your guess: .*\.\Z")


def text_of(output):
    """The text of an output: printed, or a value's text/plain."""
    if output.output_type == "stream":
        return output.text
    return output.get("data", {}).get("text/plain", output.get("ename", ""))


def texts(cell):
    return "".join(map(text_of, cell.outputs))


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def is_needed(cell):
    """Whether later cells may need it: a cell that only shows what it computes is none."""
    nodes = ast.parse(cell.source).body
    only_shows = all(isinstance(node, ast.Expr) for node in nodes)
    return not only_shows or cell.source.startswith("lesson.check(")


def guesses(asked):
    """An answer to each question that its run replies to, by its key."""
    return [
        (
            question.key,
            question.right.text if isinstance(question, ChoiceQuestion) else "0.123",
        )
        for question in asked.values()
        if not question.at_once
    ]


def assert_it_tells(question, told):
    """The run has told how the guess went: the head, then the reasons. A number is the one
    that the teacher's chapter has."""
    head, *reasons = told.splitlines()
    assert reasons
    if isinstance(question, ChoiceQuestion):
        said = question.said(question.right.text).replace("`", "")
        if head != "\N{CHECK MARK} Right.":
            beside = f"\N{CHECK MARK} You said {said}; the answer is "
            assert head.startswith(beside) and head != f"{beside}{said}."
        return
    found = re.fullmatch(
        r"\N{BALLOT X} You said 0\.123( %)?; the answer is (.+?)(?: %)?\.", head
    )
    question.check(float(found[2]))
    chapter = plan.read(question.lesson).questions[question.name]
    for right in (found[2], NUMBER.match(chapter)[1]):
        assert question.reveal(right, float(found[2])).right
    for miss in question.misses:
        assert question.reveal(str(miss.value), float(found[2])).words == miss.feedback


@pytest.mark.parametrize("path", find_notebooks([]), ids=lambda path: path.stem)
def test_solved_and_run_from_its_end_a_notebook_prints_the_same(
    path, remember_sweeps, tmp_path
):
    """Guards: learners may run any cell at any time; the solutions are right; a question
    whose run tells no answer, another one's, or a number that a miss would be taken for;
    and what the run tells, which NumPy's numbers kept from the record's file."""
    notebook = save.read(path)
    stored = {cell.id: texts(cell) for cell in code_cells(notebook)}
    stubs = [cell.source for cell in notebook.cells if "stub" in handout.tags(cell)]
    names = re.findall(r"^def (\w+)", "\n".join(stubs), re.MULTILINE)
    exercises = len(stubs)

    cells = code_cells(handout.with_solutions(notebook))
    order = [*filter(is_needed, cells), *cells[-2::-1], cells[-1]]
    copies = [nbformat.v4.new_code_cell(cell.source) for cell in order]
    questions = load_questions(name_of(path.stem)).predictions
    (tmp_path / record.MARK).mkdir()
    first = remember_sweeps + ANSWER.format(str(tmp_path), guesses(questions))
    notebook.cells = [nbformat.v4.new_code_cell(first), *copies]
    _, *done = save.execute(notebook, path.parent).cells

    checked, opened = [], set()
    for cell, run in zip(order, done, strict=True):
        for name in reversed(REVEALS.findall(cell.source)):  # they come last
            assert_it_tells(questions[name], text_of(run.outputs.pop()))
            opened.add(name)
        if cell.source.startswith("lesson.check("):
            assert re.fullmatch(r"\w+: right", texts(run)), cell.source
            checked.append(texts(run).partition(":")[0])
        elif "lesson.own(" in cell.source:
            yours = re.findall(r"^(\w+): yours$", texts(run), re.MULTILINE)
            asked = {name for name in names if f'"{name}"' in cell.source}
            asked &= {*checked}  # one is shown before it is asked for
            assert sorted(yours) == sorted(asked)
        elif cell.source == "lesson.progress()":
            told = f"{exercises} of {exercises} exercises solved"
            assert (told in texts(run)) == (exercises > 0)
        elif cell.source == "lesson.written()":
            assert " functions are yours." in texts(run)
        elif not cell.source.startswith("lesson.reveal("):  # alone, it has told all
            printed, drawn = DRAWN.subn("", texts(run))
            assert printed == stored[cell.id], cell.source
            assert drawn == ("guess=" in cell.source or "lesson.guess" in cell.source)
    assert opened == {name for name, q in questions.items() if not q.at_once}
    kept = record.read(tmp_path / record.FILE)["answers"].get(name_of(path.stem), {})
    stages = {name: answer.stage for name, answer in kept.items()}
    assert stages == dict.fromkeys(opened, record.REVEALED)
    assert len(checked) == 2 * exercises
