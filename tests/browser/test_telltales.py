"""What answers a question is not on the screen before it is answered.

Each question of the course is opened as a learner meets it: outputs cleared, its cell at
the top of the window. What can be seen below it is held against its telltales, which
tests/telltales.toml lists.
"""

import re

import pytest

from course.tools import find_notebooks, live
from tests.telltales import TELLTALES, found

SIZES = [{"width": 1440, "height": 900}, {"width": 1280, "height": 720}]
CLEAR = "() => jupyterapp.commands.execute('notebook:clear-all-cell-outputs')"
# All texts on the screen below the question of a cell, once they stand still.
BELOW = """async index => {
    const { content } = jupyterapp.shell.currentWidget;
    const frame = () => new Promise(requestAnimationFrame);
    const read = () => {
        const question = content.widgets[index].node.querySelector('.course-question');
        if (!question) return null;
        const top = question.getBoundingClientRect().bottom;
        const { bottom } = content.node.getBoundingClientRect();
        const texts = document.createTreeWalker(content.node, NodeFilter.SHOW_TEXT);
        const words = [];
        while (texts.nextNode()) {
            const range = document.createRange();
            range.selectNodeContents(texts.currentNode);
            const isSeen = [...range.getClientRects()].some(
                r => r.width && r.height && r.bottom > top && r.top < bottom);
            if (isSeen && texts.currentNode.parentElement.checkVisibility())
                words.push(texts.currentNode.data);
        }
        return words.join(' ').replace(/\\s+/g, ' ') };
    let text = null, before;
    for (let still = 0; still < 3;) {
        await content.scrollToItem(index, 'start');
        await frame();
        await frame();
        [before, text] = [text, read()];
        still = text !== null && text === before ? still + 1 : 0 }
    return text }"""


@pytest.mark.parametrize("path", find_notebooks([]), ids=lambda path: path.stem)
def test_what_answers_a_question_is_not_on_the_screen(browser, lab, path):
    """Guards: an explanation, a heading, a table or a comment below an open question."""
    notebook = live.Notebook(browser, lab, path.stem)
    notebook.page.evaluate(CLEAR)
    notebook.give_room(all_of_it=False)
    lesson, told = re.sub(r"^\d+_", "", path.stem), []
    for index, cell in enumerate(notebook.cells()):
        if cell["cell_type"] != "code":
            continue
        if re.search(r"\bLesson\(", cell["source"]):
            notebook.run(index)
        for name in re.findall(r"lesson\.predict\(\s*[\"'](.+?)[\"']", cell["source"]):
            notebook.run(index)
            for size in SIZES:
                notebook.page.set_viewport_size(size)
                below = notebook.page.evaluate(BELOW, index)
                told += [
                    f"cell {index}, {name!r}, at {size['width']}: {telltale!r} in "
                    f"{below[: place + 80][-200:]!r}"
                    for telltale, place in found(TELLTALES[lesson][name], below)
                ]
    assert not told, "\n".join(told)
    assert not notebook.complaints
    notebook.close()
