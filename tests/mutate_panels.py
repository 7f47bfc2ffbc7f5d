"""Plant faults that a learner would see into the panels and pictures: a test turns red.

    .venv/bin/python tests/mutate_panels.py               all of them, some minutes
    .venv/bin/python tests/mutate_panels.py stale back    those with such a word

Each is what a slip of the hand would do: an axis swapped, a picture that stays, a slider
bound to another setting. It is made in a copy of the course, where test_pictures.py and
test_panels.py run until the first test fails; then the command says which one did. It
ends with 1 if a fault is not noticed. `mutate_core.py` does the same to mlp_core.py, by
rule and not by hand.
"""

import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from mutate_core import PYTEST, copy_course, run

LIMIT = 900  # seconds for the tests


class Fault(NamedTuple):
    """A text that stands once in a module, and what a slip would make of it."""

    words: str
    module: str
    old: str
    new: str


PANELS, PICTURES = "mlp_panels.py", "mlp_pictures.py"
FAULTS = [
    Fault(
        "a stale picture: nothing is drawn a second time", PANELS,
        "if self._drawn.get(name) == key:", "if name in self._drawn:",
    ),
    Fault(
        "a stale surface while the step slider moves", PANELS,
        'self.paint("surface", now,', 'self.paint("surface", id(run),',
    ),
    Fault(
        "stale words below a new picture", PANELS,
        "self.picture.value = _img(self.shown, self.view.size)\n"
        "        self.say(self.shown.line)",
        "self.picture.value = _img(self.shown, self.view.size)",
    ),
    Fault(
        "an alt text that tells no state", PANELS,
        "html.escape(shown.alt)", "html.escape(shown.alt[:12])",
    ),
    Fault(
        "a slider bound to another setting: weight starts at the bias", PANELS,
        '"weight": Number("weight", weight,', '"weight": Number("weight", bias,',
    ),
    Fault(
        "two sliders bound crosswise: weight and bias", PANELS,
        '"weight": Number("weight", weight, -3, 3, 0.1, width="100px"),\n'
        '            "bias": Number("bias", bias,',
        '"bias": Number("weight", weight, -3, 3, 0.1, width="100px"),\n'
        '            "weight": Number("bias", bias,',
    ),
    Fault(
        "a slider that doesn't follow its number box", PANELS,
        "        self.slider.value = self._inside(value)\n", "",
    ),
    Fault(
        "a learning rate slider that ends at 1", PANELS,
        "FloatLogSlider(min=low, max=high,", "FloatLogSlider(min=low, max=0,",
    ),
    Fault(
        "the network of a step before", PANELS,
        "[0] if step > start else params", "[0] if step > start + 1 else params",
    ),
    Fault(
        "the training point of the step to come is ringed", PANELS,
        "return self.samples[step - 1] if step",
        "return self.samples[step % len(self.samples)] if step",
    ),
    Fault(
        "Back goes forwards", PANELS,
        "min(max(step.value + steps, 0)", "min(max(step.value + abs(steps), 0)",
    ),
    Fault(
        "Reset goes to the first step, not to the start", PANELS,
        'self.look["step"].set(0)', 'self.look["step"].set(1)',
    ),
    Fault(
        "the run before is not shown for comparison", PANELS,
        "self.previous = self.curve if", "self.previous = None if",
    ),
    Fault(
        "old panels live on when a cell is run again", PANELS,
        "            older.close()\n", "            pass\n",
    ),
    Fault(
        "an exception vanishes", PANELS,
        "                self.say(_words(error))\n", "",
    ),
    Fault(
        "a file is replaced without a question", PANELS,
        "if os.path.exists(path) and self._asked != path:", "if not path:",
    ),
    Fault(
        "two columns of a CSV file under each other's names", PANELS,
        "columns = z, unit.activation.f(z), unit.activation.slope(z),",
        "columns = z, unit.activation.slope(z), unit.activation.f(z),",
    ),
    Fault(
        "swapped axes of the decision surface", PICTURES,
        "np.meshgrid(axis, axis)", 'np.meshgrid(axis, axis, indexing="ij")',
    ),
    Fault(
        "the decision surface upside down", PICTURES,
        'np.ma.masked_array(drawn, bad), origin="lower", extent',
        'np.ma.masked_array(drawn, bad), origin="upper", extent',
    ),
    Fault(
        "swapped names of the axes", PICTURES,
        'ax.set_xlabel("x1")\n    ax.set_ylabel("x2")',
        'ax.set_xlabel("x2")\n    ax.set_ylabel("x1")',
    ),
    Fault(
        "the transposed weights on the edges", PICTURES,
        "weights = np.array([layer.W[j, k] for j, k in pairs])",
        "weights = np.array([layer.W.ravel()[j + k * len(layer.W)] for j, k in pairs])",
    ),
    Fault(
        "the bias of unit 0 at every unit", PICTURES,
        "shown[layer - 1].b[j]", "shown[layer - 1].b[0]",
    ),
    Fault(
        "blue for negative", PICTURES,
        "[POSITIVE if v > 0 else NEGATIVE if v < 0",
        "[POSITIVE if v < 0 else NEGATIVE if v > 0",
    ),
    Fault(
        "a loss curve that begins at step 0", PICTURES,
        "x = per_point * np.arange(1, len(values) + 1)",
        "x = per_point * np.arange(len(values))",
    ),
    Fault(
        "the mark of the step on the point before it", PICTURES,
        "[per_point * (index + 1)], [np.clip", "[per_point * index], [np.clip",
    ),
    Fault(
        "points with the marker of the other class", PICTURES,
        "some = places[targets == target]", "some = places[targets != target]",
    ),
    Fault(
        "an interval of no width", PICTURES,
        "[100 * low, 100 * high], [i, i]", "[100 * low, 100 * low], [i, i]",
    ),
    Fault(
        "swapped axes of the hidden space", PICTURES,
        "return (A - self.middle) @ self.directions",
        "return ((A - self.middle) @ self.directions)[:, ::-1]",
    ),
]  # fmt: skip


def planted(fault) -> str:
    """The text of the module with the fault."""
    source = (ROOT / fault.module).read_text(encoding="utf-8")
    if source.count(fault.old) != 1:
        raise ValueError(
            f"{fault.words}: its text must stand once in {fault.module}, not "
            f"{source.count(fault.old)} times"
        )
    return source.replace(fault.old, fault.new)


def main(words) -> int:
    chosen = [
        fault for fault in FAULTS if not words or any(w in fault.words for w in words)
    ]
    tests = [*PYTEST, "tests/test_pictures.py", "tests/test_panels.py"]
    alive = 0
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as place:
        folder = copy_course(Path(place))
        failed, said = run(tests, folder, LIMIT)
        if failed:
            raise SystemExit(f"without a fault something fails already: {said}")
        for fault in chosen:
            path = folder / fault.module
            healthy = path.read_text(encoding="utf-8")
            path.write_text(planted(fault), encoding="utf-8")
            noticed, said = run(tests, folder, LIMIT)
            path.write_text(healthy, encoding="utf-8")
            alive += not noticed
            state = said.split(" - ")[0] if noticed else "NOT NOTICED"
            print(f"{fault.words}: {state}", flush=True)
    print(f"{len(chosen) - alive} of {len(chosen)} faults turn a test red")
    return 1 if alive else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
