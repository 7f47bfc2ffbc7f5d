"""Measure the playground in Chromium: its pictures, and how soon it follows the pointer.

    python benchmarks/frames.py                        the playground alone
    python benchmarks/frames.py --tensorflow FOLDER    beside TensorFlow Playground
    python benchmarks/frames.py --slow 4               on a processor slowed four times

A picture is a frame in which something new was painted. The time of an answer runs from
the pointer's move to the frame that shows what it did. A frame counts as painted at the
first task after its callbacks: layout and paint lie between. All cases take turns, each
on a fresh page, so that a slow minute of the machine hits them all. Needs Chromium, like
the browser tests, and a machine that does nothing else. Limits count at full speed only.

FOLDER is a checkout of github.com/tensorflow/playground that is built: it has `dist` (in it
`npm install --ignore-scripts --legacy-peer-deps && npm run build`). Without, it is passed over.

Equal for both: the sizes of the layers, two circles as data, tanh in the hidden layers,
250 samples in batches of 10 between two pictures (theirs is one epoch, ours 25 steps),
the output and each unit computed at 100x100 points for each picture and drawn, the links
with their widths, the curves and the numbers of both losses, and the browser's window.

Not equal: their output is tanh and ours the logistic function; they go through 250
training points in turn and test on 250, ours draws from 140 and tests on 60; a unit's
picture has 10x10 means there and 50x50 points here. Ours also draws the line between the
classes and numbers at the weights, and keeps what it takes to go back to any step.

Beside them: a hundred seeds of the original network, 2,000 steps each; and pictures in
JupyterLab while Python trains, by a function like a learner's, 5 steps for each picture.

The screen's 60 pictures a second hide what is left, so `work` tells how long the page's
main thread was busy for a picture.
"""

import argparse
import contextlib
import itertools
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.measured import MISSED, real
from course.__main__ import main as course
from tests import live

SIZES = ((4, 2), (8, 8))  # of the hidden layers
RUNS = 5
INFINITE = float("inf")
SECONDS = 3  # of training that are counted
WARM_UP = 1.0  # seconds of training before
MOVES = 40  # of the pointer, in each drag
EDGE = 9  # pixels from a slider's end to the middle of its thumb
LONG = 5000  # steps of the run that is scrubbed
OURS, THEIRS = "playground", "TensorFlow Playground"
PYTHON = "trained by Python in JupyterLab"
ORIGINAL = (3, 3, 2)

# 1. What is found ----------------------------------------------------------------------


class Figure(NamedTuple):
    """Something measured, and its limits."""

    label: str
    form: str  # of a number
    least: float = 0  # the median must not be below
    most: float = INFINITE  # the median must not be above
    tail: float = INFINITE  # 95 % must not be above
    once: bool = False  # in a run, which makes too few for the 95 %


PICTURES = Figure("pictures a second", "{:,.2f}", least=59, once=True)  # a screen: 60
INTERVAL = Figure("between two pictures", "{:,.1f} ms")
WORK = Figure("work a picture", "{:,.1f} ms", once=True)
DRAG = Figure("a weight dragged", "{:,.1f} ms", most=20, tail=34)
SCRUB = Figure("steps scrubbed", "{:,.1f} ms", most=20, tail=34)
STEPS = Figure("steps a second", "{:,.0f}", once=True)
SEEDS = Figure("100 seeds, 2,000 steps", "{:,.2f} s", most=5, once=True)
FOLLOWED = PICTURES._replace(least=20)
FIGURES = (PICTURES, FOLLOWED, INTERVAL, WORK, DRAG, SCRUB, STEPS, SEEDS)


def summary(values: list) -> tuple[float, float]:
    """The median, and the value that 95 % don't exceed."""
    return statistics.median(values), np.percentile(values, 95)


def is_missed(figure: Figure, values: list) -> bool:
    """Whether the values are beyond a limit."""
    median, tail = summary(values)
    return not (figure.least <= median <= figure.most and tail <= figure.tail)


