"""Measure the panels in a real JupyterLab and Chromium.

    python benchmarks/panels.py              from key press to new picture
    python benchmarks/panels.py --play 10    the kernel's memory over 10 minutes of Play

The first presses arrow keys on each slider of each panel. A time runs from the key
press to the frame in which the browser has painted the new picture. The next key comes
when the picture has stood still for a while. Beside each median stands the slowest of
ten. Needs Chromium, like the browser tests, and a machine that does nothing else.

The second lets the training panel play, again from the start whenever it is at the
end, and prints the pictures a second and how much memory the kernel holds.
"""

import argparse
import statistics
import sys
import time
from pathlib import Path

import nbformat
import nbformat.v4 as form
import numpy as np
import psutil

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.measured import MISSED, real
from tests import live
from tests.wait import wait_until

# Panel -> the limit of its median, in milliseconds.
LIMITS = {
    "activation_panel": 100,
    "initialization_panel": 100,
    "gradient_panel": 100,
    "slice_panel": 100,
    "pass_panel": 100,
    "training_panel": 150,
}
SETTINGS = {"pass_panel": "step=10"}  # the stage at which every setting counts
NO_EFFECT = {("gradient_panel", "alpha")}  # its activation, tanh, has no alpha
START = 'import sys; sys.path.insert(0, "..")\nfrom course import panels'
PAUSE = 0.1  # seconds without work between two keys

# Told by the page: when a key went down, and when a frame with a new picture was painted.
WATCH = """root => {
    const seen = window.seen = {key: 0, painted: 0};
    const paint = () => { seen.painted ||= performance.now() };
    addEventListener('keydown', event => {
        Object.assign(seen, {key: event.timeStamp, painted: 0}) }, true);
    new MutationObserver(changes => {
        const img = root.querySelector('img');
        const is_new = changes.some(change => [...change.addedNodes].includes(img));
        // The frame's callbacks run before it is painted, a task after them follows it.
        if (is_new) requestAnimationFrame(() => {
            const after = new MessageChannel();
            after.port1.onmessage = paint;
            after.port2.postMessage(null) });
    }).observe(root, {subtree: true, childList: true}) }"""
TIME = "() => window.seen.painted && window.seen.painted - window.seen.key"


def write_notebook(course):
    """A notebook with every panel in a cell of its own."""
    cells = [START, *(f"panels.{name}({SETTINGS.get(name, '')})" for name in LIMITS)]
    notebook = form.new_notebook(cells=[form.new_code_cell(cell) for cell in cells])
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3"}
    nbformat.write(notebook, course / "notebooks" / "panels.ipynb")


# From key to picture -------------------------------------------------------------------


def measure_latency(notebook, keys):
    """Print a table; return the names of the panels over their limits."""
    print(f"{'panel':22}{'slider':16}{'median':>10}{'slowest of ten':>16}")
    slow = []
    for (name, limit), cell in zip(LIMITS.items(), notebook.panels(), strict=True):
        root, all_times = notebook.show(cell), []
        root.get_by_role("img").wait_for()
        root.evaluate(WATCH)
        for label, slider in sliders_of(root):
            if (name, label) in NO_EFFECT:
                continue
            presses = [press(notebook.page, slider, turn) for turn in range(keys)]
            times = list(filter(None, presses))
            print_row(name, label, times)
            all_times += times
        print_row(name, f"all (limit {limit})", all_times)
        if statistics.median(all_times) > limit:
            slow.append(name)
    return slow


def sliders_of(root):
    pairs = root.locator(".widget-hbox:has(> .widget-slider)").all()
    return [(pair.inner_text().strip(), pair.get_by_role("slider")) for pair in pairs]


def press(page, slider, turn):
    """Press a key; return the milliseconds to the new picture, or say that none comes."""
    # There and back, so that the slider never stands at its end.
    far = ["ArrowRight", "ArrowLeft"] if not is_at_end(slider) else None
    key = (far or ["ArrowLeft", "ArrowRight"])[turn % 2]
    slider.press(key)
    try:
        wait_until(lambda: page.evaluate(TIME), "no new picture in 20 seconds", 20)
    except TimeoutError as error:
        print(f"{key}: {error}, so it doesn't count")
    time.sleep(PAUSE)
    return page.evaluate(TIME)


def is_at_end(slider):
    now, last = (slider.get_attribute(f"aria-value{each}") for each in ("now", "max"))
    return float(now) >= float(last)


def print_row(name, label, times):
    slowest = np.percentile(real(label, times), 90)
    middle = statistics.median(times)
    print(f"{name:22}{label:16}{middle:7.0f} ms{slowest:13.0f} ms", flush=True)


# Memory --------------------------------------------------------------------------------


def measure_memory(notebook, server, minutes, every=15):
    """Print the kernel's memory while the training panel plays."""
    cell = notebook.panels()[list(LIMITS).index("training_panel")]
    root, kernel = notebook.show(cell), kernel_of(server)
    play = root.get_by_role("button", name="Play", exact=True)
    start, pictures, sizes = time.monotonic(), 0, []
    root.evaluate(COUNT_PICTURES)
    print(f"{'minutes':>8}{'pictures':>10}{'kernel':>12}")
    while time.monotonic() - start < 60 * minutes or len(sizes) < 2:
        if play.is_visible():  # at the end, or not begun
            play.click()
        time.sleep(0.2)
        passed = time.monotonic() - start
        if passed >= every * len(sizes):
            sizes.append(kernel.memory_info().rss / 2**20)
            pictures = notebook.page.evaluate("window.pictures")
            print(f"{passed / 60:8.2f}{pictures:10}{sizes[-1]:9.1f} MiB", flush=True)
    real("pictures", [pictures])
    # The first minute fills caches: the texts that were drawn, the curves of a run.
    settled = sizes[min(len(sizes) // 2, 60 // every) :]
    print(f"Pictures a second: {pictures / passed:.1f}")
    print(f"Growth after the first minute: {settled[-1] - settled[0]:+.1f} MiB")


COUNT_PICTURES = """root => { window.pictures = 0;
    new MutationObserver(changes => changes.forEach(change =>
        [...change.addedNodes].forEach(node => window.pictures += node.tagName === 'IMG'))
    ).observe(root, {subtree: true, childList: true}) }"""


def kernel_of(server):
    """The process of the only kernel."""
    children = psutil.Process(server.process.pid).children(recursive=True)
    return next(each for each in children if "ipykernel_launcher" in each.cmdline())


def main() -> int:
    parser = argparse.ArgumentParser(description="Measure the panels in JupyterLab.")
    parser.add_argument("--play", type=float, metavar="MINUTES", help="measure memory")
    parser.add_argument("--keys", type=int, default=20, help="key presses per slider")
    options = parser.parse_args()
    if live.missing():
        sys.exit(f"Can't measure: {live.missing()}.")
    with live.lab() as server, live.browser() as browser:
        write_notebook(server.course)
        notebook = live.Notebook(browser, server, "panels")
        notebook.run_all()
        if options.play:
            slow = measure_memory(notebook, server, options.play)
        else:
            slow = measure_latency(notebook, options.keys)
        notebook.close()
    if slow:
        print("Over the limit:", ", ".join(slow))
    return MISSED if slow else 0


if __name__ == "__main__":
    sys.exit(main())
