"""The diagrams of the text: their numbers, worked by hand, and their arrows."""

from matplotlib.text import Annotation

from course import pictures
from course.pictures.style import NEGATIVE, POSITIVE


def drawn(picture):
    """The texts of a picture, and its arrows: colour, and whether they lead right."""
    [ax] = picture.figure().axes
    arrows = [text for text in ax.texts if isinstance(text, Annotation)]
    words = [text.get_text() for text in ax.texts if text not in arrows]
    leads = [(a.arrowprops["color"], bool(a.xy[0] > a.xyann[0])) for a in arrows]
    return words, leads


def test_the_matrix_product_is_worked_out():
    """Guards the numbers of the example: each column of w gives one."""
    words, _ = drawn(pictures.matrix_product())
    assert words[:3] == ["1.3", "0.1", "1.2"]
    assert words[4:10] == ["1.3", "0.2", "0.1", "1.4", "1.2", "0"]
    assert words[11:13] == ["3.14", "0.40"]  # 1.69 + 0.01 + 1.44, 0.26 + 0.14
    assert words[-2:] == [
        "unit 0 (solid column):  1.3·1.3 + 0.1·0.1 + 1.2·1.2 = 3.14",
        "unit 1 (dashed column):  1.3·0.2 + 0.1·1.4 + 1.2·0 = 0.40",
    ]


def test_the_chain_goes_through_its_numbers():
    """Guards them: 2 - 3 = -1, -0.2 · -1 = 0.2, 5 · 0.2 + 1 = 2, (2 - 3)² / 2 = 0.5."""
    words, leads = drawn(pictures.chain_rule())
    boxes = [text.rpartition("\n")[2] for text in words[:6]]
    assert boxes == ["2", "−1", "0.2", "2", "2", "0.5"]
    slopes = [text.rpartition("\n")[2] for text in words[6:11]]
    assert slopes == ["1", "−0.2", "5", "1", "−1"]
    assert words[-2:] == [
        "dL/dw0 = (1) · (−0.2) · (5) · (1) · (−1) = 1",
        "x = 1,  b0 = −3,  w1 = 5,  b1 = 1,  y = 3",
    ]
    assert leads == [(POSITIVE, True)] * 5 + [(NEGATIVE, False)]


def test_forward_goes_right_and_backward_left():
    """Guards the arrows of the layer, and that none of its code solves the exercise."""
    words, leads = drawn(pictures.forward_backward())
    assert leads[:2] == [(POSITIVE, True)] * 2
    assert leads[2:5] == [(NEGATIVE, False)] * 3
    assert not [text for text in words if ".T" in text or "sum(" in text]
