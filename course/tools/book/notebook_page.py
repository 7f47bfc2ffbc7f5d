"""What a page of the book shows: a notebook becomes another one, for Jupyter Book.

A panel is its picture with its words. Where it is a playground, or a run that the page can
train, book.js makes it anew in their place. A question's answer is folded, and so are the
outputs of each run after it, up to the next heading or question. What only a live notebook
can do is left out: checks of your code, your progress.
"""

import copy
import html
import json
import re

from nbformat.v4 import new_markdown_cell, new_output

from course.playground import twin
from course.tools.cells import headings, kind_of, only_call, without_reveals
from course.tools.markdown import with_links
from course.tools.notebooks import with_cells

QUESTIONS = {"predict", "quiz"}
LEFT_OUT = {"check", "progress", "review", "fetch", "reveal", "written"}
TEXTS_LEFT_OUT = "## Check your progress", "**Before you begin: questions from earlier"
ALIVE = "data-playgrounds"
WIDE = "full-width"  # to the theme, which then folds its table of contents beside it
NOTE = """\
:::{{admonition}} For reading only
Panels are pictures here, except those that your browser can train, and no check judges
your code. To run the notebooks: {}
:::"""
# What the page shows of a training panel's run, and what its tasks use instead of the rest.
PLAYED = ["learning_rate", "batch", "seed", "activation", "step", "pace", "loss"]
INSTEAD = """\
<p class="instead">Your browser trains the panel's network, with the same first weights and
samples. After a change, press Reset, then Play until you have seen enough; the slider goes
back, and the arrow keys move step by step. Click a unit to see it over the square, white where
<i>z</i> is 0. The menu above draws a hidden space by two of its units. With three,
the panel shows another view, and the answers go by that, so a straight line may fit only
here. Point at a sample to read its output.</p>"""
HOW = "see [Where it runs](where.md)."  # while it has no address


def as_page(notebook, buttons=(), has_solutions=True):
    """A copy of a notebook as the book shows it; ``buttons`` are (label, address)."""
    cells, asked = [], False
    left_out = LEFT_OUT if has_solutions else {*LEFT_OUT, "solution"}
    for cell in copy.deepcopy(notebook.cells):
        kind = kind_of(cell)
        if kind in left_out or cell.source.startswith(TEXTS_LEFT_OUT):
            continue
        if kind in QUESTIONS:
            asked = kind == "predict"
        elif any(not words.startswith("Try it") for words in headings(cell)):
            asked = False  # but what you try answers the question before it
        if cell.cell_type == "code":
            cell.source = without_reveals(cell.source)
            _dress(cell, kind, asked)
        else:
            cell.source = linked(cell.source)
        cells.append(cell)
    first = next((n for n, cell in enumerate(cells) if cell.cell_type == "code"), 1)
    cells.insert(first, new_markdown_cell(note(buttons), id="note"))
    return with_cells(notebook, cells)


def note(buttons) -> str:
    """Where the notebook runs, as a text in Markdown."""
    links = ", ".join(f"[{label}]({address})" for label, address in buttons)
    return NOTE.format(links or HOW)


def linked(text) -> str:
    """A text whose links lead to pages of the book, and to their headings."""
    core = {"../mlp_core.py": "mlp_core.md"}

    def lead(file, anchor):
        return core.get(file, file) + (f"#{slug(anchor)}" if anchor else "")

    return with_links(text, lead)


def slug(heading) -> str:
    """The anchor of a heading, as MyST makes it."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def _dress(cell, kind, asked):
    """Say by tags and metadata how Jupyter Book shows a code cell."""
    shown = [_picture(output) for output in cell.outputs]
    alts = [alt for alt, _ in shown if alt]
    cell.outputs = [output for _, outputs in shown for output in outputs]
    htmls = (output.get("data", {}).get("text/html", "") for output in cell.outputs)
    has_playground = any(ALIVE in text for text in htmls)
    settings, tags = {}, []
    if kind in QUESTIONS:
        tags += ["remove-input", "question"]
    elif alts and only_call(cell):
        tags.append("remove-input")
    elif kind == "imports":
        tags.append("hide-input")
        settings |= _folding("the imports")
    if asked and kind not in QUESTIONS:
        tags.append("hide-output")
        settings |= _folding("the playground" if has_playground else "the result")
    if has_playground:
        tags.append(WIDE)
    if alts:
        [settings["image"]] = [{"alt": alt} for alt in alts]
    cell.metadata.clear()
    cell.metadata.update(tags=tags, mystnb=settings)


def _folding(what):
    return {"code_prompt_show": f"Show {what}", "code_prompt_hide": f"Hide {what}"}


def _picture(output):
    """The alt text of a stored picture, and what is shown: itself, a panel's words."""
    data = output.get("data", {})
    if "image/png" not in data:
        return None, [output]
    known = output.metadata["image/png"]
    alt = known["alt"]
    words = data.pop("text/plain", alt)
    if words == alt:
        return alt, [output]
    panel = f'<p class="panel">Panel: {html.escape(words)}</p>'
    if settings := known.pop("playground", None):
        panel += alive(settings)
    elif (run := known.pop("run", None)) and _is_admitted(run):
        panel += INSTEAD + alive([run | {"hide": twin.others("show", PLAYED)}])
    return alt, [output, new_output("display_data", data={"text/html": panel})]


def _is_admitted(run):
    """Whether the playground has room for it, and time."""
    try:
        return all(twin.check(*pair) == pair[1] for pair in run.items())
    except ValueError:
        return False


def alive(settings, more="") -> str:
    """The place of playgrounds with these settings, side by side."""
    told = html.escape(json.dumps(settings, separators=(",", ":")))
    return f'<div {ALIVE}="{told}"{more}></div>'
