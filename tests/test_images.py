"""The picture of the README: it fits the code that draws it, and has its alt text."""

import re

import pytest
from matplotlib.text import Text
from PIL import Image

from course.tools import ROOT
from images import make

README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def alt(tmp_path_factory):
    """What the code draws now, in words: the seed, the losses, the outputs."""
    return make.make(tmp_path_factory.mktemp("images") / "overview.png")


def test_stored_picture_fits_the_code(alt):
    """Guards a stale picture: run `python images/make.py` after a change."""
    with Image.open(make.PATH) as image:
        assert image.text["Description"] == alt
        assert image.size == (1500, 480)


def test_the_readme_shows_it_with_its_alt_text(alt):
    """Guards: the words under the picture are those that the code gives."""
    assert re.findall(r"!\[(.*?)\]\((.*?)\)", README) == [(alt, "images/overview.png")]


def test_no_other_picture_is_stored():
    """Guards: what a notebook shows is drawn by a cell of it."""
    assert [path.name for path in make.PATH.parent.glob("*.png")] == [make.PATH.name]


def test_its_text_is_large():
    fig, _ = make.overview()
    found = [text for text in fig.findobj(Text) if text.get_text()]
    assert min(text.get_fontsize() for text in found) >= 11
