"""The lessons: a folder for each notebook, with its questions and its exercises."""

import functools
import html
import re
import textwrap
from pathlib import Path

from course import checking, page, questions, record
from course.checking import exercise_file
from course.lessons import former, own, review, votes
from course.questions.kinds import code
from course.words import counted

FOLDER = Path(__file__).parent
former.keep_names()


def name_of(notebook) -> str:
    """The lesson of a notebook: 'forward' of '03_forward'."""
    return re.sub(r"^\d+_", "", str(notebook))


# The notebooks that have a folder here, in their order: name of the lesson -> path.
NOTEBOOKS = {
    name_of(path.stem): path
    for path in sorted(FOLDER.parents[1].glob("notebooks/*.ipynb"))
    if (FOLDER / name_of(path.stem)).is_dir()
}
NAMES = tuple(NOTEBOOKS)


def number_of(name) -> int:
    """The number of a lesson's notebook: 3 of '03_forward'."""
    return int(re.match(r"\d+", NOTEBOOKS[name].stem)[0])


def load_questions(name) -> questions.Questions:
    """The questions of a lesson."""
    return questions.load(FOLDER / name / "questions.toml", name)


@functools.cache
def load_exercises(name) -> dict:
    """The exercises of a lesson by name, in the order in which its notebook checks them."""
    notebook = NOTEBOOKS[name].read_text(encoding="utf-8")
    files = filter(exercise_file.is_exercise, (FOLDER / name).glob("*.py"))
    read = {path.stem: exercise_file.read(path) for path in files}
    order = sorted(read, key=lambda name: notebook.find(f"lesson.check({name})"))
    return {name: read[name] for name in order}


class _Text(str):
    """A text that a notebook shows as it is, without quotes."""

    __repr__ = str.__str__


class _Verdict(checking.Verdict):
    """A verdict as a notebook shows it: a solved exercise looks like a right answer."""

    def _repr_html_(self):
        if not self.solved:
            return None  # its words alone, with each case in its lines
        first, *lines = self.words.splitlines()
        head, _, hint = first.partition(". ")
        words = f"<strong>{page.SIGNS[True]} {html.escape(head)}.</strong> {code(hint)}"
        more = html.escape("\n".join(lines))
        pre = f'<pre style="white-space:pre-wrap">{more}</pre>' if more else ""
        return page.reply(True, f'<p style="margin:4px 0">{words}</p>{pre}')


