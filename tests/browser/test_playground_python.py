"""The playground and Python: each moves the other, in JupyterLab."""

import json

import pytest

from tests.browser.playground_on_page import OnPage
from tests.wait import wait_until

pytestmark = pytest.mark.timed

FIRST = "Playground(data='xor', hidden=[3], seed=4, learning_rate=0.5, batch=1)"
TRAINING = """
import time, numpy as np, mlp_core as mlp
tell = lambda params: json.dumps(join(params).tolist())
def my_step(params, value=0):
    return [mlp.Layer(W + 0.001, b) for W, b in params]
def training(params):
    while True:
        params = my_step(params)
        yield params
"""
CELLS = [
    "import json, sys; sys.path.insert(0, '..')\n"
    "from course.fast import join; from course.playground import Playground",
    f"play = {FIRST}; play",
    "play",
    "other = Playground(data='circles', seed=1); other",
    TRAINING,
    "print(tell(play.params)); print(play)",
    "print(tell(play.replay()))",
    "play.params = [mlp.Layer(2 * W, b + 1) for W, b in play.params]",
    "play.follow(training(play.params))",
    "other.follow(mlp.steps(other.params, other.X, other.Y, mlp.draw_samples(\n"
    "    np.random.default_rng(0), len(other.X), 40), mlp.make_activation('sigmoid'), 0.1))",
    "def late(params):\n    yield params\n    time.sleep(9)\n    while True: pass\n"
    "def wrong(params):\n    yield params\n    params[0].W / [1, 2, 3, 4]",
    "play.follow(wrong(play.params))",
]


@pytest.fixture(scope="module")
def notebook(turn_to, write_notebook):
    write_notebook("talks", CELLS, "my_course")
    notebook = turn_to("talks", "my_course")
    for cell in range(5):
        notebook.run(cell)
    notebook.give_room(True)
    yield notebook
    notebook.give_room(False)


def on_page(notebook, cell, number=0):
    notebook.show_cell(cell)
    return OnPage(notebook.page, number)


def said(notebook, cell):
    notebook.run(cell)
    (output,) = notebook.cells()[cell]["outputs"]
    return "".join(output.get("text", output)).splitlines()


def test_python_reads(notebook):
    on = on_page(notebook, 1)
    on.button("Play").click()
    wait_until(lambda: on.step() > 60, "stands still")
    on.button("Pause").click()
    time = on.step()
    import time

    time.sleep(1)
    told = said(notebook, 5)
    print(told, on.step(), notebook.complaints)
    assert json.loads(told[0]) == on.parameters()
    print(said(notebook, 6))
    notebook.run(7)
    time.sleep(1)
    print(on.parameters())
    notebook.run(8)
    time.sleep(3)
    print(on.step(), on.root.locator(".python").inner_text())
    time.sleep(3)
    print(on.step(), on.root.locator(".python").inner_text())
    on.button("Pause").click()
    notebook.run(10)
    notebook.run(11)
    time.sleep(3)
    print(on.step(), on.root.locator(".python").inner_text())
    print(said(notebook, 5))
    print(notebook.complaints)
    print([c["outputs"] for c in notebook.cells()[-4:]])
    on = on_page(notebook, 3, 2)
    notebook.run(9)
    time.sleep(3)
    print(on.step(), on.root.locator(".python").inner_text())
    print(notebook.complaints)
