"""Plant faults that a learner would see into the panels and pictures: a test turns red.

    .venv/bin/python tests/mutate_panels.py               all of them, some minutes
    .venv/bin/python tests/mutate_panels.py stale Back    those with such a word

Each is what a slip of the hand would do: an axis swapped, a picture that stays, a slider
bound to another setting. It is made in a copy of the course, where the tests of pictures
or of panels run until the first fails. The command ends with 1 if a fault is not
noticed. `mutate.py` does the same to a module by rule and not by hand.
"""

import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import NamedTuple

from cosmic_ray.testing import run_tests
from cosmic_ray.work_item import TestOutcome

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.mutate import PYTEST, enter_copy, time_without_fault

LIMIT = 900  # seconds for the tests


class Fault(NamedTuple):
    """A text that stands once in a module, and what a slip would make of it."""

    title: str
    module: str
    old: str
    new: str

    def planted(self) -> str:
        """The text of the module with the fault."""
        source = (ROOT / "course" / self.module).read_text(encoding="utf-8")
        count = source.count(self.old)
        if count != 1:
            raise ValueError(f"{self.title}: its text stands {count} times")
        return source.replace(self.old, self.new)


FAULTS = [
    Fault(
        "a stale picture: nothing is drawn a second time",
        "panels/view.py",
        "if self._drawn.get(name) == key:",
        "if name in self._drawn:",
    ),
    Fault(
        "a stale surface while the step slider moves",
        "panels/training.py",
        'self.paint("surface", now,',
        'self.paint("surface", id(run),',
    ),
    Fault(
        "a stale curve below the mark when another run comes",
        "panels/training.py",
        "curves = id(run), id(self.previous)",
        'curves = "always the same"',
    ),
    Fault(
        "stale words below a new picture",
        "panels/panel.py",
        "self.view.size)\n        self.show_message(self.shown.line)",
        "self.view.size)",
    ),
    Fault(
        "an alt text that tells no state",
        "panels/panel.py",
        "html.escape(shown.alt)",
        "html.escape(shown.alt[:12])",
    ),
    Fault(
        "a slider bound to another setting: weight starts at the bias",
        "panels/activation.py",
        'Number("weight", weight,',
        'Number("weight", bias,',
    ),
    Fault(
        "two sliders bound crosswise: weight and bias",
        "panels/activation.py",
        'work["weight"] = Number("weight", weight, -3, 3, 0.1, width="100px")\n'
        '    work["bias"] = Number("bias",',
        'work["bias"] = Number("weight", weight, -3, 3, 0.1, width="100px")\n'
        '    work["weight"] = Number("bias",',
    ),
    Fault(
        "a slider that doesn't follow its number box",
        "panels/controls.py",
        "        self.slider.value = self._inside(value)\n",
        "",
    ),
    Fault(
        "a learning rate slider that ends at 1",
        "panels/controls.py",
        "FloatLogSlider(min=low, max=high,",
        "FloatLogSlider(min=low, max=0,",
    ),
    Fault(
        "the network of a step before",
        "panels/run.py",
        "[0] if step > start else params",
        "[0] if step > start + 1 else params",
    ),
    Fault(
        "the training point of the step to come is ringed",
        "panels/run.py",
        "return self.samples[step - 1] if step",
        "return self.samples[step % len(self.samples)] if step",
    ),
    Fault(
        "Back goes forwards",
        "panels/panel.py",
        "min(max(step.value + steps, 0)",
        "min(max(step.value + abs(steps), 0)",
    ),
    Fault(
        "Reset goes to the first step, not to the start",
        "panels/panel.py",
        'self.look["step"].set(0)',
        'self.look["step"].set(1)',
    ),
    Fault(
        "the run before is not shown for comparison",
        "panels/training.py",
        "self.previous = self.curve if",
        "self.previous = None if",
    ),
    Fault(
        "old panels live on when a cell is run again",
        "panels/panel.py",
        "            older.close()\n",
        "            pass\n",
    ),
    Fault(
        "an exception vanishes",
        "panels/panel.py",
        "                self.show_message(_message(error))\n",
        "",
    ),
    Fault(
        "a file is replaced without a question",
        "panels/panel.py",
        "if os.path.exists(path) and self._asked != path:",
        "if not path:",
    ),
    Fault(
        "two columns of a CSV file under each other's names",
        "panels/activation.py",
        "(f, slope) = np.linspace(-3, 3, 121)",
        "(slope, f) = np.linspace(-3, 3, 121)",
    ),
    Fault(
        "swapped axes of the decision surface",
        "pictures/surfaces.py",
        "np.meshgrid(xs, ys)",
        'np.meshgrid(xs, ys, indexing="ij")',
    ),
    Fault(
        "the decision surface upside down",
        "pictures/surfaces.py",
        'look = {"origin": "lower", "aspect": shape',
        'look = {"origin": "upper", "aspect": shape',
    ),
    Fault(
        "contour lines transposed, the image right",
        "pictures/surfaces.py",
        "ax.contour(xs, ys, heights, levels",
        "ax.contour(ys, xs, heights.T, levels",
    ),
    Fault(
        "swapped names of the axes",
        "pictures/surfaces.py",
        'ax.set_xlabel("x0")\n    ax.set_ylabel("x1")',
        'ax.set_xlabel("x1")\n    ax.set_ylabel("x0")',
    ),
    Fault(
        "the transposed weights on the edges",
        "pictures/networks.py",
        "weights = np.array([layer.W[j, k] for j, k in pairs])",
        "weights = np.array([layer.W.ravel()[j + k * len(layer.W)] for j, k in pairs])",
    ),
    Fault(
        "the bias of unit 0 at every unit",
        "pictures/networks.py",
        'f"b {number(biases[j])}"',
        'f"b {number(biases[0])}"',
    ),
    Fault(
        "blue for negative",
        "pictures/networks.py",
        "POSITIVE if value > 0 else NEGATIVE if value < 0",
        "POSITIVE if value < 0 else NEGATIVE if value > 0",
    ),
    Fault(
        "a loss curve that begins at step 0",
        "pictures/training.py",
        "x = steps_per_point * np.arange(1, len(values) + 1)",
        "x = steps_per_point * np.arange(len(values))",
    ),
    Fault(
        "the mark of the step on the point before it",
        "pictures/training.py",
        "x, height = steps_per_point * (index + 1),",
        "x, height = steps_per_point * index,",
    ),
    Fault(
        "points with the marker of the other class",
        "pictures/surfaces.py",
        "places[targets == target]",
        "places[targets != target]",
    ),
    Fault(
        "an interval of no width",
        "pictures/rates.py",
        "[100 * low, 100 * high], [i, i]",
        "[100 * low, 100 * low], [i, i]",
    ),
    Fault(
        "swapped axes of the hidden space",
        "pictures/hidden_space.py",
        "places = apart @ directions",
        "places = (apart @ directions)[:, ::-1]",
    ),
]


