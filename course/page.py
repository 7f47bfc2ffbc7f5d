"""What all widgets of the page share: their style, a line read aloud, and their end."""

from pathlib import Path

import ipywidgets as widgets

ASLEEP = (
    "Asleep. Run the imports at the top, then this cell; or choose Run, Run All Cells."
)
STYLE = """
.course-panel {
    --jp-widgets-font-size: 15px;
    --jp-widgets-inline-height: 27px;
    --jp-widgets-margin: 1px;
}
/* A number box without its arrows doesn't turn the mouse wheel into another number. */
.course-panel input[type=number] { appearance: textfield; }
.course-panel input[type=number]::-webkit-inner-spin-button { display: none; }
.course-panel:has(> .chooses) img { cursor: pointer; }
/* A handle at the end of its slider is no reason to scroll. */
.course-panel .widget-box { overflow: visible; }
/* With ipywidgets 7 Play's own buttons are seen; ours for Reset stands beside them. */
.course-panel .widget-play button:has(> .fa-stop) { display: none; }
/* JupyterLab's Presentation Mode: all is larger, and the picture gives way, so that a
   projector (720 pixels) shows the panel but for its last row, which saves. */
.jp-mod-presentationMode .jp-Notebook { --jp-content-font-size1: 20px; }
.jp-mod-presentationMode .course-panel {
    --course-status-size: 18.5px;
    max-height: calc((100vh - 94px) / 1.1);
    zoom: 1.1;
}
.jp-mod-presentationMode .course-panel > * { flex-shrink: 0; }
.jp-mod-presentationMode .course-panel :is(.widget-html, .widget-html-content):has(img) {
    display: contents;
}
.jp-mod-presentationMode .course-panel img {
    align-self: start;
    flex: 0 1 auto;
    min-height: 240px;
    width: auto;
}
.jp-mod-presentationMode .jp-Cell:has(.course-panel) .jp-OutputPrompt { display: none; }
/* Folded code leaves no line above its panel. */
.jp-mod-presentationMode
    .jp-Cell:has(.course-panel) .jp-Cell-inputWrapper:has(.jp-Placeholder) {
    display: none;
}
/* After a restart of the kernel: words in place of a broken chain at each widget. */
.course-panel .jupyter-widgets-disconnected::before { content: none; }
.course-panel.jupyter-widgets-disconnected { pointer-events: none; }
.course-panel.jupyter-widgets-disconnected > :not(.widget-html) { opacity: 0.35; }
.course-panel.jupyter-widgets-disconnected::before {
    content: 'ASLEEP';
    font: bold 16px sans-serif;
    color: black;
    background: #FFE9A8;
    padding: 6px 10px;
}
""".replace("ASLEEP", ASLEEP)


def script(path) -> str:
    """The script of a widget, with the one that keeps its keys from JupyterLab."""
    keys = Path(__file__).with_name("keys.js")
    return "".join(file.read_text(encoding="utf-8") for file in (keys, path))


def style() -> widgets.HTML:
    """A widget that nobody sees, and that brings the style to the page."""
    hidden = widgets.Layout(display="none")
    return widgets.HTML(f"<style>{STYLE}</style>", layout=hidden)


def status(content, style) -> str:
    """HTML that a screen reader announces when it changes."""
    return f'<div role="status" aria-live="polite" style="{style}">{content}</div>'


def close(widget):
    """Close a widget and all that belongs to it."""
    for child in getattr(widget, "children", ()):
        close(child)
    for part in ("style", "layout"):
        if hasattr(widget, part):
            getattr(widget, part).close()
    widget.close()
