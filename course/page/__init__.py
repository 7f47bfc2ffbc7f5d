"""What all widgets of the page share: their style, a line read aloud, and their end."""

from pathlib import Path

import ipywidgets as widgets

from course.page.modules import together

ASLEEP = (
    "Asleep. Run the imports at the top, then this cell; or choose Run, Run All Cells."
)
# The sign and the colour of a reply, by whether it is right.
SIGNS = {True: "\N{CHECK MARK}", False: "\N{BALLOT X}", None: ""}
COLOURS = {True: "#2e7d32", False: "#c62828", None: "#767676"}
# Goes before the script of each widget, to keep the widget's keys from JupyterLab.
KEYS = Path(__file__).with_name("keys.js").read_text(encoding="utf-8")


def script(path) -> str:
    """The script of a widget, with what it imports."""
    return KEYS + together(path)


def css(*paths) -> str:
    """Style sheets in one, with what stands above in place of their words in capitals."""
    text = "".join(path.read_text(encoding="utf-8") for path in paths)
    text = text.replace("ASLEEP", ASLEEP)
    return text.replace("RIGHT", COLOURS[True]).replace("WRONG", COLOURS[False])


STYLE = css(Path(__file__).with_name("page.css"))
# Of the playground and the pad.
LOOKS = Path(__file__).with_name("looks.css")


def style() -> widgets.HTML:
    """An invisible widget that brings the style to the page."""
    hidden = widgets.Layout(display="none")
    return widgets.HTML(f"<style>{STYLE}</style>", layout=hidden)


def status(content, style) -> str:
    """HTML that a screen reader announces when it changes."""
    return f'<div role="status" aria-live="polite" style="{style}">{content}</div>'


def reply(right, content) -> str:
    """HTML of a reply in an output, where no style sheet is sure to come along."""
    look = f"border-left:6px solid {COLOURS[right]};margin-top:6px;padding:2px 10px"
    return f'<div role="status" style="{look}">{content}</div>'


def in_words(error) -> str:
    """What went wrong; our own ValueErrors say it all, other errors are also named."""
    message = str(error) or type(error).__name__
    is_ours = isinstance(error, ValueError)
    return message if is_ours else f"{type(error).__name__}: {message}"


def close(widget):
    """Close a widget and all that belongs to it."""
    for child in getattr(widget, "children", ()):
        close(child)
    for part in ("style", "layout"):
        if hasattr(widget, part):
            getattr(widget, part).close()
    widget.close()
