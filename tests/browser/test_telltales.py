"""What answers a question is not on the screen before it is answered.

Each question of the course is opened as a learner meets it: outputs cleared, its cell at
the top of the window. What can be seen below it is held against its telltales.
"""

import re

import pytest

from course.lessons import load_questions, name_of
from course.tools import find_notebooks
from tests.telltales import found

SIZES = [{"width": 1440, "height": 900}, {"width": 1280, "height": 720}]
CLEAR = "() => jupyterapp.commands.execute('notebook:clear-all-cell-outputs')"
# The texts below the question of each cell, as far as a screen reaches that has the cell at
# its top. All cells are drawn, so that nothing need be scrolled.
BELOW = """async cells => {
    const { content } = jupyterapp.shell.currentWidget;
    content.notebookConfig = { ...content.notebookConfig, windowingMode: 'none' };
    const all = () => content.widgets.at(-1).node.getBoundingClientRect().bottom;
    for (let still = 0, before; still < 10; before = all()) {
        await new Promise(requestAnimationFrame);
        still = all() === before ? still + 1 : 0 }
    const texts = [], walker = document.createTreeWalker(content.node, 4);  // SHOW_TEXT
    while (walker.nextNode()) {
        const range = document.createRange();
        range.selectNodeContents(walker.currentNode);
        if (walker.currentNode.parentElement.checkVisibility())
            for (const r of range.getClientRects())
                if (r.width && r.height) texts.push([walker.currentNode, r.top, r.bottom]) }
    return cells.map(index => {
        const { node } = content.widgets[index];
        const last = node.getBoundingClientRect().top + content.node.clientHeight;
        const first = node.querySelector('.course-question').getBoundingClientRect().bottom;
        const seen = texts.filter(([, top, bottom]) => bottom > first && top < last);
        return [...new Set(seen.map(([text]) => text))].map(text => text.data).join(' ') })
    }"""


def asked(source):
    """The questions that a cell asks."""
    return re.findall(r"lesson\.predict\(\s*[\"'](.+?)[\"']", source)


@pytest.mark.parametrize("path", find_notebooks([]), ids=lambda path: path.stem)
def test_what_answers_a_question_is_not_on_the_screen(turn_to, path):
    """Guards: an explanation, a heading, a table or a comment below an open question."""
    notebook = turn_to(path.stem)
    notebook.page.evaluate(CLEAR)
    notebook.give_room(all_of_it=False)
    questions = {}  # cell -> name
    for index, cell in enumerate(notebook.cells()):
        if cell["cell_type"] == "code" and "lesson = Lesson(" in cell["source"]:
            notebook.run(index)
        elif cell["cell_type"] == "code" and asked(cell["source"]):
            notebook.run(index)
            (questions[index],) = asked(cell["source"])
    asked_here, told = load_questions(name_of(path.stem)).predictions, []
    assert list(questions.values()) == list(asked_here)
    for size in SIZES:
        notebook.page.set_viewport_size(size)
        below = notebook.page.evaluate(BELOW, list(questions))
        for (index, name), text in zip(questions.items(), below):
            told += [
                f"cell {index}, {name!r}, at {size['width']}: {telltale!r} in {text!r}"
                for telltale in found(asked_here[name], text)
            ]
    assert not told, "\n".join(told)
    assert not notebook.complaints
