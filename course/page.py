"""What all widgets of the page share: a line that is read aloud, and their end."""


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
