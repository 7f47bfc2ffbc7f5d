"""One script of all modules, and the page that holds it: the same numbers, nothing loaded."""

import re
import shutil
from html.parser import HTMLParser

import pytest

from course.__main__ import main
from course.page import KEYS
from course.page.modules import together
from course.tools import playground
from tests.playground.node import FOLDER, node

RUN = "\nconst run = new Run({step: 50, data: 'hills', l1: 0.001});"
RUN += "\nconsole.log(JSON.stringify([Array.from(run.p), run.losses()]));"

WIDGETS = ["playground/widget.js", "questions/question.js", "panels/clicks.js"]
WIDGETS += ["lessons/your_network/pad.js"]
PAGES = ["playground/mount.js", "playground/book.js"]


@pytest.mark.parametrize("name", WIDGETS + PAGES)
def test_the_joined_script_is_one_module(name, tmp_path):
    """Guards: a name that two modules have, which would be declared twice; an import that
    is left; each module in it once, and no default but a widget's."""
    script = together(FOLDER.parent / name)
    (tmp_path / "all.mjs").write_text(KEYS + script, encoding="utf-8")
    node("--check", tmp_path / "all.mjs")
    runs = re.findall(r"^class Run\b", script, re.MULTILINE)
    assert len(runs) == name.startswith("playground")
    exported = re.findall(r"^export .*", script, re.MULTILINE)
    assert [line.split()[:2] for line in exported] == [["export", "default"]] * (
        name in WIDGETS
    )


def test_modules_and_joined_script_give_the_same_numbers(tmp_path):
    """Guards: the modules as they are, which a page may load one by one, and the order in
    which they are joined."""
    for path in [*FOLDER.glob("*.js"), *FOLDER.glob("*.json")]:
        shutil.copy(path, tmp_path)
    (tmp_path / "package.json").write_text('{"type": "module"}')
    modules, script = tmp_path / "modules.mjs", tmp_path / "script.mjs"
    modules.write_text('import { Run } from "./run.js";' + RUN, encoding="utf-8")
    script.write_text(together(FOLDER / "run.js") + RUN, encoding="utf-8")
    told = node(modules)
    assert told == node(script) and "train" in told


UNKNOWN = {
    "all of it": 'import * as data from "./data.js";\n',
    "for its effect": 'import "./data.js";\n',
    "another name": 'import { a as b } from "./data.js";\n',
    "two at once": 'import a, { b } from "./data.js";\n',
    "a package": 'import { a } from "three";\n',
    "a default": 'import a from "./data.js";\n',
    "data by names": 'import { a } from "./some.json" with { type: "json" };\n',
    "export of all": 'export * from "./data.js";\n',
    "export of another": 'export { a } from "./data.js";\n',
    "export by another name": "const a = 1;\nexport { a as b };\n",
    "a default below": 'import { a } from "./top.js";\n',
}


@pytest.mark.parametrize("name", UNKNOWN)
def test_other_forms_are_refused(name, tmp_path):
    """Guards: a module that Node takes as it is, and that breaks only when it is joined."""
    (tmp_path / "data.js").write_text("export const a = 1;\n")
    (tmp_path / "top.js").write_text("const a = 1;\nexport default a;\n")
    (tmp_path / "some.json").write_text("{}\n")
    (tmp_path / "it.js").write_text(UNKNOWN[name])
    with pytest.raises(ValueError, match="unknown form|imported as one name"):
        together(tmp_path / "it.js")


def test_known_forms_are_joined_each_below_what_it_needs(tmp_path):
    """Guards: an import in several lines; what two need stands once, above both, also where
    two folders import it by two paths."""
    texts = {
        "play/a.js": 'import SOME from "./some.json" with { type: "json" };\n\n'
        "export { SOME };\nexport const a = 1;\n",
        "play/b.js": 'import { a } from "./a.js";\n\nexport function b() {}\n',
        "play/some.json": '{ "x": 1 }\n',
        "one/c.js": 'import { a } from "../play/a.js";\nexport const c = a;\n',
        "one/top.js": 'import {\n  a,\n  SOME,\n} from "../play/a.js";\n'
        'import { b } from "../play/b.js";\nimport { c } from "./c.js";\n\n'
        "export class C {}\nexport async function d() {}\nexport default { b };\n",
    }
    for name, text in texts.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    words = (
        'const SOME = { "x": 1 }; const a = 1; function b() {} const c = a; class C {} '
    )
    words += "async function d() {} export default { b };"
    assert " ".join(together(tmp_path / "one/top.js").split()) == words


