"""Run the notebooks of a published site in a browser, and compare what they print.

With another Python, NumPy and Matplotlib than here they must still print what the
notebooks of this folder hold.
"""

import re
import time

from course import record
from course.tools import CommandError, find_notebooks, live
from course.tools.notebooks import read, tags

OPENING = 30  # seconds in which the page opens
STARTING = 180  # seconds in which Python starts, packages and all
RUNNING = 900  # seconds for all cells of a notebook
# Runs code in the notebook's kernel, in no cell; tells what it prints or raises.
RUN_CODE = f"""async code => {{ {live.PRELUDE}
    const kernel = it.context.sessionContext.session.kernel;
    const future = kernel.requestExecute({{ code, store_history: false }});
    const told = [];
    future.onIOPub = ({{ content }}) => told.push(
        content.text ?? content.traceback?.join('\\n') ?? '');
    await future.done;
    return told.join('') }}"""
RUN_ALL = "() => window.jupyterapp.commands.execute('notebook:run-all-cells')"
HAS_KERNEL = f"""async () => {{ {live.PRELUDE}
    return !!it?.context?.sessionContext?.session?.kernel }}"""
NOTICE = record.KEPT.format("in this browser") + "\n"  # the first visit prints it, too
UNCOMPARED = {"nbval-ignore-output", "nbval-skip"}


def check(address) -> int:
    """Run all notebooks of the site; print a table; 1 if anything differs."""
    if missing := live.missing():
        raise CommandError(missing)
    total = 0
    with live.browser() as browser:
        context = browser.new_context(viewport=live.SIZE)  # what it fetched is kept
        for path in find_notebooks([]):
            began = time.monotonic()
            told = run(context, address, path)
            seconds = time.monotonic() - began
            result = f"differs in {len(told)}" if told else "the same"
            print(f"{path.stem:<20} {result:<16} {seconds:4.0f} s", flush=True)
            for line in told:
                print(f"    {line}", flush=True)
            total += len(told)
    return 1 if total else 0


def run(context, address, path) -> list[str]:
    """Run one notebook; what it prints otherwise than is stored."""
    site = Site(context, address, path.stem)
    try:
        site.start()
        site.run_all()
        return differences(read(path).cells, site.cells())
    finally:
        site.page.close()


class Site:
    """A notebook of a site, open in a page of its own."""

    def __init__(self, context, address, name):
        self.lost = []
        if not re.fullmatch(r"https?://\S+", address):
            raise CommandError(f"{address!r} is no address: it begins with https://")
        lite = re.sub(r"(/lite\b.*|/index\.html)?/*$", "", address) + "/lite"
        self.url = f"{lite}/lab/index.html?path=notebooks/{name}.ipynb"
        self.here = "/".join(address.split("/")[:3]), "blob:", "data:"
        self.page = context.new_page()
        self.page.on("requestfailed", lambda request: self.lost.append(request.url))

    def start(self):
        """Open it and wait for Python; a `CommandError` says what doesn't come."""
        try:
            answer = self.page.goto(self.url)
        except live.Error as error:
            raise CommandError(
                f"can't reach {self.url}: {_first_line(error)}"
            ) from None
        if answer.status != 200:
            raise CommandError(f"{self.url} isn't there: {answer.status}")
        try:
            self.page.wait_for_function("window.jupyterapp", timeout=1000 * OPENING)
        except live.Error:
            raise CommandError(f"there is no JupyterLite at {self.url}") from None
        end = time.monotonic() + STARTING
        while not self.ask(HAS_KERNEL):
            self._wait(end)
        self.run_code("", STARTING)

    def run_code(self, code, seconds=60) -> str:
        """Run code in the notebook's kernel, in no cell; what it prints or raises."""
        return self.ask(RUN_CODE, code, seconds)

    def run_all(self, seconds=RUNNING):
        """Run all cells, until one fails."""
        self.ask(RUN_ALL, seconds=seconds)

    def cells(self) -> list:
        """All cells as they are now, in the form of a notebook file."""
        return self.page.evaluate(live.CELLS)

    def ask(self, script, argument=None, seconds=60):
        """What an asynchronous script of the page gives.

        Its kernel waits for ever for what it can't reach. So we look for that meanwhile.
        """
        self.page.evaluate(
            f"argument => {{ window.given = null; ({script})(argument).then("
            "value => window.given = [value], error => window.given = [`${error}`]) }",
            argument,
        )
        end = time.monotonic() + seconds
        while (given := self.page.evaluate("window.given")) is None:
            self._wait(end)
        return given[0]

    def _wait(self, end):
        away = [url for url in self.lost if not url.startswith(self.here)]
        if away:
            raise CommandError(f"the site is there, but not {away[0]}")
        if time.monotonic() > end:
            raise CommandError(f"{self.url} takes too long")
        self.page.wait_for_timeout(100)


# What is printed -----------------------------------------------------------------------


def differences(stored, run) -> list[str]:
    """What a run prints otherwise than is stored, a line for each cell.

    Both are the cells of a notebook; they meet by their ids. After an error no cell ran.
    """
    ran = {cell["id"]: cell for cell in run}
    told = []
    for cell in stored:
        if cell["cell_type"] != "code" or "solution" in tags(cell):
            continue
        if cell["id"] not in ran:
            told.append(f"{cell['id']}: it isn't there")
            continue
        outputs = ran[cell["id"]]["outputs"]
        if error := _error(outputs):
            return [*told, f"{cell['id']}: it stopped: {error}"]
        if not UNCOMPARED & set(tags(cell)):
            told += _difference(cell["id"], printed(cell["outputs"]), printed(outputs))
    return told


def _difference(name, stored, ran):
    pairs = zip([*stored, *[""] * len(ran)], [*ran, *[""] * len(stored)])
    for here, there in pairs:
        if here != there:
            return [f"{name}: {here!r} is {there!r} there"]
    return []


def printed(outputs) -> list[str]:
    """The lines of text in the outputs of a cell."""
    text = ""
    for output in outputs:
        words = output.get("text") or output.get("data", {}).get("text/plain", "")
        ends = words and output["output_type"] != "stream"
        text += "".join(words) + "\n" * bool(ends)
    return [line.rstrip() for line in text.replace(NOTICE, "").splitlines()]


def _error(outputs):
    for output in outputs:
        if output["output_type"] == "error":
            return f"{output['ename']}: {output['evalue']}"
    return ""


def _first_line(error):
    return str(error).partition("\n")[0]
