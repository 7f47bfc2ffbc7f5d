"""Film the picture of the README, images/playground.gif: ``python images/make.py``.

The playground trains in Chromium, and its pictures become an animation, which carries its
alt text, from which a test tells whether it still fits the code. It runs twice and then
stops, so as not to distract the reader.
"""

import io
import sys
from pathlib import Path

import numpy as np
from PIL import Image

PATH = Path(__file__).resolve().parent / "playground.gif"
sys.path.insert(0, str(PATH.parents[1]))

from course.playground import twin
from course.tools.playground import whole_page
from tests import live

SETTINGS = {
    "data": "spirals",
    "noise": 0,
    "hidden": [8, 8],
    "learning_rate": 1,
    "hide": twin.others("show", ["step"]),
}
LAST = 5000  # step
STEPS = np.linspace(0, LAST, 34).round(-1).astype(int)
SIZE = {"width": 900, "height": 500}
SHOWN, HELD = 140, 3000  # milliseconds: of a picture, and of the last one
COLORS = 96
# Ends when the playground has drawn this step.
GO_TO = """async ({ view }, step) => {
    view.session.do((run) => run.trainTo(step));
    const before = view.drawn;
    while (view.drawn === before) await new Promise(requestAnimationFrame) }"""


def make(path=PATH):
    """Film it into a file, with its alt text; return that."""
    with live.browser() as browser:
        frames = list(film(browser, STEPS))
    all_of_them = Image.fromarray(np.vstack(frames[:: len(frames) // 8]))
    colors = all_of_them.quantize(COLORS)
    first, *others = [frame.quantize(palette=colors, dither=0) for frame in frames]
    times = [SHOWN] * len(others) + [HELD]
    more = {"duration": times, "loop": 1, "comment": alt().encode(), "optimize": True}
    first.save(path, save_all=True, append_images=others, **more)
    return alt()


def film(browser, steps):
    """Yield the picture of the playground after each of these steps."""
    page = live.new_page(browser, viewport=SIZE, color_scheme="light")
    page.set_content(whole_page().decode())
    root = page.locator(".playground")
    root.evaluate("({ view }, settings) => view.session.change(settings)", SETTINGS)
    for step in map(int, steps):
        root.evaluate(GO_TO, step)
        with Image.open(io.BytesIO(root.screenshot())) as picture:
            yield picture.convert("RGB")
    page.close()


def alt() -> str:
    """What the animation shows, in words."""
    start, end = (twin.Run(SETTINGS | {"step": int(step)}) for step in STEPS[[0, -1]])
    network = "-".join(map(str, twin.sizes_of(end.settings)))
    return (
        f"The playground trains a {network} network on two spirals. Left: its weights as "
        "lines, and in each unit a picture of what it passes on. Right: the output over "
        f"the square of inputs bends around the spirals. {start.line().capitalize()}; "
        f"{end.line()}."
    )


if __name__ == "__main__":
    print(f"{PATH.name}: {make()}")
