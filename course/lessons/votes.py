"""A class guesses: its teacher enters counts, and the run draws them beside what came out.

None of it goes into a learner's record; it is forgotten when the kernel ends.
"""

import json
import re
from collections import Counter

from course import host, record
from course.questions import ChoiceQuestion, QuestionBox, Reply, Revealed

ROUNDS = {"first": "the class", "second": "after a discussion"}
VOTES = {}  # key of a question -> {round: (what was typed, Counter of answers)}
MOST, LARGEST = 999, 1e9
EXAMPLES = {"choice": "12 A, 9 B, 4 C", "number": "80, 85, 3x 90"}


class ClassQuestion:
    """A question of a lesson as a class answers it, in one round or in two."""

    kind, locks = "votes", False

    def __init__(self, question):
        self._question = question
        self._is_choice = isinstance(question, ChoiceQuestion)
        self._example = EXAMPLES[question.kind]
        self.prompt = f"Type how many gave each answer, as in '{self._example}'"

    def __getattr__(self, name):
        return getattr(self._question, name)

    @property
    def recorded(self):
        """What the class said; it isn't recorded."""
        said = self.said() if VOTES.get(self.key) else ""
        return record.Answer(said, last=said, stage=record.NOTED)

    def choices(self, _):
        return [[*pair, self._example] for pair in ROUNDS.items()]

    def submit(self, answer):
        name, _, typed = answer.partition(" ")
        votes = typed.strip() and read(self._question, typed)
        rounds = VOTES.setdefault(self.key, {})
        if votes:
            rounds[name] = typed, votes
        else:
            rounds.pop(name, None)  # an empty box, as for another class

    def repeat(self):
        return None

    def now(self, _):
        """What was typed in each round, as JSON for the page."""
        kept = VOTES.get(self.key, {})
        return json.dumps([kept.get(name, [""])[0] for name in ROUNDS])

    def said(self, _=""):
        kept = VOTES.get(self.key, {})
        told = {name: _told(kept[name][1]) for name in ROUNDS if name in kept}
        if "second" in told:
            told["second"] = f"after a discussion {told['second']}"
        return "; ".join(told.values()) or "nothing"

    def reveal_kept(self, result) -> Reply:
        """What the run says: the class as a whole is neither right nor wrong."""
        question = self._question
        reasons = question.right.feedback if self._is_choice else question.feedback
        head = (
            f"The class said {self.said()}; the answer is {question.came_out(result)}."
        )
        return Reply(None, reasons, head)

    def picture(self, result):
        """The guesses of each round beside what came out, as a `Picture`."""
        from course import pictures  # takes long, and only a class needs it

        kept = VOTES[self.key]
        rounds = {ROUNDS[name]: kept[name][1] for name in ROUNDS if name in kept}
        if not self._is_choice:
            unit = " %" * self.percent
            return pictures.guessed_numbers(rounds, result, self.tolerance, unit)
        options = {k: option.text for k, option in self.lettered.items()}
        (right,) = (k for k, o in self.lettered.items() if o.right)
        return pictures.guessed_options(rounds, options, right)


def ask(question) -> QuestionBox:
    """The question with its options as letters, and a box to type in for each round."""
    if question.at_once:
        raise ValueError(
            f"no run tells the answer to {question.name!r}, so ask it with predict()"
        )
    box = QuestionBox(ClassQuestion(question))
    box.box.children[0].value += question.static()
    return box


def reveal(question, result):
    """Draw what the class said, at the end of the running cell.

    The picture comes last, since that stays in sight after Shift+Enter.
    """
    asked = ClassQuestion(question)
    host.show_after(Revealed(asked, asked.reveal_kept(result)))
    host.show_after(asked.picture(result))


def read(question, typed) -> Counter:
    """Counts as a teacher types them: by letters of options, or the numbers themselves.

    A ValueError says what would be right.
    """
    is_choice = isinstance(question, ChoiceQuestion)
    votes = Counter()
    for count, answer in _letters(typed) if is_choice else _numbers(typed):
        if is_choice and answer not in question.lettered:
            raise ValueError(f"There is no answer {answer} here.")
        votes[answer if is_choice else _number(question, answer)] += count
    if not 0 < votes.total() <= MOST:
        raise ValueError(f"Enter the answers of 1 to {MOST} learners.")
    return votes


def _number(question, typed):
    try:
        number = question.take(typed)
    except ValueError as error:
        apart = " Put a comma and a space between numbers." * ("," in typed)
        raise ValueError(f"{error}{apart}") from None
    if abs(number) > LARGEST:
        raise ValueError(f"{typed} is too large to draw.")
    return number


def _letters(typed):
    pair = r"(\d+)\s*[xX×:=]?\s*([A-Za-z])\b|\b([A-Za-z])\s*[xX×:=]?\s*(\d+)"
    if re.sub(rf"{pair}|\band\b", "", typed).strip(" ,;.+/&"):
        raise ValueError(f"Type counts and letters, as in '{EXAMPLES['choice']}'.")
    for before, letter, other, after in re.findall(pair, typed):
        yield int(before or after), (letter or other).upper()


def _numbers(typed):
    joined = re.sub(r"(\d+)\s*[xX×*]\s*", r"\1x", typed.strip(" ,;"))
    for part in re.split(r"[,;]?\s+|;", re.sub(r"(?i)\s+(%|per ?cent)", "%", joined)):
        count, number = re.fullmatch(r"(?:(\d+)x)?(.*)", part).groups()
        yield int(count or 1), number


def _told(votes):
    if all(isinstance(answer, str) for answer in votes):
        said = [f"{count} {letter}" for letter, count in sorted(votes.items())]
    else:
        said = [
            f"{number:g}" + f" ({count} times)" * (count > 1)
            for number, count in sorted(votes.items())
        ]
    return f"{', '.join(said)} ({votes.total()} in all)"
