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


def found(telltales, text) -> list[str]:
    """The telltales that a text holds."""
    text = " ".join(text.split())
    return [
        telltale for telltale in telltales if re.search(telltale, text, re.IGNORECASE)
    ]