def first_failure(fault) -> str:
    """Plant the fault in this process's copy; the first test that fails, or ''."""
    path = Path("course", fault.module)
    healthy = path.read_text(encoding="utf-8")
    path.write_text(fault.planted(), encoding="utf-8")
    # First the tests of what the fault is in: they fail soon.
    folders = sorted(["pictures", "panels"], key=lambda name: name not in fault.module)
    outcome, output = run_tests(f"{PYTEST} tests/{' tests/'.join(folders)}", LIMIT)
    path.write_text(healthy, encoding="utf-8")
    if outcome == TestOutcome.SURVIVED:
        return ""
    failed = [line for line in output.splitlines() if line.startswith("FAILED")]
    return failed[0].split(" - ")[0] if failed else output.strip()[-200:]


def main(words) -> int:
    chosen = [
        fault for fault in FAULTS if not words or any(w in fault.title for w in words)
    ]
    if not chosen:
        titles = "\n".join(fault.title for fault in FAULTS)
        raise SystemExit(f"no fault has such a word; there are:\n{titles}")
    alive = 0
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder,
        ProcessPoolExecutor(initializer=enter_copy, initargs=[folder]) as pool,
    ):
        command = f"{PYTEST} tests/pictures tests/panels"
        pool.submit(time_without_fault, command, LIMIT).result()
        for fault, failed in zip(chosen, pool.map(first_failure, chosen)):
            alive += not failed
            print(f"{fault.title}: {failed or 'NOT NOTICED'}", flush=True)
    print(f"{len(chosen) - alive} of {len(chosen)} faults turn a test red")
    return 1 if alive else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
