"""Measure how soon the book's playgrounds learn, on a slow line and a slow processor.

    python benchmarks/book.py                       a book that is built for this
    python benchmarks/book.py FOLDER index 00_first_look    pages of one that is there

Each page is opened in Chromium with nothing in its cache, at 390x844, from a plain server
that compresses nothing, over 4 Mbit/s with a latency of 40 ms, the processor slowed four
times. From the page's first contentful paint on it is told when its first playground is
there, and when the loss of the training data is half of what it was. The one of the front
page plays by itself; in a notebook it is scrolled to, unfolded, and played as soon as it is
there. Needs a machine that does nothing else.
"""

import argparse
import contextlib
import functools
import statistics
import sys
import tempfile
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.measured import MISSED, real
from course.__main__ import main as course
from tests import live

PHONE = {"width": 390, "height": 844}
LINE = {"latency": 40, "downloadThroughput": 500_000, "uploadThroughput": 500_000}
SLOW = 4  # the processor, so many times
MOST = 3  # seconds from the first paint on
RUNS = 5
# Notes when a playground is there, and when its loss is half of what it was.
WATCH = """() => {
    const noted = (window.noted = {});
    const look = () => {
        const place = document.querySelector('[data-playgrounds]');
        const view = place?.querySelector('.playground')?.view;
        if (place && !view && !('plays' in place.dataset)) {
            place.closest('details')?.setAttribute('open', '');
            place.scrollIntoView();
        }
        if (view) {
            const { run } = view.session, loss = run.losses().train;
            noted.there ??= performance.now();
            noted.first ??= loss;
            if (!('plays' in place.dataset) && !noted.pressed) {
                noted.pressed = true;
                view.root.querySelector('[aria-label=Play]').click();
            }
            if (loss < noted.first / 2) noted.learned ??= performance.now();
        }
        if (!noted.learned) requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
}"""
FOUND = """() => {
    const [paint] = performance.getEntriesByName('first-contentful-paint');
    const { there, learned } = window.noted;
    return [paint.startTime, there, learned].map(time => time / 1000) }"""


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *args):
        pass


@contextlib.contextmanager
def served(folder):
    """Serve the book; its address."""
    handler = functools.partial(Quiet, directory=folder)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def measure(browser, address) -> tuple[float, float, float]:
    """Seconds: to the first paint; from there to the playground, and until it learned."""
    page = live.new_page(browser, viewport=PHONE)
    devtools = page.context.new_cdp_session(page)
    devtools.send("Network.enable")
    devtools.send("Network.emulateNetworkConditions", {"offline": False, **LINE})
    devtools.send("Emulation.setCPUThrottlingRate", {"rate": SLOW})
    page.add_init_script(f"({WATCH})()")
    page.goto(address, wait_until="commit")
    page.wait_for_function("window.noted?.learned", polling=500)
    paint, there, learned = real(address, page.evaluate(FOUND))
    page.close()
    return paint, there - paint, learned - paint


def alive(folder) -> list[str]:
    """The pages that have a playground, by name."""
    pages = sorted(Path(folder).glob("*.html"))
    return [page.stem for page in pages if b"data-playgrounds" in page.read_bytes()]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", nargs="?", help="a book that is built")
    parser.add_argument("pages", nargs="*", help="names; all with a playground")
    parser.add_argument("--runs", type=int, default=RUNS, help="of each page")
    options = parser.parse_args()
    if live.missing():
        sys.exit(f"Can't measure: {live.missing()}.")
    with tempfile.TemporaryDirectory() as made, live.browser() as browser:
        folder = options.folder or made
        if not options.folder and course(["site", folder]):
            return 1
        print(
            f"{'seconds, median (most)':30}{'first paint':>14}{'there':>14}{'learned':>14}"
        )
        missed = []
        with served(folder) as address:
            for name in options.pages or alive(folder):
                runs = [
                    measure(browser, f"{address}{name}.html")
                    for _ in range(options.runs)
                ]
                times = [(statistics.median(all_), max(all_)) for all_ in zip(*runs)]
                shown = "".join(f"{a:>7.2f} ({b:.2f})" for a, b in times)
                print(f"{name:30}{shown}", flush=True)
                missed += [name] * (times[-1][0] > MOST)
    if missed:
        print(f"Learned later than {MOST} seconds after the paint: {', '.join(missed)}")
    return MISSED if missed else 0


if __name__ == "__main__":
    sys.exit(main())
