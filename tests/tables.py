"""The tables of tests: TOML files that stand beside them."""

import tomllib
from pathlib import Path


def beside(file, name) -> dict:
    """The table of this name beside the file of a test."""
    return tomllib.loads(Path(file).with_name(name).read_text(encoding="utf-8"))
