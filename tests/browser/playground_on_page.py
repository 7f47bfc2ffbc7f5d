"""What the browser tests read of a playground on the page, and its twin in Python."""

import base64
import io
import re

import numpy as np
from PIL import Image

import mlp_core as mlp
from course.fast import join
from course.pictures.style import NEGATIVE, POSITIVE
from course.playground import twin
from tests.live import expect
from tests.wait import wait_until

# A cell: Python makes three steps that change nothing.
PLAY = (
    "play = Playground(data='xor', step=30); play.follow(iter([play.params] * 3)); play"
)
EDGE = 1.15 * 3  # of the square, where data are drawn
POINTS = 100  # along each side of the large picture, as in view.js
# Ends when a picture was drawn after this call, or can't be: JupyterLab may put another
# playground in this one's place, or scroll on, and what is not in sight is not laid out.
NEXT_PICTURE = """async root => {
    const { view } = root, before = view.drawn;
    view.hear('look');
    for (let frame = 0; view.drawn === before; frame++) {
        if (!root.isConnected) return false;
        if (frame % 60 === 59) root.scrollIntoView({block: 'nearest'});
        if (frame === 600) throw Error(`600 frames, no picture: side ${view.square.side}`);
        await new Promise(requestAnimationFrame) }
    return true }"""


class OnPage:
    """A playground, seen as a user sees it: by labels, roles, texts and pixels."""

    def __init__(self, page, number=0):
        self.page = page
        self.root = page.locator(".playground").nth(number)
        self.root.wait_for()
        self.square = self.root.get_by_role("application")
        self.status = self.root.get_by_role("status")
        self.chart = self.root.get_by_role("img", name="loss by step")
        self.shown()

    def button(self, name):
        return self.root.get_by_role("button", name=name, exact=True)

    def box(self, label):
        if label.startswith(("W[", "b[")):
            self.open_numbers()
        return self.root.get_by_label(label, exact=True)

    def open_numbers(self):
        opener = self.button("Numbers")
        self.shown()
        if opener.get_attribute("aria-expanded") == "false":  # as at first
            opener.click()

    def type(self, label, value):
        self.box(label).fill(str(value))
        self.box(label).press("Enter")

    def wait_past(self, step):
        wait_until(lambda: self.step() > step, "it stands still")

    def play_past(self, step):
        """Play until it is beyond a step, and pause."""
        self.button("Play").click()
        self.wait_past(step)
        self.button("Pause").click()

    def shown(self):
        """Wait until the page shows what it knows."""
        while not self.root.evaluate(NEXT_PICTURE):
            pass  # the next one, in its place

    def line(self) -> str:
        """Its line of numbers, which is also that of Python."""
        self.shown()
        return self.chart.get_attribute("aria-label").removeprefix("loss by step; ")

    def step(self) -> int:
        self.shown()
        text = self.root.locator(".at").text_content()  # also where it is scrolled away
        return int(re.sub(r"\D", "", text))

    def names(self) -> list[str]:
        """Those of all weights and biases: W[0][0, 0]."""
        return self.root.locator(".numbers input").evaluate_all(
            "all => all.map(x => x.ariaLabel)"
        )

    def numbers(self) -> list[str]:
        """All weights and biases as the table writes them."""
        self.shown()
        return self.root.locator(".numbers input").evaluate_all(
            "all => all.map(x => x.value)"
        )

    def parameters(self) -> list[float]:
        """The same, to the last digit."""
        return self.root.evaluate("root => [...root.view.session.run.p]")

    def settings(self) -> dict:
        return self.root.evaluate("root => root.view.session.run.settings")

    def colors(self):
        """The large picture: (points, points, 3), from the top."""
        self.shown()
        return pixels(self.root.locator(".square canvas").first)

    def gap(self, color, run, levels=(0.5,)):
        """How far the lines of a colour are from where outputs cross a level, in pixels."""
        self.shown()
        line = has(pixels(self.root.locator(".square canvas").nth(1), 4), color)
        sides = np.digitize(outputs(run, len(line)), levels)
        crosses = (np.diff(sides, axis=0)[:, 1:] != 0) | (np.diff(sides)[1:] != 0)
        apart = np.argwhere(line)[:, None] - np.argwhere(crosses) - 0.5
        return np.hypot(*apart.T).min(axis=0).mean()

    def marks(self, place) -> str:
        """The numbers that stand there."""
        return " ".join(self.root.locator(f"{place} span").all_inner_texts())

    def at(self, x0, x1):
        """Where a point of the inputs stands in the square, in pixels."""
        low, high = self.root.evaluate(
            "root => [root.view.session.run.data.low, root.view.session.run.data.high]"
        )
        side = self.square.bounding_box()["width"]
        part = side / (high - low)
        return {"x": part * (x0 - low), "y": side - part * (x1 - low)}

    def set_step(self, step):
        """Move the slider of the step by keys."""
        scrub = self.box("step")
        scrub.focus()
        scrub.press("Home" if step == 0 else "End")
        expect(self.root.locator(".at")).to_have_text(re.compile(rf"^step {step:,}$"))


def address_of(settings):
    """The settings in the form of an address, made anew here."""
    parts = []
    for name, value in settings.items():
        if name == "points":
            value = [" ".join(map(str, row)) for row in value]
        text = ",".join(map(str, value)) if isinstance(value, list) else str(value)
        parts.append(f"{name}={text}".replace(" ", "%20"))
    return "&".join(parts)


def assert_python_trained(on):
    """The page of `PLAY` takes Python's steps at Play, and then trains by itself."""
    assert on.step() == 30
    on.button("Play").click()
    expect(on.root.get_by_text("Python has made all its steps: 3.")).to_be_visible()
    right = join(twin.Run({"data": "xor", "step": 30}).params)
    np.testing.assert_allclose(on.parameters(), right, rtol=0, atol=1e-12)
    assert on.step() == 33
    on.button("One step").click()
    assert on.step() == 34
    assert np.abs(np.subtract(on.parameters(), right)).max() > 1e-6


def pixels(canvas, channels=3):
    """The colours of a picture, by row from the top: (height, width, channels)."""
    png = canvas.evaluate("canvas => canvas.toDataURL()").split(",")[1]
    image = Image.open(io.BytesIO(base64.b64decode(png))).convert("RGBA")
    return np.array(image, int)[..., :channels]


def has(picture, color):
    """Where a picture of four channels has about this colour."""
    is_near = np.abs(picture[..., :3] - rgb(color)).max(axis=-1) < 50
    return is_near & (picture[..., 3] > 200)


def rgb(color):
    return [int(color[i : i + 2], 16) for i in (1, 3, 5)]


def colors_of(shares):
    """From -1, the negative colour, by white at 0 to 1, the positive one."""
    shares = np.clip(shares, -1, 1)[..., None]
    ground = np.where(shares < 0, rgb(NEGATIVE), rgb(POSITIVE))
    return 255 + (ground - 255) * np.abs(shares)


def outputs(run, points=POINTS):
    """The output over the square of inputs, in the order of the page's pixels."""
    params, activation = run.with_features()
    low, high = (-0.5, 1.5) if run.settings["data"] in ("xor", "sum") else (-EDGE, EDGE)
    Y_hat, _ = mlp.forward(params, grid(low, high, points), activation)
    return Y_hat.reshape(points, points)


def grid(low=-EDGE, high=EDGE, points=POINTS):
    """The inputs in the middle of each pixel, by row from the top: (points**2, 2)."""
    middles = low + (high - low) * (np.arange(points) + 0.5) / points
    return np.stack(np.meshgrid(middles, middles[::-1]), axis=-1).reshape(-1, 2)
