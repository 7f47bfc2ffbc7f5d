"""The telltales of each question: what would give its answer away.

telltales.toml has them by lesson and question, as regular expressions that are held
against a text without regard to case, its white space joined.
"""

import re
import tomllib
from pathlib import Path

TELLTALES = tomllib.loads(
    Path(__file__).with_suffix(".toml").read_text(encoding="utf-8")
)


def found(telltales, text) -> list:
    """The telltales that a text holds, and where."""
    text = " ".join(text.split())
    pairs = [
        (telltale, re.search(telltale, text, re.IGNORECASE)) for telltale in telltales
    ]
    return [(telltale, match.end()) for telltale, match in pairs if match]
