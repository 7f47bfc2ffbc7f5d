"""The telltales of a question: what would give its answer away, by `questions.toml`."""

import re


def found(question, text) -> list[str]:
    """The telltales that a text holds, without regard to case and white space."""
    text = " ".join(text.split())
    return [
        telltale
        for telltale in question.telltales
        if re.search(telltale, text, re.IGNORECASE)
    ]
