"""What a saved notebook shows in place of its widgets.

A widget lives in the kernel. In a notebook that is opened again, JupyterLab would show
'Error displaying widget: model not found' in its place, and hide the picture or the
question that is stored with it. So saving takes the widget out and says how to bring it
back. Whoever opens the notebook finds each question with the answer given.
"""

import html
import inspect
import re
from pathlib import Path

import nbformat
from jupyter_server.services.contents.largefilemanager import AsyncLargeFileManager
from nbformat.v4.rwbase import rejoin_lines

from course import record
from course.page import ASLEEP
from course.questions.kinds import code
from course.tools.notebooks import WIDGET_VIEW, without_bars
from course.tools.update import LAST, MARK, write

# The place of an answer in the HTML of a question, and what stands there since last time.
ANSWERED = re.compile(
    r'(<div data-question="([^"]+)">)(?:<p class="answered">(?:(?!</p>).)*</p>)?'
)


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


def attach_to(contents_manager):
    """Have the notebooks of a learner's folder saved and opened so, by any manager."""
    contents_manager.register_pre_save_hook(before_save)
    get = contents_manager.get

    def get_and_tell(path, *args, **options):
        model = get(path, *args, **options)
        if inspect.isawaitable(model):
            return _later(model, path, contents_manager)
        return _told(model, path, contents_manager)

    contents_manager.get = get_and_tell


class LearnersContents(AsyncLargeFileManager):
    """Jupyter's own manager, for a server that is set up by a file, as on a hub."""

    async def get(self, path, *args, **options):
        return _told(await super().get(path, *args, **options), path, self)


async def _later(model, path, contents_manager):
    return _told(await model, path, contents_manager)


def _told(model, path, contents_manager):
    """What Jupyter opens, a notebook with the answers of the record beside it."""
    try:
        place = Path(contents_manager.root_dir, path.strip("/")).parent
        is_notebook = model["type"] == "notebook" and model["content"]
        if is_notebook and (place / MARK).is_dir():
            tell_answers(model["content"], record.read(place / record.FILE)["answers"])
    except Exception:
        contents_manager.log.warning("%s opens as it is", path, exc_info=True)
    return model


def tell_answers(notebook, answers):
    """Put each answer of a record into the question, which is asleep."""

    def told(found):
        lesson, _, name = html.unescape(found[2]).partition(" ")
        answer = answers.get(lesson, {}).get(name, record.Answer()).last
        words = f"<strong>You answered:</strong> {code(answer)}" if answer else ""
        return f'{found[1]}<p class="answered">{words}</p>'

    for cell in notebook["cells"]:
        for output in cell.get("outputs", ()):
            data = output.get("data", {})
            if WIDGET_VIEW not in data and "text/html" in data:
                page = "".join(data["text/html"])
                data["text/html"] = ANSWERED.sub(told, page)


def without_widgets(notebook):
    """A copy of a notebook in which each widget is asleep; texts in lines are joined."""
    notebook = rejoin_lines(nbformat.from_dict(notebook))
    notebook["metadata"].pop("widgets", None)  # their state, if JupyterLab stores it
    for cell in notebook["cells"]:
        if "outputs" in cell:
            cell["outputs"] = without_bars(cell["outputs"])
        for output in cell.get("outputs", ()):
            if WIDGET_VIEW in output.get("data", ()):
                _put_to_sleep(output)
    return notebook


def _put_to_sleep(output):
    data = output["data"]
    del data[WIDGET_VIEW]
    line = output["metadata"].pop("asleep", ASLEEP)  # its own words, as of the pad
    if "text/html" in data:
        shown = data["text/html"]
    elif "image/png" in data:
        # As HTML, because JupyterLab shows a PNG without its alt text.
        alt = html.escape(output["metadata"].pop("image/png", {}).get("alt", ""))
        png = "data:image/png;base64," + "".join(data.pop("image/png").split())
        shown = f'<img alt="{alt}" src="{png}" style="max-width:100%">'
    else:
        shown = f"<pre>{html.escape(data.get('text/plain', ''))}</pre>"
    data["text/html"] = f"<p><em>{html.escape(line)}</em></p>{shown}"
