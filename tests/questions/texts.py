"""Questions as in a lesson's file: `CHOICE`, `NUMBER`, `ORDER`, and `QUIZ` of five."""

from pathlib import Path

CHOICE, NUMBER, ORDER = (
    Path(__file__).with_name(f"{kind}.toml").read_text(encoding="utf-8")
    for kind in ("choice", "number", "order")
)
# What a run answers: a choice, a number, and a choice of a class.
_OPTION, _NUMBER = (text.replace("at_once = true\n", "") for text in (CHOICE, NUMBER))
GUESSES = (
    _OPTION.replace("minus two", "option")
    + _NUMBER.replace("slope", "number", 1).replace("answer = 0.4\n", "")
    + _OPTION.replace("minus two", "of a class")
)
QUIZ = "".join(
    CHOICE.replace("predict", "quiz").replace("minus two", f"quiz {number}")
    for number in range(5)
)
