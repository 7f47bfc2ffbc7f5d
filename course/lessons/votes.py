"""A class guesses: its teacher enters counts, and the run draws them beside what came out.

Nothing of it goes into a learner's record; with the kernel it is forgotten.
"""

import re
from collections import Counter

from course import host, record
from course.questions import ChoiceQuestion, Opened, QuestionBox, Reply

ROUNDS = {"first": "the class", "second": "after a discussion"}
VOTES = {}  # key of a question -> {round: Counter of answers}
MOST = 999
EXAMPLES = {"choice": "12 A, 9 B, 4 C", "number": "80, 85, 3x 90"}


class ClassQuestion:
    """A question of a lesson as a class answers it, in one round or in two."""

    kind, at_once, recorded = "votes", True, record.Answer()

    def __init__(self, question):
        self._question = question

    def __getattr__(self, name):
        return getattr(self._question, name)

    @property
    def prompt(self):
        """For readers of the plain text."""
        return f"Type how many said what, as in '{EXAMPLES[self._question.kind]}'"

    def choices(self, _):
        return [[*pair, EXAMPLES[self._question.kind]] for pair in ROUNDS.items()]

    def submit(self, answer):
        name, _, typed = answer.partition(" ")
        votes = read(self._question, typed)
        VOTES.setdefault(self.key, {})[name] = votes

    def now(self, _):
        return ""

    def said(self, _):
        first, second = (VOTES[self.key].get(name) for name in ROUNDS)
        after = f"after a discussion {_told(second)}" if second else ""
        return "; ".join(filter(None, [first and _told(first), after]))

    def open(self, result) -> Reply:
        """What the run says: the class as a whole is neither right nor wrong."""
        question = self._question
        is_choice = isinstance(question, ChoiceQuestion)
        right = question.right.text if is_choice else str(result)
        head = f"The class said {self.said('')}; it is {question.came_out(result)}."
        return Reply(None, question.reveal(right, result).words, head)

    def picture(self, result):
        """The guesses of each round beside what came out, as a `Picture`."""
        from course import pictures  # takes long, and only a class needs it

        rounds = {ROUNDS[name]: votes for name, votes in VOTES[self.key].items()}
        if isinstance(self._question, ChoiceQuestion):
            options = {k: option.text for k, option in self.lettered.items()}
            (right,) = (k for k, o in self.lettered.items() if o.right)
            return pictures.guessed_options(rounds, options, right)
        return pictures.guessed_numbers(rounds, result, " %" if self.percent else "")


def ask(question) -> QuestionBox:
    """The question with its options by letters, and a box to type in for each round."""
    if question.at_once:
        raise ValueError(
            f"no run tells the answer to {question.name!r}: predict() asks it"
        )
    box = QuestionBox(ClassQuestion(question))
    box.box.children[0].value += question.static()
    return box


def read(question, typed) -> Counter:
    """Counts as a teacher types them: by letters of options, or the numbers themselves.

    A ValueError says what would be right.
    """
    is_choice = isinstance(question, ChoiceQuestion)
    votes = Counter()
    for count, answer in _letters(typed) if is_choice else _numbers(typed):
        if is_choice and answer not in question.lettered:
            raise ValueError(f"There is no answer {answer} here.")
        votes[answer if is_choice else question.read(answer)] += count
    if votes.total() > MOST:
        raise ValueError(f"A class has at most {MOST} learners here.")
    return votes


def _letters(typed):
    pair = r"(\d+)\s*([A-Za-z])|([A-Za-z])\s*(\d+)"
    if re.sub(pair, "", typed).strip(" ,;.:") or not typed.strip():
        raise ValueError(f"Type counts and letters, as in '{EXAMPLES['choice']}'.")
    for before, letter, other, after in re.findall(pair, typed):
        yield int(before or after), (letter or other).upper()


def _numbers(typed):
    joined = re.sub(r"(\d+)\s*[xX×]\s*", r"\1x", typed.strip(" ,;"))
    for part in re.split(r"[,;]?\s+|;", joined):
        count, number = re.fullmatch(r"(?:(\d+)x)?(.*)", part).groups()
        yield int(count or 1), number


def _told(votes):
    pairs = votes.items()
    if any(isinstance(answer, str) for answer in votes):
        return ", ".join(f"{count} {letter}" for letter, count in sorted(pairs))
    return ", ".join(
        f"{number:g}" + f" ({count} times)" * (count > 1)
        for number, count in sorted(pairs)
    )


def draw(question, result):
    """Draw at the end of the running cell what the class said, if it said anything."""
    if question.key in VOTES:
        asked = ClassQuestion(question)
        host.show_after(asked.picture(result))
        host.show_after(Opened(asked, asked.open(result)))
