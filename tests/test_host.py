"""What hosts can do: Colab, played by a stand-in, and what any of them is shown."""

import asyncio
import sys
import types

import IPython
import pytest

from course import host, panels, waiting
from course.lessons import Lesson
from tests.panels.parts import message, tell_each_part

URL = "https://colab.example/manager.min.js"


@pytest.fixture
def colab(monkeypatch):
    """The modules that a kernel of Colab has imported; it counts what is called.

    Its own `google.colab.output` adds to what `display` shows, but not to what stands
    at the end of a cell, as panels and questions do.
    """
    names = ("google", "google.colab", "google.colab.output")
    modules = {name: types.ModuleType(name) for name in names}
    output, calls = modules["google.colab.output"], []
    output._widgets = types.SimpleNamespace(_installed_url=None)

    def enable_custom_widget_manager():
        calls.append("enable_custom_widget_manager")
        output._widgets._installed_url = URL

    output.enable_custom_widget_manager = enable_custom_widget_manager
    for name, module in modules.items():
        monkeypatch.setitem(sys.modules, name, module)
    once = sys.modules["anywidget._util"].enable_custom_widget_manager_once
    once.cache_clear()
    yield calls
    once.cache_clear()


@pytest.fixture
def views():
    """What the end of a cell shows of a panel, a question, a quiz: data, metadata."""
    lesson = Lesson("03_forward", keeps_record=False)
    name = next(iter(lesson.questions.predictions))
    shown = [panels.activation_panel(), lesson.predict(name), lesson.quiz()]
    format_output = IPython.InteractiveShell.instance().display_formatter.format
    yield [format_output(widget) for widget in shown]
    for widget in shown:
        widget.close()
    IPython.InteractiveShell.clear_instance()


def test_widgets_are_shown_alike_by_ipywidgets_7_and_8(views):
    """Guards: what the pages of Jupyter know a widget by, beside its text."""
    for data, _ in views:
        model = data["application/vnd.jupyter.widget-view+json"]
        assert (model["version_major"], model["version_minor"]) == (2, 0)
        assert len(model["model_id"]) == 32 and data["text/plain"]


def test_colab_is_told_to_show_our_widgets(colab, views):
    """Guards: an empty place for each question, which Colab leaves without this."""
    assert colab == ["enable_custom_widget_manager"]
    for _, metadata in views:
        shown = metadata["application/vnd.jupyter.widget-view+json"]
        assert shown == {"colab": {"custom_widget_manager": {"url": URL}}}


async def changed(steps):
    """Have a training panel train long; return it, and the pictures that it shows."""
    panel, pictures = panels.training_panel(), []
    tell_each_part(panel)
    panel.picture.observe(lambda change: pictures.append(panel.data.done), "value")
    panel.work["steps"].set(steps)
    return panel, pictures


@pytest.mark.timed
def test_long_work_ends_within_the_reply_in_colab(colab):
    """Guards: parts that are told after the reply to a message may not arrive there."""
    panel, pictures = asyncio.run(changed(3000))
    assert panel.data.done == pictures[-1] == 3000
    assert pictures == sorted(pictures) and len(pictures) > 2  # told as they come
    assert panel.busy.layout.display == panel.stop_button.layout.display == "none"
    assert "step 3000 of 3000" in message(panel)
    panel.close()


@pytest.mark.parametrize(
    "metadata, cell",
    [({"cellId": "a"}, "a"), ({"colab": {"cell_id": "b"}}, "b"), ({}, None)],
)
def test_the_cell_is_known_that_runs(monkeypatch, metadata, cell):
    """Guards: the bar of a long cell, and older panels of a cell, in Colab, too."""
    request = {"msg_type": "execute_request", "metadata": metadata}
    request |= {"header": {"msg_id": "run"}, "content": {"code": "x = 1"}}
    shell = types.SimpleNamespace(get_parent=lambda: request)
    monkeypatch.setattr(host, "get_ipython", lambda: shell)
    assert host.running_cell() == (cell, "run", "x = 1")
    assert waiting._running_cell() == (cell and "run")
    request["msg_type"] = "comm_msg"
    assert host.running_cell() == (None, None, None)
