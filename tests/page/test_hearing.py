"""page/kernel.js beside the anywidget that is installed: what it gives up to hear is heard."""

import json
from pathlib import Path

import anywidget
import pytest

from course.lessons.your_network.pad import DigitPad
from course.playground import Playground
from course.questions.box import Answers
from tests.playground.node import node

HEARING = Path(__file__).with_name("hearing.js")
DEFINE = "let make; globalThis.define = (_, factory) => (make = factory);\n"


MAKE = {"question": Answers, "pad": lambda: DigitPad(None), "playground": Playground}


@pytest.mark.parametrize("name", MAKE)
def test_a_slow_page_hears_what_anywidget_gives_up_to_hear(name, tmp_path):
    """Guards: a widget that waits for ever, since its script took two seconds to load. If
    a widget without our cure hears as well, anywidget is cured, and kernel.js needs none."""
    whole = Path(anywidget.__file__).with_name("nbextension") / "index.js"
    texts = [path.read_text(encoding="utf-8") for path in (whole, HEARING)]
    (tmp_path / "all.cjs").write_text(DEFINE + "\n".join(texts), encoding="utf-8")
    state, bare = MAKE[name]().get_state(), {"_esm": "export default {};"}
    cases = [(True, state), (False, state), (True, bare)]
    slow, quick, deaf = json.loads(node(tmp_path / "all.cjs", given=json.dumps(cases)))
    assert slow == {"news": [1, 2], "sent": ["request_state"]}
    assert quick == {"news": [1, 2], "sent": []}
    assert deaf == {"news": [], "sent": []}