class Lesson:
    """The questions and exercises of one notebook, named as its file: '03_forward'.

    What you answer is kept by `course.record`: in a folder of your own on this computer,
    else until the kernel ends. ``keeps_record`` says whether to look in this folder.
    """

    def __init__(self, notebook, keeps_record=True):
        self.name = name_of(notebook)
        if self.name not in NAMES:
            raise _unknown(f"lesson {notebook!r}", NAMES)
        self.questions = load_questions(self.name)
        self.exercises = load_exercises(self.name)
        self._reviewed = None
        if self.exercises:
            checking.runs.RESERVE.prepare()
        if keeps_record and (notice := record.open_in(Path.cwd())):
            print(notice)

    def review(self):
        """Ask three questions from earlier notebooks: those that are due, missed ones first.

        They stay the same until the imports run again. Notebook 1 has fewer. If all
        were answered within the hour, a text takes the place of the `Quiz`.
        """
        if self._reviewed is None:
            earlier = [load_questions(name) for name in NAMES[: NAMES.index(self.name)]]
            self._reviewed = review.choose(earlier)
        if not self._reviewed:
            return _Text(
                "All were asked within the last hour. They will come back later."
            )
        return questions.Quiz(self._reviewed, "Review")

    def predict(self, name) -> questions.QuestionBox:
        """Ask one question before the run, by its name."""
        question = self._prediction(name)
        title = "Question" if question.at_once else "Predict"
        return questions.QuestionBox(question, title)

    def vote(self, name) -> questions.QuestionBox:
        """Ask a class instead of one learner; you type how many gave each answer."""
        return votes.ask(self._prediction(name))

    def reveal(self, name, result=None):
        """Compare the guess with the run; ``result``: the number, or words, that came out.

        How the guess went, and why, is shown below everything else in the cell. For a
        question without an answer, nothing is shown.
        """
        question = self._prediction(name)
        try:
            asked = votes if votes.VOTES.get(question.key) else questions
            asked.reveal(question, result)
        except Exception as error:  # noqa: BLE001, a cell that was changed still runs
            print(f"Your answer can't be compared with this: {page.in_words(error)}")

    def guess(self, name) -> list:
        """What a picture draws of your guess: numbers, or names; nothing before you guess."""
        question = self._prediction(name)
        return [] if votes.VOTES.get(question.key) else question.guess()

    def _prediction(self, name):
        predictions = self.questions.predictions
        if name not in predictions:
            raise _unknown(f"question {name!r} here", map(repr, predictions))
        return predictions[name]

    def check(self, function) -> checking.Verdict:
        """Check an exercise, see `checking.check`, and remember how it went."""
        name = checking.name_of(function)
        failed = record.work(self.name, name).failed
        verdict = checking.check(self.exercises, function, failed)
        if verdict.tried:
            kept = own.code_of(function) if verdict.solved else ""
            why = verdict.words.partition("not yet: ")[2].partition("\n")[0]
            record.add_try(self.name, name, verdict.solved, why, kept)
        return _Verdict(*verdict)

    def own(self, *names) -> list:
        """The functions that you wrote for these exercises, from any notebook, in this order.

        Where yours isn't solved, the course's takes its place. A line for each says whose it is.
        """
        home = {name: lesson for lesson in NAMES for name in load_exercises(lesson)}
        functions = []
        for name in names:
            if name not in home:
                raise _unknown(f"exercise {name!r}", home)
            exercises, number = load_exercises(home[name]), number_of(home[name])
            function, words = own.bring(name, home[name], exercises, number)
            print(words)
            functions.append(function)
        return functions

    def written(self) -> str:
        """Say which functions you wrote in all notebooks, and on which day you solved each."""
        homes = {name: (number_of(name), load_exercises(name)) for name in NAMES}
        return _Text("\n".join(own.written(homes)))

    def file(self, name) -> Path:
        """The path of a file with data for this notebook."""
        return FOLDER / self.name / name

    def quiz(self) -> questions.Quiz:
        """Ask the questions at the end of the notebook."""
        return questions.Quiz(self.questions.quiz)

    def forget(self) -> str:
        """Forget all answers and solved exercises, of all notebooks."""
        record.forget()
        questions.box.RUNS.clear()
        return _Text("All answers have been erased.")

    @property
    def done(self) -> dict:
        """How much of what it has is done: what -> (count, total)."""
        solved = record.solved(self.name)
        predictions = self.questions.predictions.values()
        asked = [q for q in predictions if not q.optional]
        each = {
            "predictions made": [q.recorded.first != "" for q in asked],
            "exercises solved": [name in solved for name in self.exercises],
            "quiz questions right": [q.recorded.solved for q in self.questions.quiz],
        }
        return {what: (sum(marks), len(marks)) for what, marks in each.items() if marks}

    @property
    def detours(self) -> list[str]:
        """A line for each exercise with failed tries, and each wrong first answer."""
        lines = []
        for name in self.exercises:
            work = record.work(self.name, name)
            last = next(reversed(work.mistakes), "")
            if last or work.failed and not work.solved:
                words = last and f", last mistake: {last}"
                lines.append(f"  {name}, {counted(work.tries, 'try', 'tries')}{words}")
        for question in self.questions.all:
            answer = question.recorded
            if answer.first and not answer.first_right and answer.stage != record.NOTED:
                asked = question.text.replace("`", "")
                asked = textwrap.shorten(asked, 50, placeholder=" ...")
                lines.append(f'  "{asked}": {question.tell(answer.first)}')
        return lines

    def progress(self) -> str:
        """Say what was answered and solved, and what went wrong along the way."""
        lines, done, detours = [], self.done, self.detours
        solved = record.solved(self.name)
        for what, (count, total) in done.items():
            lines.append(f"{count} of {total} {what}")
            if what == "exercises solved":
                for name in self.exercises:
                    state = "solved" if name in solved else "not solved yet"
                    lines.append(f"  {name}: {state}")
        for goal, (first, *_) in record.best(self.name).items():
            told = "{weights} weights, test loss {loss:.4f}".format(**first)
            lines.append(f"your best at '{goal}': {told}")
        if all(count == total for count, total in done.values()):
            lines.append("All done in this notebook.")
        if detours:
            lines += ["What went wrong along the way:", *detours]
        if record.KEEPER.trouble:
            lines.append(record.KEEPER.trouble)
        return _Text("\n".join(lines))


def _unknown(what, known):
    return ValueError(f"there is no {what}; there are: {', '.join(known)}")
