"""The course with what Google Colab has: its versions, an empty folder, the .ipynb alone.

`COLAB_PYTHON` is a Python 3.13 that has tests/colab/requirements.txt. Colab's own page
can't be had here; classic Notebook is the nearest to it.
"""

import os
import re
import subprocess

import nbformat
import pytest

from course.tools import ROOT, find_notebooks, links
from course.tools.notebooks import read, write
from tests import live
from tests.browser.panel_on_page import Panel, rebuild
from tests.browser.playground_on_page import PLAY, OnPage, assert_python_trained
from tests.questions.texts import CHOICE
from tests.wait import wait_until

MISSING = (
    "COLAB_PYTHON names no Python. Make one: python3.13 -m venv .colab && "
    ".colab/bin/python -m pip install -r tests/colab/requirements.txt; then set "
    "COLAB_PYTHON=$PWD/.colab/bin/python"
)


@pytest.fixture(scope="module")
def python():
    """Colab's Python."""
    path = os.environ.get("COLAB_PYTHON")
    if not path:
        pytest.skip(f"The tests of Colab's versions did not run: {MISSING}.")
    return path


@pytest.fixture(scope="module")
def address(tmp_path_factory, remember_sweeps):
    """The address of a repository with the course as it is now, and the sweeps."""
    folder = tmp_path_factory.mktemp("published") / "course"
    live.copy_course(folder)
    with open(folder / "course" / "__init__.py", "a", encoding="utf-8") as file:
        file.write(remember_sweeps)
    author = ["-c", "user.name=a", "-c", "user.email=a@b"]
    for arguments in (["init", "-q"], ["add", "-A"], [*author, "commit", "-qm", "."]):
        subprocess.run(["git", *arguments], cwd=folder, check=True)
    return folder.as_uri()


