"""The lessons: a folder for each notebook, with its questions and its exercises."""

import importlib
import re
from pathlib import Path

from course import checking, questions, record

FOLDER = Path(__file__).parent
NAMES = sorted(path.parent.name for path in FOLDER.glob("*/questions.toml"))


class _Text(str):
    """A text that a notebook shows as it is, without quotes."""

    __repr__ = str.__str__


class Lesson:
    """The questions and exercises of one notebook, named as its file: '03_forward'.

    What you answer lives in this session only: nothing is stored or sent.
    """

    def __init__(self, notebook):
        self.name = re.sub(r"^\d+_", "", str(notebook))
        if self.name not in NAMES:
            known = ", ".join(NAMES)
            raise ValueError(f"there is no lesson {notebook!r}; there are: {known}")
        path = FOLDER / self.name / "questions.toml"
        self.questions = questions.load(path, self.name)
        module = importlib.import_module(f"course.lessons.{self.name}.exercises")
        self.exercises = module.EXERCISES

    def predict(self, name) -> questions.QuestionBox:
        """Ask one question before the run, by its name."""
        predictions = self.questions.predictions
        if name not in predictions:
            known = ", ".join(map(repr, predictions))
            raise ValueError(f"there is no question {name!r} here; there are: {known}")
        return questions.QuestionBox(predictions[name])

    def check(self, function) -> checking.Verdict:
        """Check an exercise, see `checking.check`, and remember that it is solved."""
        verdict = checking.check(self.exercises, function)
        if verdict.solved:
            record.add_solved(self.name, function.__name__)
        return verdict

    def quiz(self) -> questions.Quiz:
        """Ask the questions at the end of the notebook."""
        return questions.Quiz(self.questions.quiz)

    def progress(self) -> str:
        """Say what was answered and solved in this session."""
        predictions, quiz = self.questions.predictions.values(), self.questions.quiz
        solved = record.solved(self.name)
        counts = [
            (sum(bool(q.recorded.first) for q in predictions), len(predictions)),
            (len(solved), len(self.exercises)),
            (sum(q.recorded.solved for q in quiz), len(quiz)),
        ]
        made, done, right = (f"{count} of {total}" for count, total in counts)
        lines = [f"{made} predictions made", f"{done} exercises solved"]
        for name in self.exercises:
            lines.append(
                f"  {name}: {'solved' if name in solved else 'not solved yet'}"
            )
        lines.append(f"{right} quiz questions right")
        if all(count == total for count, total in counts):
            lines.append("All done in this notebook.")
        return _Text("\n".join(lines))