def limits(figure: Figure) -> str:
    """The limits in words."""
    bounds = [
        ("at least", figure.least),
        ("at most", figure.most),
        ("95 %", figure.tail),
    ]
    real = [(words, bound) for words, bound in bounds if 0 < bound < INFINITE]
    return ", ".join(f"{words} {bound:g}" for words, bound in real)


def row(figure: Figure, values: list, judged: bool) -> str:
    """A line of the table."""
    median, tail = map(figure.form.format, summary(values))
    words = limits(figure) if judged else ""
    mark = ", MISSED" if judged and is_missed(figure, values) else ""
    shown = f"{median:>12}{'' if figure.once else tail:>12}"
    return f"  {figure.label:24}{shown}   {words}{mark}".rstrip()


def print_table(found: dict, judged: bool) -> list[str]:
    """Print all that was found; name what is beyond its limit."""
    print(f"{'':26}{'median':>12}{'95 %':>12}   limits")
    missed = []
    for (name, hidden), figures in found.items():
        print(f"{title_of(hidden)}, {name}")
        for figure in filter(figures.get, FIGURES):
            ours = judged and name != THEIRS
            print(row(figure, figures[figure], ours))
            if ours and is_missed(figure, figures[figure]):
                missed.append(f"{figure.label} ({title_of(hidden)})")
    return missed


def print_ratios(found: dict):
    """Print how the two playgrounds compare, by their medians."""
    for hidden in SIZES:
        ours, theirs = found[OURS, hidden], found[THEIRS, hidden]
        for figure in (PICTURES, WORK):
            ratio = summary(ours[figure])[0] / summary(theirs[figure])[0]
            print(f"{title_of(hidden)}, {figure.label}, ours/theirs: {ratio:.2f}")


def title_of(hidden: Iterable[int]) -> str:
    return "-".join(map(str, (2, *hidden, 1)))


# 2. The pages --------------------------------------------------------------------------

# What the page shows now; it changes with each picture.
OUR_STATE = "document.querySelector('.playground').view.drawn"
THEIR_STATE = "document.querySelector('#iter-number').textContent"

SIDE = "document.querySelector('.playground .square canvas').width"

# The frame's callbacks run before it is painted, a task after them follows it.
COUNT = """async seconds => {
    const state = () => %s;
    const times = [], after = new MessageChannel(), start = performance.now();
    let last = state(), next;
    after.port1.onmessage = () => {
        if (state() !== last) times.push(performance.now());
        last = state() };
    const frame = () => {
        after.port2.postMessage(null);
        next = requestAnimationFrame(frame) };
    frame();
    await new Promise(done => setTimeout(done, 1000 * seconds));
    cancelAnimationFrame(next);
    return [times, performance.now() - start] }"""

# A move waits until something new is painted. Between moves nothing is asked for.
WATCH = """() => {
    const drawn = () => document.querySelector('.playground').view.drawn;
    const waiting = window.waiting = [], times = window.times = [];
    const after = new MessageChannel();
    const ask = () => requestAnimationFrame(() => after.port2.postMessage(null));
    after.port1.onmessage = () => {
        while (waiting.length && drawn() > waiting[0].drawn)
            times.push(performance.now() - waiting.shift().moved);
        if (waiting.length) ask() };
    addEventListener('pointermove', event => {
        if (!event.buttons) return;
        waiting.push({moved: event.timeStamp, drawn: drawn()});
        ask() }, true) }"""

SESSION = "const { session } = document.querySelector('.playground').view;"
PLAY = f"([pace, on]) => {{ {SESSION} session.pace = pace; session.play(on) }}"
LENGTHEN = (
    f"long => {{ {SESSION} while (session.run.step < long) session.run.train(25) }}"
)
SPEED = f"""async seconds => {{ {SESSION}
    const start = performance.now(), step = session.run.step;
    await new Promise(done => setTimeout(done, 1000 * seconds));
    return (session.run.step - step) / (performance.now() - start) * 1000 }}"""
