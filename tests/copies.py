"""What a copy of the course needs not, for the tests that work in one."""

import shutil

LEFT_OUT = shutil.ignore_patterns(
    *[".*cache*", ".coverage", ".git", ".hypothesis", ".venv*", "__pycache__"],
    *["decks", "demo", "handin*-*.zip", "my_course"],
)