def run_pytest(python, *arguments):
    """Have Colab's Python run tests, without our settings and our conftest.py."""
    command = [python, "-m", "pytest", "-q", "-c", os.devnull, "-p", "no:cacheprovider"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTEST_ADDOPTS": ""}
    command += ["--import-mode=importlib", *map(str, arguments)]
    options = {"cwd": ROOT, "env": environment, "capture_output": True, "text": True}
    done = subprocess.run(command, check=False, **options)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    return int(re.search(r"(\d+) passed", done.stdout)[1])


def test_notebooks_print_what_is_stored(python, address, tmp_path):
    """Guards: fetching, and each printed text, by nbval, which compares them all."""
    paths, cells = [], []
    for path in find_notebooks([]):  # as Colab opens them: each alone in a folder
        paths.append(tmp_path / path.stem / path.name)
        paths[-1].parent.mkdir()
        notebook = links.in_notebook(read(path), address)
        write(notebook, paths[-1])
        cells += notebook.cells
    options = ["--nbval", "--nbval-current-env", "--nbval-cell-timeout=600"]
    passed = run_pytest(python, f"--rootdir={tmp_path}", *options, *paths)
    assert passed == sum(cell.cell_type == "code" for cell in cells)


WITHOUT_HYPOTHESIS = "panels/test_training_panel", "test_host", "questions/test_box"


def test_panels_and_questions_behave_as_elsewhere(python):
    """Guards: what ipywidgets 7 lacks, by the tests of panels and questions themselves."""
    options = [f"--rootdir={ROOT}", f"--confcutdir={ROOT / 'tests/panels'}"]
    run_pytest(python, *options, *[f"tests/{name}.py" for name in WITHOUT_HYPOTHESIS])


CELLS = f"""import sys; sys.path.insert(0, {str(ROOT)!r})
import mlp_core as mlp; from course import panels, questions
from course.playground import Playground
panels.training_panel(task=mlp.XOR, seed=8)
questions.QuestionBox(questions.load("test.toml", "test").predictions["minus two"])
{PLAY}"""
# With a kernel that has answered, and the extensions of ipywidgets and anywidget: what a
# cell shows before that stays empty.
READY = """() => {
    const kernel = window.Jupyter?.notebook?.kernel;
    return kernel?.info_reply?.status && !Jupyter.notebook.kernel_busy
        && requirejs.defined('nbextensions/anywidget/extension')
        && kernel.comm_manager.targets['jupyter.widget'] }"""
# The page asks the kernel which widgets it has. Where the answer comes late, the outputs
# that stand by then are shown anew, and are empty. An answer to us comes after that one.
LOADED = """async () => {
    await Jupyter.notebook.kernel.widget_manager._loadFromKernel() }"""
RUN_ALL = "() => Jupyter.notebook.execute_all_cells()"
# Whether all cells have their number.
HAVE_RUN = """() => Jupyter.notebook.get_cells().every(
    cell => cell.cell_type !== 'code' || cell.input_prompt_number > 0)"""


class Notebook:
    """A notebook, open there, all cells run."""

    def __init__(self, browser, url):
        self.page, self.complaints = live.new_page(browser, viewport=live.SIZE), []
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.goto(url)
        self.page.wait_for_function(READY)
        self.page.evaluate(LOADED)
        self.page.evaluate(RUN_ALL)
        self.page.wait_for_function(HAVE_RUN)

    def show(self, cell):
        """The widgets in the output of a cell."""
        root = self.page.locator(".cell").nth(cell)
        widgets = root.locator(".output_subarea > .widget-vbox")
        widgets.scroll_into_view_if_needed()
        return widgets


@pytest.fixture(scope="module")
def notebook(python, browser, tmp_path_factory):
    """A notebook with a panel and a question, all cells run."""
    folder, home = tmp_path_factory.mktemp("work"), tmp_path_factory.mktemp("home")
    (folder / "test.toml").write_text(CHOICE, encoding="utf-8")
    cells = map(nbformat.v4.new_code_cell, CELLS.rsplit("\n", 3))
    write(nbformat.v4.new_notebook(cells=[*cells]), folder / "test.ipynb")
    command = [python, "-m", "notebook", "--no-browser", "--allow-root"]
    command += ["--ip=127.0.0.1", f"--port={live.free_port()}"]
    with live.serve(command, folder, home) as process:
        url, token = live.wait_for(process, home, "nbserver")
        notebook = Notebook(browser, f"{url}notebooks/test.ipynb?token={token}")
        yield notebook
        notebook.page.close()


def agrees(panel):
    """Whether the words and the picture are those of such a panel that is made here."""
    twin = rebuild(panel.code.input_value())
    shown = panel.status.inner_text(), panel.picture.get_attribute("alt")
    return shown == (twin.shown.line, twin.shown.alt)


@pytest.mark.timed
def test_settings_change_the_picture_and_a_question_answers(notebook):
    """Guards: boxes and sliders reach the kernel, and its answer the page."""
    panel = Panel(notebook.show(1))
    panel.new_picture(lambda: panel.type("learning rate", "0.0375"))
    wait_until(lambda: agrees(panel), "the panel shows another network")
    seed = panel.setting("seed")
    handle = panel.root.locator(".ui-slider-handle").nth(1)
    panel.new_picture(lambda: handle.press("ArrowRight"))
    wait_until(lambda: panel.setting("seed") == seed + 1, "the slider did not move")
    wait_until(lambda: agrees(panel), "the panel shows another network")
    root = notebook.show(2)
    root.get_by_role("button").first.click()
    live.expect(root.get_by_role("status")).to_contain_text(re.compile(r"Right|No\."))
    assert root.locator(".waiting").count() == 0


@pytest.mark.timed
def test_a_playground_trains(notebook):
    """Guards: Colab's versions of anywidget and ipywidgets; also where Python trains."""
    outputs = notebook.page.locator(".cell").nth(3).locator(".output_subarea")
    outputs.first.scroll_into_view_if_needed()
    assert_python_trained(OnPage(notebook.page))


@pytest.mark.timed
def test_play_by_its_own_buttons(notebook):
    """Guards: no button stands there dead; errors that the page swallows."""
    panel = Panel(notebook.show(1))
    play, pause, stop = (
        panel.root.locator(f".widget-play button:has(.fa-{name})")
        for name in ("play", "pause", "stop")
    )
    assert not stop.is_visible() and panel.button("Play").count() == 0
    panel.type("steps", 20_000)
    panel.set(steps=20_000)
    panel.box("speed").select_option("5 steps")  # five minutes to the end
    for button in (pause, panel.button("Reset")):
        panel.button("Reset").click()
        panel.set(step=0)
        play.click()
        wait_until(lambda: 0 < panel.setting("step"), "Play does not play")
        button.click()
        live.expect(pause).to_be_disabled()  # the page has heard of it
        wait_until(lambda: rests(panel), "Play goes on")
        assert panel.setting("step") < 20_000
        wait_until(lambda: agrees(panel), "the panel shows another step")
    panel.assert_stands(0)
    panel.type("step", 19_990)
    panel.set(step=19_990)
    play.click()  # from there
    panel.set(step=20_000)
    live.expect(pause).to_be_disabled()
    play.click()  # from the start again
    wait_until(lambda: 0 < panel.setting("step") < 20_000, "Play doesn't go again")
    pause.click()
    assert notebook.complaints == []  # of all tests of this page


def rests(panel):
    """Whether the step stays while something else changes, there and back."""
    before = panel.setting("step")
    for shown in (True, False):
        panel.box("show z").click()
        panel.set(show_z=shown)
    return panel.setting("step") == before
