"""All notebooks in a real browser: JupyterLab, its kernel, Chromium, keys and a mouse.

Each is opened once, in a copy of the course, all on one page. First its questions are seen
as a learner meets them, then all cells are run, and all other tests look at that.
"""

import itertools
import re

import pytest

from course.lessons import load_questions, name_of
from course.tools import find_notebooks
from tests.browser.panel_on_page import CLEAR, Panel, assert_agrees, rebuild
from tests.live import SIZE
from tests.telltales import found

# Enough with the oldest packages: the panel that learners meet first, and a notebook with
# questions and exercises. The rest runs by nbval there.
WITH_OLDEST = {"00_first_look", "01_activations"}
each_notebook = pytest.mark.parametrize(
    "opened",
    [
        pytest.param(name, marks=[] if name in WITH_OLDEST else pytest.mark.once)
        for name in (path.stem for path in find_notebooks([]))
    ],
    indirect=True,
)


@pytest.fixture(scope="module")
def opened(request, turn_to):
    """A notebook as it is stored."""
    return turn_to(request.param)


@pytest.fixture(scope="module")
def notebook(opened):
    """A notebook in which all cells were run."""
    opened.run_all()
    return opened


@pytest.fixture
def all_panels(notebook):
    found = [Panel(notebook.show(cell)) for cell in notebook.panels()]
    assert found or notebook.panels(playgrounds=True), "nothing moves in this notebook"
    return found


SIZES = [{"width": 1440, "height": 900}, SIZE]
# Whether the question of each cell is on the page: a widget comes after its cell has run.
DRAWN = """cells => cells.every(index =>
    jupyterapp.shell.currentWidget.content.widgets[index].node.querySelector('.course-question'))"""
# The texts below the question of each cell, as far as a screen reaches that has the cell at
# its top. All cells are drawn, so that nothing need be scrolled.
BELOW = """async cells => {
    const { content } = jupyterapp.shell.currentWidget;
    const usual = content.notebookConfig;
    content.notebookConfig = { ...usual, windowingMode: 'none' };
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
    const below = cells.map(index => {
        const { node } = content.widgets[index];
        const last = node.getBoundingClientRect().top + content.node.clientHeight;
        const first = node.querySelector('.course-question').getBoundingClientRect().bottom;
        const seen = texts.filter(([, top, bottom]) => bottom > first && top < last);
        return [...new Set(seen.map(([text]) => text))].map(text => text.data).join(' ') });
    content.notebookConfig = usual;
    return below }"""


def asked(source):
    """The questions that a cell asks."""
    return re.findall(r"lesson\.predict\(\s*[\"'](.+?)[\"']", source)


@pytest.mark.once
@each_notebook
def test_what_answers_a_question_is_not_on_the_screen(opened):
    """Guards: an explanation, a heading, a table or a comment below an open question.

    The outputs are cleared, the question's cell is at the top of the window, and what can
    be seen below it is held against the telltales of the question.
    """
    opened.page.evaluate(CLEAR)
    opened.give_room(all_of_it=False)
    questions = {}  # cell -> name
    for index, cell in enumerate(opened.cells()):
        if cell["cell_type"] == "code" and "lesson = Lesson(" in cell["source"]:
            opened.run(index)
        elif cell["cell_type"] == "code" and asked(cell["source"]):
            opened.run(index)
            (questions[index],) = asked(cell["source"])
    asked_here, told = load_questions(name_of(opened.name)).predictions, []
    assert list(questions.values()) == list(asked_here)
    opened.page.wait_for_function(DRAWN, arg=list(questions))
    for size in SIZES:
        opened.page.set_viewport_size(size)
        below = opened.page.evaluate(BELOW, list(questions))
        for (index, name), text in zip(questions.items(), below):
            told += [
                f"cell {index}, {name!r}, at {size['width']}: {telltale!r} in {text!r}"
                for telltale in found(asked_here[name], text)
            ]
    opened.page.set_viewport_size(SIZE)
    assert not told, "\n".join(told)
    assert not opened.complaints


@each_notebook
def test_every_setting_has_a_named_control(notebook, all_panels):
    """Guards: who can't see the page can find and name every control.

    ipywidgets gives sliders no name, so the number box before each must tell it.
    """
    for panel in all_panels:
        tree = NODE.findall(panel.root.aria_snapshot())
        for before, (role, name) in itertools.pairwise(tree):
            if role == "slider" and not name:
                assert before[0] == "spinbutton" and before[1]
        names = [name for role, name in tree if role in FIELDS]
        assert not [name for name in names if not re.search(r"[a-zA-Z]", name)]
        assert len(names) == len(set(names)), "two controls have the same name"
        twin = rebuild(panel.code.input_value())
        for control in twin.controls.values():
            assert control.box.description in names
        assert_agrees(panel)


