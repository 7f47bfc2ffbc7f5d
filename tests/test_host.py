"""What hosts can do: Colab, played by a stand-in, and what any of them is shown."""

import asyncio
import sys
import types

import pytest
from IPython import InteractiveShell

from course import panels
from course.lessons import Lesson
from course.playground import Playground
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


def test_colab_is_told_to_show_our_widgets(colab):
    """Guards: an empty place for each question, which Colab leaves without this.

    The pages of Jupyter, with ipywidgets 7 or 8, know a widget by its model.
    """
    lesson = Lesson("03_forward", keeps_record=False)
    name = next(iter(lesson.questions.predictions))
    widgets = [panels.activation_panel(), lesson.predict(name), lesson.quiz()]
    widgets.append(Playground())
    format_output = InteractiveShell.instance().display_formatter.format
    for widget in widgets:
        data, metadata = format_output(widget)
        shown = metadata["application/vnd.jupyter.widget-view+json"]
        assert shown == {"colab": {"custom_widget_manager": {"url": URL}}}
        model = data["application/vnd.jupyter.widget-view+json"]
        assert (model["version_major"], model["version_minor"]) == (2, 0)
        assert len(model["model_id"]) == 32 and data["text/plain"]
        widget.close()
    assert colab == ["enable_custom_widget_manager"]
    InteractiveShell.clear_instance()


@pytest.mark.timed
def test_long_work_ends_within_the_reply_in_colab(colab):
    """Guards: parts that are told after the reply to a message may not arrive there."""
    pictures = []

    async def changed():
        panel = panels.training_panel()
        tell_each_part(panel)
        panel.picture.observe(lambda change: pictures.append(panel.data.done), "value")
        panel.work["steps"].set(3000)
        return panel

    panel = asyncio.run(changed())
    assert panel.data.done == pictures[-1] == 3000
    assert pictures == sorted(pictures) and len(pictures) > 2  # told as they come
    assert panel.busy.layout.display == panel.stop_button.layout.display == "none"
    assert "step 3000 of 3000" in message(panel)
    panel.close()
