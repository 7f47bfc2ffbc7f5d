"""What the browser tests read of a playground on the page, and its twin in Python."""

import re

import numpy as np

import mlp_core as mlp
from course.fast import join
from course.pictures.style import NEGATIVE, POSITIVE
from course.playground import twin
from tests.live import expect

# A cell: Python makes three steps that change nothing.
PLAY = (
    "play = Playground(data='xor', step=30); play.follow(iter([play.params] * 3)); play"
)
POINTS = 100  # along each side of the large picture, as in view.js
# Red, green, blue and alpha of each of these points, by row from the top.
COLORS = """canvas => {
    const [w, h] = [canvas.width, canvas.height];
    return [...canvas.getContext('2d').getImageData(0, 0, w, h).data] }"""
# Ends when a picture was drawn after this call.
NEXT_PICTURE = """async root => {
    const { view } = root, before = view.drawn;
    view.hear('look');
    while (view.drawn === before) await new Promise(requestAnimationFrame) }"""


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
        return self.root.get_by_label(label, exact=True)

    def shown(self):
        """Wait until the page shows what it knows."""
        self.root.evaluate(NEXT_PICTURE)

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


def pixels(canvas):
    """The colours of a square picture: (points, points, 3), from the top."""
    flat = canvas.evaluate(COLORS)
    side = round((len(flat) / 4) ** 0.5)
    return np.array(flat).reshape(side, side, 4)[..., :3]


def colors_of(shares):
    """From -1, the negative colour, by white at 0 to 1, the positive one."""
    ends = [
        [int(color[i : i + 2], 16) for i in (1, 3, 5)] for color in (NEGATIVE, POSITIVE)
    ]
    shares = np.clip(shares, -1, 1)[..., None]
    ground = np.where(shares < 0, ends[0], ends[1])
    return 255 + (ground - 255) * np.abs(shares)


def outputs(run, low, high, points=POINTS):
    """The output over the square of inputs, in the order of the page's pixels."""
    params, activation = run.with_features()
    Y_hat, _ = mlp.forward(params, grid(low, high, points), activation)
    return Y_hat.reshape(points, points)


def grid(low, high, points=POINTS):
    """The inputs in the middle of each pixel, by row from the top: (points**2, 2)."""
    middles = low + (high - low) * (np.arange(points) + 0.5) / points
    return np.stack(np.meshgrid(middles, middles[::-1]), axis=-1).reshape(-1, 2)