FIELDS = ("spinbutton", "combobox", "textbox", "checkbox", "button", "radio")
# A line of a snapshot of what assistive technology is told: - spinbutton "alpha": "0.1"
NODE = re.compile(
    rf"""^ *- '?({"|".join(FIELDS)}|slider)(?: "([^"]*)")?""", re.MULTILINE
)


CUT = """async root => {
    for (const frame of [1, 2]) await new Promise(requestAnimationFrame);
    const cut = root.clientWidth ? [] : ['not on the page'];
    const right = root.parentElement.getBoundingClientRect().right + 1;
    for (const each of [root, ...root.querySelectorAll('*')]) {
        const box = each.getBoundingClientRect();
        const name = each.labels?.[0]?.textContent ?? (each.className || each.tagName);
        if (!box.width || each.closest('.slider, option')) continue;
        if (box.right > right) cut.push(name + ' is beyond the edge');
        const clips = getComputedStyle(each).overflow !== 'visible';
        const holds = each.matches('label, button, input:not([type=checkbox])');
        if (name === 'settings' || !(clips || holds)) continue;
        if (each.scrollWidth > each.clientWidth + 1) cut.push(name + ' is too narrow');
        if (each.scrollHeight > each.clientHeight + 1) cut.push(name + ' is too low');
    }
    for (const menu of root.querySelectorAll('select')) {
        const copy = menu.cloneNode(true);  // as wide as its longest option
        copy.style.cssText = 'position:absolute; width:auto; flex:none; min-width:0';
        menu.after(copy);
        if (copy.offsetWidth > menu.offsetWidth) cut.push(menu.value + ': menu too narrow');
        copy.remove();
    }
    return cut }"""
# From the top of a panel down to the words of its status line. Of the bug lab, which has
# two, from the top of its cell down to what it says of a guess.
SPAN = """root => {
    const room = root.closest('.jp-WindowedPanel-outer').clientHeight;
    const told = [...root.querySelectorAll('[role=status]')];
    const words = document.createRange();
    words.selectNodeContents(told[0]);
    const [top, bottom] = told.length > 1 ? [root.closest('.jp-Cell'), told.at(-1)]
        : [root, words];
    const span = bottom.getBoundingClientRect().bottom - top.getBoundingClientRect().top;
    return [span, room] }"""

# From Play, the top of a playground, to the end of network, surface and losses; the room.
REACHES = """roots => roots.map(root => {
    const end = (part) => root.querySelector(part).getBoundingClientRect().bottom;
    const { top } = root.getBoundingClientRect();
    const room = root.closest('.jp-WindowedPanel-outer').clientHeight;
    return [Math.max(...['.network', '.square', '.losses'].map(end)) - top, room] })"""


@each_notebook
@pytest.mark.parametrize("alone", [False, True], ids=["file browser", "alone"])
def test_nothing_is_cut_on_a_projector(notebook, all_panels, alone):
    """Guards: at 1280x720, beside the file browser too, a part that is cut off, and a picture
    or words out of sight of what is moved."""
    notebook.give_room(alone)
    for panel in all_panels:
        panel.root.scroll_into_view_if_needed()
        assert panel.root.evaluate(CUT) == []
        span, room = panel.root.evaluate(SPAN)
        assert span <= room
    for index in notebook.panels(playgrounds=True):
        notebook.show_cell(index).locator(".playground").first.wait_for()
        shown = notebook.show_cell(index).locator(".playground:has(.network)")
        assert all(reach <= room for reach, room in shown.evaluate_all(REACHES))


@each_notebook
def test_no_cell_fails_and_the_page_has_no_complaint(notebook):
    """Guards: the notebook works in JupyterLab as it is stored (the last of its tests)."""
    cells = [cell for cell in notebook.cells() if cell["cell_type"] == "code"]
    assert cells[-1]["execution_count"], "a cell before the last one failed"
    for output in (output for cell in cells for output in cell["outputs"]):
        assert "error" not in output["output_type"] and "stderr" != output.get("name")
    assert notebook.complaints == []
