"""The picture of the README: it fits the code that draws it, and has its alt text."""

import re

from matplotlib.text import Text
from PIL import Image

from course.tools import ROOT
from images import make


def test_the_picture_of_the_readme_fits_the_code_and_is_told_in_words(tmp_path):
    """Guards a stale picture (run `python images/make.py` after a change), other words under
    it, small text, and a second picture: what a notebook shows is drawn by a cell of it."""
    alt = make.make(tmp_path / "overview.png")  # the seed, the losses, the outputs
    with Image.open(make.PATH) as image:
        assert image.text["Description"] == alt
        assert image.size == (1500, 480)
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert re.findall(r"!\[(.*?)\]\((.*?)\)", readme) == [(alt, "images/overview.png")]
    assert [path.name for path in make.PATH.parent.glob("*.png")] == [make.PATH.name]
    found = [text for text in make.overview()[0].findobj(Text) if text.get_text()]
    assert min(text.get_fontsize() for text in found) >= 11
