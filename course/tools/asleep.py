"""What a saved notebook shows in place of its widgets.

A widget lives in the kernel. In a notebook that is opened again JupyterLab would show
'Error displaying widget: model not found' in its place, and hide the picture or the
question that is stored beside it. So the save takes the widget out, and says how it
comes back.
"""

import html
from pathlib import Path

import nbformat
from nbformat.v4.rwbase import rejoin_lines

from course.page import ASLEEP
from course.tools.notebooks import WIDGET_VIEW
from course.tools.update import LAST, MARK, write

LINE = f"<p><em>{ASLEEP}</em></p>"


def before_save(model, path, contents_manager):
    """Change a notebook of the learner's folder before it is saved.

    Jupyter calls this, see ``ContentsManager.register_pre_save_hook``. It must never
    make a save fail.
    """
    try:
        place = Path(contents_manager.root_dir, path.strip("/"))
        mark = place.parent / MARK
        if model.get("type") == "notebook" and mark.is_dir():
            model["content"] = without_widgets(model["content"])
            write(place.parent / LAST, place.name.encode(), mark)
    except Exception:
        contents_manager.log.warning("%s is saved as it is", path, exc_info=True)


def without_widgets(notebook):
    """A copy of a notebook in which each widget is asleep; texts in lines are joined.

    An output without data is what the bar of a long cell leaves: it goes, too.
    """
    notebook = rejoin_lines(nbformat.from_dict(notebook))
    notebook["metadata"].pop("widgets", None)  # their state, if JupyterLab stores it
    for cell in notebook["cells"]:
        if "outputs" in cell:
            cell["outputs"] = [o for o in cell["outputs"] if o.get("data") != {}]
        for output in cell.get("outputs", ()):
            if WIDGET_VIEW in output.get("data", ()):
                _put_to_sleep(output)
    return notebook


def _put_to_sleep(output):
    data = output["data"]
    del data[WIDGET_VIEW]
    if "text/html" in data:
        shown = data["text/html"]
    elif "image/png" in data:
        # As HTML, because JupyterLab shows a PNG without its alt text.
        alt = html.escape(output["metadata"].pop("image/png", {}).get("alt", ""))
        png = "data:image/png;base64," + "".join(data.pop("image/png").split())
        shown = f'<img alt="{alt}" src="{png}" style="max-width:100%">'
    else:
        shown = f"<pre>{html.escape(data.get('text/plain', ''))}</pre>"
    data["text/html"] = LINE + shown
