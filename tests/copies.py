"""Copies of the course: what they need not, and what is in them."""

import shutil

LEFT_OUT = shutil.ignore_patterns(
    *[".*cache*", ".coverage", ".git", ".hypothesis", ".venv*", "__pycache__"],
    *["decks", "demo", "handin*-*.zip", "my_course"],
)


def files_in(folder):
    """Name and content of every file in a folder."""
    paths = [path for path in folder.rglob("*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}
