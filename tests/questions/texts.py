"""Questions to test with, as they stand in a lesson's file: `CHOICE`, `NUMBER`, `ORDER`.

`QUIZ` has five of the first kind.
"""

from pathlib import Path

CHOICE, NUMBER, ORDER = (
    Path(__file__).with_name(f"{kind}.toml").read_text(encoding="utf-8")
    for kind in ("choice", "number", "order")
)
QUIZ = "".join(
    CHOICE.replace("predict", "quiz").replace("minus two", f"quiz {number}")
    for number in range(5)
)