class Page(HTMLParser):
    """The attributes of each tag, and what stands in it."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.texts, self.now = [], {}, ""
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.now = tag
        self.tags.append((tag, dict(attributes)))

    def handle_data(self, text):
        self.texts[self.now] = self.texts.get(self.now, "") + text


ADDRESS = "data=own&points=1 2 0.5&hidden=3&activation=relu,tanh"


@pytest.fixture
def made(tmp_path, capsys):
    path = tmp_path / "page.html"
    assert main(["playground", str(path), "--settings", ADDRESS]) == 0
    assert str(path) in capsys.readouterr().out
    return path


def test_the_page_needs_nothing_else(made):
    """Guards: whoever opens the file, without a server and without a network, in any
    language and on a phone; a script that ends too early; and how it starts."""
    page = Page(made.read_text(encoding="utf-8"))
    tags = dict(page.tags)
    assert tags["html"] == {"lang": "en"} and page.texts["title"].strip()
    metas = [attributes for tag, attributes in page.tags if tag == "meta"]
    assert {"charset": "utf-8"} in metas
    [view] = [meta["content"] for meta in metas if "name" in meta]
    assert "width=device-width" in view
    assert tags["main"] == {"id": "playground", "data-start": ADDRESS}
    assert tags["script"] == {"type": "module"}
    assert "mountPage(place" in page.texts["script"]
    assert not {"link", "img", "iframe"} & set(tags)
    used = page.texts["style"] + page.texts["script"]
    assert not re.search(
        r"@import|url\(|\bfetch\(|\bimport\(|^import |src=", used, re.MULTILINE
    )
    assert not re.search(
        "STYLE|START|SCRIPT", made.read_text("utf-8").partition("<script")[0]
    )


def test_texts_do_not_end_their_places(tmp_path, monkeypatch):
    """Guards: a quote in the address, an end tag in a text of the script, and what stands
    around the joined script, which Node reads as a browser does."""
    folder = tmp_path / "playground"
    for one in FOLDER, FOLDER.with_name("page"):
        shutil.copytree(one, tmp_path / one.name)
    with open(folder / "mount.js", "a", encoding="utf-8") as file:
        file.write('const odd = "</script><b>";\nconst bold = `<b>${odd}</b>`;\n')
    monkeypatch.setattr(playground, "FOLDER", folder)
    path = tmp_path / "page.html"
    assert main(["playground", str(path), "--settings", 'data="><b>&amp;']) == 0
    page = Page(path.read_text(encoding="utf-8"))
    assert dict(page.tags)["main"]["data-start"] == 'data="><b>&amp;'
    assert "b" not in dict(page.tags) and page.now == "script"
    (tmp_path / "page.mjs").write_text(page.texts["script"], encoding="utf-8")
    node("--check", tmp_path / "page.mjs")


def test_the_command_refuses_what_it_must_not_write(made, tmp_path, capsys):
    """Guards: a file that is somebody's, and an error that says nothing to do."""
    assert main(["playground", str(made)]) == 0
    assert 'data-start=""' in made.read_text("utf-8")
    other = tmp_path / "mine.html"
    other.write_text("<!doctype html>\nmine")
    assert main(["playground", str(other)]) == 1
    assert other.read_text() == "<!doctype html>\nmine"
    assert "mine.html already exists" in capsys.readouterr().err
    assert main(["playground", str(tmp_path)]) == 1
    assert "is a folder: name a file" in capsys.readouterr().err
    nowhere = str(tmp_path / "none" / "play.html")
    assert main(["playground", nowhere]) == 1
    assert f"{nowhere}: make it first" in capsys.readouterr().err
