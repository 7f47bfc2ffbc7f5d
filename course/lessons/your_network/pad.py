"""The drawing pad: you draw a digit, and the learner's own functions read it, live.

The page (pad.js) turns strokes into 64 counts (strokes.js) and asks; Python answers with
ten certainties, or says in words why it has none.
"""

import contextlib
import io
import json
import sys
import threading
from pathlib import Path

import anywidget
import numpy as np
import traitlets

from course import host, page, pictures
from course.lessons.your_network.digits import CLASSES, MOST
from course.words import percent

HERE = Path(__file__).parent
# A drawing made with a mouse on this pad, for readers without a page: strokes and counts.
STORED = json.loads((HERE / "drawing.json").read_text(encoding="utf-8"))
NOTHING = "Nothing is drawn."
# The network is made by the cells above.
ASLEEP = "Asleep. Choose Run, Run All Above Selected Cell; then run this cell."
ONE = threading.RLock()  # JupyterLab asks in a thread of its own, while a cell may run
LONGEST = 200  # letters of what a function has printed, or of its error


class DigitPad(anywidget.AnyWidget):
    """A pad to draw a digit on, which ``read`` then reads.

    ``read(X)`` takes X (n, 64), numbers from 0 to 1, and returns the certainties P (n, 10).
    """

    _esm = page.script(HERE / "pad.js")
    _css = page.css(page.LOOKS, HERE / "pad.css")
    example = traitlets.List(STORED["strokes"]).tag(sync=True)
    strokes = traitlets.Any(None).tag(sync=True)  # None: the example
    asleep = traitlets.Unicode(ASLEEP).tag(sync=True)
    _ipython_display_ = None  # that of ipywidgets 7 shows no picture

    def __init__(self, read):
        super().__init__()
        self.add_class("course-pad")
        self.read, self._counts, self._is_example = read, STORED["counts"], True
        self.on_msg(self._take)

    @property
    def X(self) -> np.ndarray:
        """What is drawn now, or else the stored drawing: (1, 64), from 0 to 1."""
        return np.array([self._counts]) / MOST

    def say(self) -> str:
        """What the functions say about it, in words."""
        return self._answer()[1]

    def _take(self, _, asked, buffers):
        self._counts, self._is_example = asked["counts"], asked["isExample"]
        P, words = self._answer()
        answer = {"number": asked["number"], "words": words}
        if P is not None:
            written = [percent(share, "> ", "< ") for share in P[0]]
            answer |= {"certainties": P[0].tolist(), "written": written}
        self.send(answer)

    def _answer(self):
        """The certainties (1, 10) or None, and the words."""
        if not any(self._counts):
            return None, NOTHING
        P, hears = None, contextlib.redirect_stdout
        with ONE, hears(Heard(sys.stdout)) as printed, np.errstate(all="ignore"):
            try:  # JupyterLab shows no error of a callback, and no print
                P = checked(self.read(self.X))
                told = in_words(P[0])
            except (Exception, KeyboardInterrupt, SystemExit) as error:  # noqa: BLE001
                told = f"Your functions can't read it. {short(page.in_words(error))}"
        if text := short(printed.getvalue()):
            told += f" Printed: {text}"
        return P, told

    def __repr__(self):
        return self.say()

    def _repr_mimebundle_(self, include=None, exclude=None):
        data, metadata = host.view(self, super())
        P, words = self._answer()
        if P is not None:
            whose = "A stored drawing" if self._is_example else "Your drawing"
            shown, alt = pictures.certainties(self.X, P, [whose])._repr_mimebundle_()
            made = f"{whose}{', made with a mouse on this pad' * self._is_example}. "
            alt["image/png"]["alt"] = made + alt["image/png"]["alt"]
            data, metadata = data | shown, metadata | alt
        return data | {"text/plain": words}, metadata | {"asleep": self.asleep}


class Heard(io.StringIO):
    """Keeps what this thread prints; what others print goes where it went before."""

    def __init__(self, before):
        super().__init__()
        self.before, self.thread = before, threading.get_ident()

    def write(self, text):
        is_ours = threading.get_ident() == self.thread
        return super().write(text) if is_ours else self.before.write(text)


def short(text) -> str:
    """A text in one line, and not longer than there is room for."""
    text = " ".join(text.split())
    return f"{text[:LONGEST]}{'...' * (len(text) > LONGEST)}"


def checked(P) -> np.ndarray:
    """The certainties of one drawing, (1, 10); a ValueError says what else they are."""
    if P is None or isinstance(P, tuple):
        what = "None" if P is None else f"{len(P)} things"
        raise ValueError(f"They return {what}, not the certainties alone.")
    P = np.asarray(P)
    if P.dtype.kind not in "biuf":
        raise ValueError(f"They return {P.dtype}, not numbers.")
    if P.shape != (1, CLASSES):
        right = f"(1, {CLASSES}), a certainty for each digit"
        raise ValueError(f"They return the shape {P.shape}, not {right}.")
    if not np.isfinite(P).all():
        raise ValueError("They return NaN or infinity among the ten numbers.")
    if P.min() < 0 or abs(P.sum() - 1) > 0.001:
        told = f"from {P.min():.4g} to {P.max():.4g}, with the sum {P.sum():.4g}"
        raise ValueError(
            f"They return numbers {told}: certainties are 0 or more and add up to 1."
        )
    return P.astype(float)


def in_words(p) -> str:
    """The two largest of the ten certainties.

    >>> in_words([0, 0, 0, 0.98, 0, 0.0125, 0.0075, 0, 0, 0])
    'It says 3, with 98 %. Second: 5, with 1 %.'
    """
    first, second = np.argsort(-np.asarray(p), kind="stable")[:2]
    said = f"It says {first}, with {percent(p[first])}."
    return f"{said} Second: {second}, with {percent(p[second])}."
