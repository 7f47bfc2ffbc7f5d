"""Demo notebooks on a projector: 1280x720, Simple Interface, Presentation Mode.

All demos are cells of one notebook here, so that the page is opened once.
"""

from pathlib import Path

import nbformat
import pytest
from nbformat import v4

from course.tools import demo, save
from tests import live
from tests.browser.panel_on_page import STOOD_STILL, Panel, assert_agrees, rebuild
from tests.test_reruns import texts
from tests.tools.test_demo import NOTEBOOKS, panel_words
from tests.wait import wait_until

pytestmark = pytest.mark.timed

SIMPLE = "() => jupyterapp.shell.mode === 'single-document'"
LOOK = Path(__file__).with_name("demo.js").read_text(encoding="utf-8")
SCROLL = """cell => { cell.scrollIntoView({block: 'start'});
    return cell.getBoundingClientRect().top }"""
IGNORED = "nbval-ignore-output"
SIZE = "node => parseFloat(getComputedStyle(node).fontSize)"


@pytest.fixture(scope="module")
def notebook(browser, lab):
    """All demos, run, in the modes for a projector."""
    cells = []
    for path in NOTEBOOKS:
        cells.append(v4.new_code_cell("%reset -f"))  # each runs by itself
        cells += save.read(demo.make(path, lab.course / "demo")).cells
    for number, cell in enumerate(cells):
        cell.id = f"cell-{number}"
    together = v4.new_notebook(cells=cells, metadata=save.METADATA)
    save.write(together, lab.course / "demo" / "all.ipynb")
    notebook = live.Notebook(browser, lab, "all", folder="demo")
    for command in ("toggle-mode", "toggle-presentation-mode"):
        notebook.page.evaluate(live.RUN, [f"application:{command}", None])
    notebook.page.wait_for_function(SIMPLE)
    notebook.give_room(True)
    notebook.run_all()
    yield notebook
    notebook.close()


def at_top(notebook, cell):
    """The panel of a cell, scrolled until the cell begins at the top of the window.

    JupyterLab draws cells as they come near, which moves what stands below them.
    """
    panel, tops = Panel(notebook.show(cell)), [None]
    place = notebook.show_cell(cell)

    def stands_still():
        tops.append(place.evaluate(SCROLL))
        return tops[-1] == tops[-2]

    wait_until(stands_still, lambda: f"the cell moves: {tops}")
    return panel


def test_they_show_the_panels_of_the_notebooks(notebook, lab):
    """Guards: a panel, a picture or a run that needs another cell, or a record, or that
    shows something else here than in the notebook."""
    stored = [cell for path in NOTEBOOKS for cell in save.read(path).cells]
    cells = notebook.cells()
    shown = sorted(notebook.panels() + notebook.panels(playgrounds=True))
    made = save.normalize(
        nbformat.from_dict({"cells": [cells[i] for i in shown]})
    ).cells
    words = [out.data["text/plain"] for cell in made for out in cell.outputs]
    assert words == [*filter(None, map(panel_words, stored))]
    for i, cell in enumerate(cells):
        outputs = cell.get("outputs", ())
        assert "error" not in [out["output_type"] for out in outputs], cell["source"]
        same = [one for one in stored if one.source == cell["source"] and outputs]
        if same and i not in shown and IGNORED not in same[0].metadata.get("tags", ()):
            said = texts(nbformat.from_dict(cell))
            assert said in [texts(one) for one in same], cell["source"]
    names = {path.name for path in (lab.course / "demo").glob("[!.]*")}
    assert names == {"all.ipynb", *(path.name for path in NOTEBOOKS)}


def test_all_of_each_panel_is_in_sight_and_large(notebook):
    """Guards: a setting below the fold; words or tasks that the last row can't read."""
    for cell in notebook.panels():
        seen = at_top(notebook, cell).root.evaluate(LOOK)
        assert seen["controls"] > 5 and seen["hidden"] == 0, (cell, seen)
        assert seen["words"] >= 20 and seen["labels"] >= 16, (cell, seen)
        assert seen["scale"] >= 0.95 and abs(seen["skew"] - 1) < 0.01, (cell, seen)
    written = notebook.page.locator(".jp-RenderedMarkdown :is(p, li)").all()
    assert written and all(text.evaluate(SIZE) >= 20 for text in written)


def test_shift_enter_leaves_the_settings_in_sight(notebook):
    """Guards: a panel that is taller than the window, brought into view by its end."""
    for cell in notebook.panels()[-2:]:  # the two highest
        notebook.page.evaluate(live.RUN, ["notebook:run-cell-and-select-next", cell])
        index = f'[data-windowed-list-index="{cell}"]'
        panel = notebook.page.locator(f"{index} .course-panel")
        panel.get_by_role("img").wait_for()
        panel.evaluate(STOOD_STILL)
        assert panel.evaluate(LOOK)["hidden"] == 0, cell


def test_mouse_and_picture_agree(notebook):
    """Guards: a click or a drag that lands elsewhere on the enlarged panel; complaints."""
    cells = notebook.cells()
    trained = [i for i in notebook.panels() if "training_panel" in cells[i]["source"]]
    panel = at_top(notebook, trained[0])
    panel.drag("learning rate", 0.5)
    at_half = pytest.approx(0.1, rel=0.1)
    # A busy kernel first answers a value on the way, and all agrees on that, too.
    wait_until(
        lambda: panel.setting("learning_rate") == at_half, panel.code.input_value
    )
    assert_agrees(panel)
    view = rebuild(panel.code.input_value()).view
    ax, plan = view.axes["network"], view.axes["network"].plan
    x, y = ax.transData.transform((plan.x[1], plan.y[1][2]))
    scale = panel.picture.bounding_box()["width"] / view.size[0]
    panel.picture.click(position={"x": x * scale, "y": (view.size[1] - y) * scale})
    assert_agrees(panel, neuron=(0, 2))
    assert notebook.complaints == []  # the page, after all tests of this file