MIDDLE = """() => {
    const edge = document.querySelector('.playground .grip');
    const middle = edge.getPointAtLength(edge.getTotalLength() / 2);
    const { x, y } = middle.matrixTransform(edge.getScreenCTM());
    return [x, y] }"""
TRY = f"""async () => {{ {SESSION}
    const start = performance.now();
    session.trySeeds(2000);
    while (session.isTrying) await new Promise(requestAnimationFrame);
    return (performance.now() - start) / 1000 }}"""
CELL = """
import sys; sys.path.insert(0, '..')
import mlp_core as mlp
from course.playground import Playground
play = Playground(hidden={})
def training(params):
    while True:
        value, grads = mlp.loss_and_grads(params, play.X, play.Y, play.activation)
        params = mlp.sgd_step(params, grads, 0.1)
        yield params
play.follow(training(play.params))
play"""
EQUAL, FASTEST = "25 steps a frame", "as fast as it can"


@contextlib.contextmanager
def addresses(tensorflow: Path | None):
    """Where each playground lies, up to its hidden layers; ours is made for this."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "playground.html"
        with contextlib.redirect_stdout(sys.stderr):
            assert course(["playground", str(file)]) == 0
        found = {OURS: f"{file.as_uri()}#data=circles&hidden="}
        if tensorflow:
            file = tensorflow.resolve() / "dist" / "index.html"
            settings = "dataset=circle&batchSize=10&percTrainData=50&networkShape="
            found[THEIRS] = f"{file.as_uri()}#{settings}"
        yield found


@contextlib.contextmanager
def opened(browser, address: str, slow=1):
    """A page of its own, without the network."""
    page = live.new_page(browser, viewport=live.SIZE)
    page.route("http*://**", lambda route: route.abort())
    page.devtools = page.context.new_cdp_session(page)
    page.devtools.send("Performance.enable")
    page.devtools.send("Emulation.setCPUThrottlingRate", {"rate": slow})
    page.goto(address)
    yield page
    page.close()


# 3. The measurements -------------------------------------------------------------------


def measure_theirs(page) -> dict:
    page.locator("#main-part").scroll_into_view_if_needed()
    page.locator("#play-pause-button").click()
    return count_pictures(page, THEIR_STATE)


def measure_ours(page) -> dict:
    page.locator(".playground").wait_for()
    page.evaluate(PLAY, [EQUAL, True])
    found = count_pictures(page, OUR_STATE)
    assert page.evaluate(SIDE) == 100, "the surface is not computed as finely as theirs"
    page.evaluate(PLAY, [EQUAL, False])
    page.evaluate(WATCH)
    found[SCRUB] = scrub(page)
    found[DRAG] = drag_weight(page)
    page.evaluate(PLAY, [FASTEST, True])
    found[STEPS] = [page.evaluate(SPEED, SECONDS)]
    return found


def measure_seeds(page) -> dict:
    page.locator(".playground").wait_for()
    return {SEEDS: [page.evaluate(TRY)]}


def measure_python(browser, server, hidden) -> dict:
    live.write_notebook(server.course, "followed", [CELL.format([*hidden])])
    notebook = live.Notebook(browser, server, "followed")
    notebook.give_room(True)
    notebook.run_all()
    cell = notebook.show_cell(0)
    cell.get_by_role("button", name="Play", exact=True).click()
    time.sleep(WARM_UP)
    times, passed = notebook.page.evaluate(COUNT % OUR_STATE, SECONDS)
    notebook.close()
    return {FOLLOWED: [1000 * len(times) / passed]}


MEASURES = {OURS: measure_ours, THEIRS: measure_theirs}


def count_pictures(page, state: str) -> dict:
    """Count the pictures of a page that trains."""
    time.sleep(WARM_UP)
    before = busy(page)
    times, passed = page.evaluate(COUNT % state, SECONDS)
    work = busy(page) - before
    between = [later - earlier for earlier, later in itertools.pairwise(times)]
    count = len(real("pictures", times))
    rate, share = 1000 * count / passed, 1000 * work / count
    return {PICTURES: [rate], INTERVAL: between, WORK: [share]}


def busy(page) -> float:
    """The seconds for which the page's main thread has worked."""
    metrics = page.devtools.send("Performance.getMetrics")["metrics"]
    return next(each["value"] for each in metrics if each["name"] == "TaskDuration")


