"""What the notebook's host can do: ipywidgets 8 or 7 (Colab), and Colab's own ways."""

import asyncio
import sys

import ipywidgets as widgets
from IPython import get_ipython
from IPython.display import display


def view(widget, custom):
    """What shows a widget: its mime bundle, which ipywidgets 7 doesn't make, and metadata.

    ``custom`` is an anywidget in it: it knows what Colab needs to show those. A
    closed widget has nothing live to show.
    """
    if widget.comm is None:
        return {}, {}
    _, metadata = custom._repr_mimebundle_()
    shown = {"version_major": 2, "version_minor": 0, "model_id": widget.model_id}
    return {"application/vnd.jupyter.widget-view+json": shown}, metadata


def running_cell():
    """The id of the notebook cell that runs, this run of it, and its code.

    The id is None where the page doesn't tell it; all three are None where no cell runs.
    """
    shell = get_ipython()
    told = shell if hasattr(shell, "get_parent") else getattr(shell, "kernel", None)
    request = getattr(told, "get_parent", dict)()  # in Pyodide the kernel has it
    kind = request and (request.get("msg_type") or request["header"]["msg_type"])
    if kind != "execute_request":
        return None, None, None
    metadata = request["metadata"]
    cell = metadata.get("cellId") or metadata.get("colab", {}).get("cell_id")
    return cell, request["header"]["msg_id"], request["content"]["code"]


def show_after(shown):
    """Show something below everything else that the running cell shows."""
    if get_ipython() is None:
        return print(repr(shown))
    # Not "post_execute", which each message of a widget triggers, too.
    _once("post_run_cell", lambda: display(shown))


def at_next_run(act):
    """Call this when a later cell begins to run; at once where there are no cells."""
    if get_ipython() is None:
        return act()
    _once("pre_run_cell", act)


def _once(event, act):
    events = get_ipython().events

    def call(*_):
        events.unregister(event, call)
        act()

    events.register(event, call)


def event_loop():
    """The kernel's event loop, for what is sent after the reply to a message; or None.

    A plain script has none. In Colab what is sent later may never reach the page:
    https://github.com/googlecolab/colabtools/issues/3373
    """
    if "google.colab" in sys.modules:
        return None
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


# Whether Python can start a Play (in ipywidgets 7 only its own button can), and the name of
# the trait that tells whether it plays.
STARTS_PLAY = hasattr(widgets.Play, "playing")
PLAYING = "playing" if STARTS_PLAY else "_playing"
