"""The picture of the README: it fits the playground, and has its alt text."""

import re

import numpy as np
from PIL import Image, ImageSequence

from course.tools import ROOT
from images import make

MOST = 1_500_000  # bytes
ROUGH = (44, 24)  # pixels, in which fonts and rounded colours hardly matter


def test_the_picture_of_the_readme_fits_the_code_and_is_told_in_words(browser):
    """Guards a stale picture (run `python images/make.py` after a change), other words under
    it, one that loads long or never stands still, and a second picture."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    shown = f"images/{make.PATH.name}"
    assert re.findall(r"!\[(.*?)\]\((.*?)\)", readme) == [(make.alt(), shown)]
    files = {
        path.suffix: path.name for path in make.PATH.parent.iterdir() if path.suffix
    }
    assert files == {".py": "make.py", ".gif": make.PATH.name}
    assert make.PATH.stat().st_size < MOST
    with Image.open(make.PATH) as picture:
        assert picture.info["comment"].decode() == make.alt()
        assert picture.info["loop"] == 1  # times more, then it stands still
        frames = [frame.convert("RGB") for frame in ImageSequence.Iterator(picture)]
    assert len(frames) == len(make.STEPS)
    kept = [frames[0], frames[-1]]
    for old, new in zip(kept, make.film(browser, make.STEPS[[0, -1]]), strict=True):
        assert np.abs(rough(old) - rough(new)).max() < 16
    changed = np.abs(rough(kept[0]) - rough(kept[1])).max()
    assert changed > 48  # else nothing was compared


def rough(picture):
    return np.array(picture.resize(ROUGH, Image.Resampling.BOX), float)