def scrub(page) -> list[float]:
    """Drag the slider from the end of a long run to its beginning and back."""
    page.evaluate(LENGTHEN, LONG)
    page.evaluate(PLAY, [EQUAL, True])  # so that the slider knows of them
    time.sleep(0.2)
    page.evaluate(PLAY, [EQUAL, False])
    box = page.get_by_role("slider", name="step", exact=True).bounding_box()
    end, y = box["x"] + box["width"] - EDGE, box["y"] + box["height"] / 2
    return drag(page, (end, y), way=2 * EDGE - box["width"])


def drag_weight(page) -> list[float]:
    """Drag the first weight, by its edge, up and down again."""
    return drag(page, page.evaluate(MIDDLE), way=100)


def drag(page, start, way: float) -> list[float]:
    """Drag from a point sideways and back; the milliseconds until each move is painted."""
    time.sleep(0.3)  # what came before is painted
    x, y = start
    page.mouse.move(x, y)
    page.mouse.down()
    for turn in range(1, MOVES + 1):
        time.sleep(0.02 + 0.0037 * (turn % 5))  # anywhere between two frames
        share = min(turn, MOVES - turn) / (MOVES / 2)
        page.mouse.move(x + way * share, y)
    page.wait_for_function("!window.waiting.length")
    page.mouse.up()
    return page.evaluate("window.times.splice(0)")


def measure(browser, options) -> dict:
    """All figures of all cases, in turns: (playground, sizes) -> figure -> its values."""
    found = defaultdict(lambda: defaultdict(list))
    with addresses(options.tensorflow) as starts, live.lab() as server:
        turns = range(1, options.runs + 1)
        for turn, hidden, name in itertools.product(turns, SIZES, starts):
            print(f"Run {turn}: {title_of(hidden)}, {name}", file=sys.stderr)
            address = starts[name] + ",".join(map(str, hidden))
            with opened(browser, address, options.slow) as page:
                keep(found[name, hidden], MEASURES[name](page))
            if name == OURS:
                keep(found[PYTHON, hidden], measure_python(browser, server, hidden))
        original = f"{starts[OURS]}3,3,2&data=xor&batch=1&scheme=normal"
        for _ in turns:
            with opened(browser, original, options.slow) as page:
                keep(found[OURS, ORIGINAL], measure_seeds(page))
    return found


def keep(found, case: dict):
    """Add what was measured in a case to what was found before."""
    for figure, values in case.items():
        found[figure] += real(figure.label, values)


def main() -> int:
    parser = argparse.ArgumentParser(description="Measure the playground in Chromium.")
    parser.add_argument("--runs", type=int, default=RUNS, help="of each case")
    parser.add_argument(
        "--slow", type=float, default=1, help="slow the processor so far"
    )
    parser.add_argument("--tensorflow", type=Path, metavar="FOLDER", help="a built one")
    options = parser.parse_args()
    if live.missing():
        sys.exit(f"Can't measure: {live.missing()}.")
    if options.tensorflow and not (options.tensorflow / "dist").exists():
        print(f"{options.tensorflow / 'dist'} is missing, so it is passed over.")
        options.tensorflow = None
    with live.browser() as browser:
        found = measure(browser, options)
    missed = print_table(found, judged=options.slow == 1)
    if options.tensorflow:
        print_ratios(found)
    if missed:
        print("Beyond the limit:", ", ".join(missed))
    return MISSED if missed else 0


if __name__ == "__main__":
    sys.exit(main())
