"""The pad without a page: what Python answers, and what a reader without a page sees."""

import base64
import re
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from course.lessons.your_network import pad
from course.lessons.your_network.digits import MOST

WIDGET = "application/vnd.jupyter.widget-view+json"
THREE = np.array([[0.0, 0, 0, 0.975, 0, 0.0125, 0.0125, 0, 0, 0]])
SAID = "It says 3, with 98 %. Second: 5, with 1 %."
COUNTS = [0, 16, *[4] * 62]


def nothing(X):
    raise NotImplementedError


def interrupted(X):
    raise KeyboardInterrupt


def prints(X):
    print("shape", X.shape)
    print("x" * 500)
    return THREE


# What functions do, and what the pad then says.
WORDS = {
    "right": (lambda X: THREE, f"^{re.escape(SAID)}$"),
    "as lists": (lambda X: THREE.tolist(), f"^{re.escape(SAID)}$"),
    "an error": (lambda X: X @ np.ones((3, 3)), "can't read it. matmul"),
    "an error of another kind": (lambda X: X.W, "AttributeError: .*'W'"),
    "not written yet": (nothing, "NotImplementedError"),
    "the stop button": (interrupted, "KeyboardInterrupt"),
    "no return": (lambda X: None, "They return None, not the certainties alone"),
    "with its cache": (lambda X: (THREE, []), "return 2 things, not the"),
    "texts": (lambda X: [["a"] * 10], "They return <U1, not numbers"),
    "a row": (lambda X: THREE[0], r"the shape \(10,\), not \(1, 10\)"),
    "the hidden layer": (lambda X: np.ones((1, 32)), r"the shape \(1, 32\), not"),
    "NaN": (lambda X: THREE * np.nan, "NaN or infinity among the ten"),
    "an overflow": (lambda X: np.exp(1000 * X[:, :10]) / np.inf, "NaN or infinity"),
    "no softmax": (lambda X: THREE * 4, "from 0 to 3.9, with the sum 4: certain"),
    "below zero": (lambda X: 0.4 - 3 * THREE, "from -2.525 to 0.4, with the sum 1:"),
    "prints": (prints, rf"^{re.escape(SAID)} Printed: shape \(1, 64\) x+\.\.\.$"),
}


@pytest.fixture
def page():
    """A pad, and a function that asks it as the page does: its answer."""
    one, answers = pad.DigitPad(lambda X: THREE), []
    one.send = answers.append

    def ask(counts=COUNTS, number=1):
        asked = {"number": number, "counts": counts, "isExample": False}
        one._handle_custom_msg(asked, [])
        return answers.pop()

    return one, ask


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("name", WORDS)
def test_all_that_functions_do_is_told_in_words(name, page, capsys):
    """Guards: an error, a print or a warning in a log that nobody sees; numbers that are
    no certainties; and a page that waits for ever."""
    one, ask = page
    one.read, words = WORDS[name]
    answer = ask(number=7)
    assert re.search(words, answer["words"]) and len(answer["words"]) < 320
    assert one.say() == repr(one) == answer["words"] and answer["number"] == 7
    assert ("certainties" in answer) == answer["words"].startswith("It says")
    assert capsys.readouterr() == ("", "")


def test_the_functions_get_what_is_drawn_now(page):
    """Guards: counts in place of numbers from 0 to 1; another drawing than the page's."""
    one, ask = page
    seen = []
    one.read = lambda X: seen.append(X) or THREE
    np.testing.assert_array_equal(one.X, [np.array(pad.STORED["counts"]) / MOST])
    answer = ask()
    np.testing.assert_array_equal(seen, [[[0, 1, *[0.25] * 62]]])
    np.testing.assert_array_equal(one.X, seen[0])
    assert answer["certainties"] == THREE[0].tolist()
    assert answer["written"][3:6] == ["98 %", "0 %", "1 %"]
    assert ask([0] * 64)["words"] == "Nothing is drawn." and len(seen) == 1


def test_nearly_sure_is_not_sure():
    """Guards: 100 % for a network that can err, and 0 % for what it holds possible."""
    P = np.array([0.004, 0.996, *[0.0] * 8])
    nearly = "It says 1, with more than 99 %. Second: 0, with less than 1 %."
    assert pad.in_words(P) == nearly
    assert pad.in_words(np.eye(10)[4]) == "It says 4, with 100 %. Second: 0, with 0 %."


def test_a_reader_without_a_page_sees_the_drawing_and_its_certainties(page):
    """Guards: GitHub, the book, slides and nbval; a drawing that passes for the reader's."""
    one, ask = page
    data, metadata = one._repr_mimebundle_()
    assert data["text/plain"] == SAID and len(data[WIDGET]["model_id"]) == 32
    assert base64.b64decode(data["image/png"]).startswith(b"\x89PNG")
    alt = metadata["image/png"]["alt"]
    assert alt.startswith("A stored drawing, made with a mouse on this pad. ")
    ask()
    assert one._repr_mimebundle_()[1]["image/png"]["alt"].startswith("Your drawing. ")
    one.read = nothing
    data, _ = one._repr_mimebundle_()
    assert "image/png" not in data and "NotImplementedError" in data["text/plain"]
    assert one._ipython_display_ is None


def test_the_page_has_the_drawing_and_keeps_its_keys(page):
    """Guards: keys that are JupyterLab's, too; a page that shows another stored drawing."""
    one, _ = page
    state = one.get_state()
    assert state["example"] == pad.STORED["strokes"] and state["strokes"] is None
    [name] = [name for name in state["_dom_classes"] if f".{name}" in state["_esm"]]
    assert name == "course-pad"


def test_what_another_thread_prints_stays_its_own(page, capsys):
    """Guards: lines of a cell that runs, taken for those of the functions: JupyterLab
    asks in a thread of its own; and two answers at once, whose lines get mixed."""
    one, ask = page

    def of_the_cell():
        print("of the cell")
        assert not pad.ONE.acquire(blocking=False)  # who asks now has to wait

    def meanwhile(X):
        with ThreadPoolExecutor() as cell:
            cell.submit(of_the_cell).result()
        return THREE

    one.read = meanwhile
    assert ask()["words"] == SAID
    assert capsys.readouterr().out == "of the cell\n"
