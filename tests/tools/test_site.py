"""``python -m course site``: where it writes, what it says, and the pages of the book.

How the book looks in a browser is tested in tests/browser/test_book.py.
"""

import copy
import html
import json
import re
import shlex
import sys
from types import SimpleNamespace

import pytest
from nbformat import v4

import mlp_core as mlp
from course.__main__ import main
from course.lessons import NAMES, load_exercises
from course.panels import training_panel
from course.playground import twin
from course.tools import ROOT, CommandError, find_notebooks, links, manifest, site
from course.tools.book import build, head, notebook_page
from course.tools.exercise_cells import texts_of
from course.tools.notebooks import read
from course.tools.site import PACKAGES

PNG = {"image/png": "iVBORw0KGgo="}
OURS, CLASS = "https://github.com/ada/nets", "https://github.com/eve/class"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder that isn't there yet; the book is one page, which takes no time."""
    made = lambda *given: {"index.html": str(given).encode()}
    monkeypatch.setattr(build, "build", made)
    monkeypatch.setattr(site, "os", SimpleNamespace(name="posix"))
    return tmp_path / "site"


def test_a_folder_gets_the_book_and_keeps_what_is_no_page(folder, capsys):
    """Guards: a page that is gone stays on the web; what somebody wrote there is lost."""
    lite = {"lite/lab/index.html": b"", "index.html": b"old"}  # once it was a part
    manifest.write(folder, lite, "site")
    (folder / "CNAME").write_text("course.example")
    (folder / "lite" / "note.txt").write_text("mine")
    assert main(["site", str(folder)]) == 0
    said = capsys.readouterr().out
    found = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    files = {path.as_posix() for path in found}
    assert files == {manifest.NAME, "index.html", "CNAME", "lite/note.txt"}
    assert (folder / "index.html").read_text() == "('', True)"
    assert "is a site with solutions: 1 files, 0 MB" in said
    assert f" -m http.server --bind 127.0.0.1 -d {shlex.quote(str(folder))}\n" in said
    site.os.name = "nt"
    (folder / "index.html").write_text("mine")
    assert main(["site", str(folder)]) == 0
    assert (folder / "index.html").read_text() == "mine"
    said = capsys.readouterr().out
    assert "index.html stays as it is, because you wrote or changed it" in said
    serve = f'& "{sys.executable}" -m http.server --bind 127.0.0.1 -d "{folder}"'
    assert f": {serve}" in said


def test_a_class_gets_no_solutions_unless_told(folder, tmp_path, capsys):
    """Guards: an option that is ignored; solutions that are brought back by a slip; a site
    that is mixed with a class's copy, or with other files."""
    page, given = folder / "index.html", ["--repository", f"{CLASS}.git"]
    for options, made in [
        ([], ("", True)),
        (given, (CLASS, False)),
        ([*given, "--with-solutions"], (CLASS, True)),
        (["--without-solutions"], ("", False)),
    ]:
        assert main(["site", str(folder), *options]) == 0
        assert page.read_text() == str(made)
    assert "is a site without solutions: 1 files" in capsys.readouterr().out
    assert main(["site", str(folder)]) == main(["handout", str(folder)]) == 1
    told = capsys.readouterr().err
    assert "a site without solutions: give" in told and "a site\n" in told
    copy, other = tmp_path / "class", tmp_path / "other"
    manifest.write(copy, {"README.md": b""}, "with")
    (other / "thesis").mkdir(parents=True)
    assert main(["site", str(copy)]) == main(["site", str(other)]) == 1
    told = capsys.readouterr().err
    assert "holds a hand-out" in told and "already exists; name a folder" in told
    assert [*other.iterdir()] == [other / "thesis"]
    assert not (copy / "index.html").exists()
    assert page.read_text() == str(made)
    page.write_text("mine")
    assert main(["site", str(folder), *given]) == 0
    assert "Does it show a solution?" in capsys.readouterr().out


def test_no_page_for_a_class_tells_a_solution_or_leads_to_one(tmp_path, monkeypatch):
    """Guards: a line or a reason of a solution that the notebooks tell nowhere else, the
    page for teachers, a link to our course."""
    monkeypatch.setattr(links, "addresses", lambda: links.Addresses(OURS, ""))
    cells = [cell for path in find_notebooks([]) for cell in read(path).cells]
    known = [cell.source for cell in cells if cell.cell_type == "code"]
    known.append((ROOT / "mlp_core.py").read_text("utf-8"))
    lines = []
    for exercise in (e for name in NAMES for e in load_exercises(name).values()):
        texts = texts_of(exercise)
        lines += map(squashed, texts.pop("solution").splitlines())
        known += texts.values()
    known = squashed(" ".join(known))
    secret = {line for line in lines if len(line) > 12 and line not in known}
    assert len(secret) > 50
    for name, *given in [("ours",), ("class", CLASS, False), ("bare", "", False)]:
        build.write_pages(tmp_path / name, *given)
        pages = (tmp_path / name).glob("*.[im][pd]*")
        text = squashed("".join(path.read_text("utf-8") for path in pages))
        told = {line for line in secret if line in text}
        assert told == (secret if name == "ours" else set())
        assert ("teaching.md" in text, "ada/nets" in text) == 2 * (name == "ours",)
        chapters = {path.name for path in (tmp_path / name).glob("teaching_*")}
        assert chapters == (set(build.CHAPTERS.values()) if name == "ours" else set())
        assert all(f"]({chapter})" in text for chapter in chapters)
        buttons = len(find_notebooks([])) + 1  # one on the front page
        found = text.count("eve/class/blob/main/notebooks")
        assert found == buttons * (name == "class")
        assert "<summary>Hint" in text and "data-playgrounds" in text


def squashed(text):
    """A text without white space and what JSON puts before quotes."""
    return "".join(html.unescape(text).replace("\\", "").split())


def test_missing_packages_are_named(tmp_path, monkeypatch, capsys):
    """Guards: who has only the learner's packages reads what to install, and has all."""
    monkeypatch.setattr("course.tools.site.find_spec", lambda name: None)
    assert main(["site", str(tmp_path / "site")]) == 1
    told = capsys.readouterr().err
    assert "jupyter_book, sphinx-mathjax-offline is missing" in told
    assert "pip install -r requirements-site.txt" in told
    assert not (tmp_path / "site").exists()
    text = (ROOT / "requirements-site.txt").read_text().replace("_", "-")
    for name in PACKAGES:
        assert f"\n{name.replace('_', '-')}==" in text


def page(*cells):
    """The page of a notebook with these cells below its title, without title and note."""
    cells = [v4.new_markdown_cell("# 9. Nine"), *map(copy.deepcopy, cells)]
    for number, cell in enumerate(cells):
        cell.id = f"cell-{number}"
    made = notebook_page.as_page(v4.new_notebook(cells=cells)).cells
    return [cell for cell in made[1:] if cell.id != "note"]


def code(source, **data):
    metadata = {"image/png": {"alt": "a curve"}} if "image/png" in data else {}
    output = v4.new_output("execute_result", data, metadata=metadata)
    return v4.new_code_cell(source, outputs=[output] if data else [])


QUESTION = code('lesson.predict("x")', **{"text/html": "<p>What?</p>"})
RUN = code("print(1)", **{"text/plain": "1"})
TEXT = v4.new_markdown_cell("So it goes.\n\n```python\n# no heading\n```")
HEADING = v4.new_markdown_cell("Enough.\n\n### Next")
TRIAL = v4.new_markdown_cell("## Try it: a panel")
ALIVE = re.compile('<div data-playgrounds="([^"]*)"></div>')


def test_runs_after_a_question_are_folded_up_to_the_next_heading():
    """Guards: an output that tells the answer, and one that is folded for no reason."""
    cells = page(RUN, QUESTION, RUN, TEXT, RUN, HEADING, RUN, QUESTION, TRIAL, RUN)
    tags = [cell.metadata["tags"] for cell in cells if "tags" in cell.metadata]
    asked, folded = ["remove-input", "question"], ["hide-output"]
    assert tags == [[], asked, folded, folded, [], asked, folded]
    assert cells[2].metadata["mystnb"]["code_prompt_show"] == "Show the result"


def test_what_only_a_live_notebook_can_do_is_left_out():
    """Guards: 'not written yet' and '0 of 6 predictions made', told to a reader."""
    fetch = v4.new_code_cell("fetch()", metadata={"tags": ["fetch"]})
    texts = "## Check your progress\nRun this cell.", notebook_page.TEXTS_LEFT_OUT[1]
    calls = "lesson.check(f)", "lesson.progress()", "lesson.written()"
    check, shown, listed = map(code, calls)
    review = code("lesson.review()", **{"text/html": "<p>What?</p>"})
    progress, before = map(v4.new_markdown_cell, texts)
    assert page(fetch, before, review, check, progress, shown, listed) == []
    assert len(page(code("lesson.check(f)\nprint(g(1))"))) == 1  # a longer cell


def test_the_note_stands_below_the_introduction_above_folded_imports():
    """Guards: a box in the middle of what you will do; lines of no interest."""
    cells = [v4.new_markdown_cell("# 9. Nine"), v4.new_markdown_cell("Time: 9 min")]
    cells.append(code('import sys\nsys.path.insert(0, "..")'))
    notebook = v4.new_notebook(cells=cells)
    before = copy.deepcopy(notebook)
    *_, note, imports = notebook_page.as_page(notebook).cells
    assert (note.id, note.source) == ("note", notebook_page.note([]))
    assert imports.metadata["tags"] == ["hide-input"] and notebook == before


def test_a_panel_is_its_picture_with_its_words_and_a_picture_tells_nothing_twice():
    """Guards: a panel without its numbers, an alt text below its picture."""
    panel = code("panels.training_panel()", **PNG, **{"text/plain": "loss < 1"})
    drawn = code("print(x)\npictures.curve(x)", **PNG, **{"text/plain": "a curve"})
    panel, drawn = page(panel, drawn)
    picture, words = panel.outputs
    assert picture.data == PNG and panel.metadata["tags"] == ["remove-input"]
    assert words.data["text/html"] == '<p class="panel">Panel: loss &lt; 1</p>'
    assert panel.metadata["mystnb"]["image"]["alt"] == "a curve"
    assert [output.data["image/png"] for output in drawn.outputs] == [PNG["image/png"]]
    assert drawn.metadata["tags"] == []  # more than one call: the code is to be read


def test_a_playground_is_its_picture_and_its_settings():
    """Guards: settings that end their place in the page, or are lost; lost words."""
    play = code("play", **PNG, **{"text/plain": "loss 1"})
    settings = [{"data": "xor", "points": [[1, 2, 0.5]]}, {"seed": 2}]
    play.outputs[0].metadata["image/png"]["playground"] = settings
    [cell] = page(play)
    picture, words = cell.outputs
    assert picture.metadata == {"image/png": {"alt": "a curve"}}
    [told] = ALIVE.findall(words.data["text/html"])
    assert json.loads(html.unescape(told)) == settings
    assert "Panel: loss 1" in words.data["text/html"]
    assert cell.metadata["tags"] == ["full-width"]
    _, folded = page(QUESTION, play)
    assert folded.metadata["mystnb"]["code_prompt_show"] == "Show the playground"
    assert notebook_page.alive([{"a": '"><b>'}]).count("<") == 2


def test_a_panel_has_a_playground_where_the_page_can_train_its_run():
    """Guards: another run there, tasks without controls, too large a network."""
    _, metadata = training_panel(task=mlp.XOR, seed=1)._repr_mimebundle_()
    run = metadata["image/png"]["run"]
    for changed, count in [({}, 1), ({"hidden": [9]}, 0), ({"batch": -1}, 0)]:
        cell = code("panels.training_panel()", **PNG, **{"text/plain": "loss 1"})
        cell.outputs[0].metadata["image/png"]["run"] = run | changed
        [cell] = page(cell)
        picture, words = cell.outputs
        assert picture.metadata == {"image/png": {"alt": "a curve"}}
        text = words.data["text/html"]
        found = ALIVE.findall(text)
        assert len(found) == text.count('class="instead"') == count
        for told in found:
            [settings] = json.loads(html.unescape(told))
            shown = {*twin.SPEC["hide"]["options"]} - {*settings.pop("hide")}
            assert settings == run and {"seed", "batch", "activation", "step"} < shown


@pytest.mark.parametrize("has_formula", [True, False])
@pytest.mark.parametrize("has_playground", [True, False])
def test_a_page_loads_what_is_on_it(has_formula, has_playground):
    """Guards: megabytes for no formula; a script that is missing, or comes late."""
    files = [
        SimpleNamespace(filename=name) for name in ("_static/a.js", None, "tex.js")
    ]
    body = '<p class="math notranslate">' * has_formula + "<i>"
    body += notebook_page.alive([{}]) * has_playground
    context = {"body": body, "metatags": "<meta>", "script_files": files}
    app = SimpleNamespace(config=SimpleNamespace(mathjax_path="tex.js"))
    head.dress(app, "index", "page.html", context, None)
    names = [file.filename for file in context["script_files"]]
    assert names == ["_static/a.js", None, "tex.js"][: 3 if has_formula else 2]
    assert context["metatags"].endswith("<meta>")
    assert ("playground.js" in context["metatags"]) == has_playground


def test_links_and_buttons_lead_to_pages_of_the_book():
    """Guards: anchors that no page has, and a button that leads nowhere."""
    text = (
        "[b](01_a.ipynb#Break-it:-reshape) [r](01_a.ipynb#Can-you-trust-a-rate?) "
        "[l](#The-loss:-how?) [w](https://a.example/B#C)"
    )
    assert notebook_page.linked(text) == (
        "[b](01_a.ipynb#break-it-reshape) [r](01_a.ipynb#can-you-trust-a-rate) "
        "[l](#the-loss-how) [w](https://a.example/B#C)"
    )
    row = "| a | [1. A `b`?](01_a.ipynb) | [1. A](01_a.ipynb) |"
    linked = "| a | [1. A `b`?](01_a.ipynb#a-b) | [1. A](01_a.ipynb) |"
    assert build.with_sections(row, ["1. A"]) == linked
    told = notebook_page.note([("Colab", "https://c.example/1"), ("B", "https://b.x")])
    assert "[Colab](https://c.example/1), [B](https://b.x)" in told
    assert "(where.md)" not in told and "(where.md)" in notebook_page.note([])


def test_a_link_of_a_notebook_to_no_page_is_told():
    """Guards: Sphinx's own words for it, which name a file that is gone."""
    text = "[b](01_activations.ipynb#B) [w](https://a.example/b.md) [c](../mlp_core.py)"
    cells = [v4.new_markdown_cell(notebook_page.linked(text)), code("a[0](1)")]
    build.refuse_strays("09_nine.ipynb", v4.new_notebook(cells=cells))
    cells.append(v4.new_markdown_cell("[its page](../docs/hub.md#backup)"))
    with pytest.raises(CommandError, match=r"09_nine.ipynb links to ../docs/hub.md,"):
        build.refuse_strays("09_nine.ipynb", v4.new_notebook(cells=cells))


@pytest.mark.parametrize("repository", ["", OURS])
def test_links_of_a_document_lead_somewhere(repository):
    """Guards: a page that the book lacks, a link that is lost on the way to another."""
    text = """[`core`](../mlp_core.py) [0](../notebooks/00_first_look.ipynb)
[here](#here) [there](learning.md#your-record) [web](https://a.example/b.md)
![alt](../images/playground.gif) """
    hub = "the *hub*"
    place = f"[{hub}]({repository}/blob/main/docs/hub.md#backup)" if repository else hub
    expected = text.replace("../mlp_core.py", "mlp_core.md")
    expected = expected.replace("../notebooks/00_first", "00_first") + place
    text += f"[{hub}](hub.md#backup)"
    published = links.Addresses(repository, "")
    assert build.with_links(text, ROOT / "docs", published) == expected


def test_the_first_page_takes_from_the_readme_what_a_reader_needs():
    """Guards: how to install, a table of other pages, and words for another network."""
    text = build.home(links.Addresses("", ""), ["00_first_look.ipynb"])
    assert build.FIRST["hidden"] == [4] and "four hidden units" in text
    for part in ("(mlp_core.md)", "data-plays", "(learning.md)", "| 0 | [First"):
        assert part in text
    for part in ("pip install", "Ctrl+C", "## The tests", "docs/", "images/"):
        assert part not in text
    assert "```{toctree}\n:hidden:\n00_first_look.ipynb\n```" in text


def test_the_first_page_leads_only_to_what_is_there():
    """Guards: a link to nowhere, one that is missing, a class's page for teachers."""
    begin, teach = "[Begin: 0. First look](00_first_look.ipynb)", "(teaching.md)"
    for address, names in [("", ["teaching.md"]), (OURS, ["teaching.md"]), (CLASS, [])]:
        text = build.home(links.Addresses(address, ""), names)
        ways, more = text.split("{.ways}\n")[1].split("<div", 1)
        assert ways.startswith(begin) and (teach in ways) == bool(names)
        assert (f"[The repository]({address})" in ways) == bool(address)
        assert "]()" not in text and ("http" in text) == bool(address)
        for place in ("colab.research", "mybinder.org", "codespaces.new"):
            assert (place in more) == bool(address)
    elsewhere = build.home(links.Addresses("https://git.example/a", ""), [])
    assert "(https://git.example/a)" in elsewhere and "{.launch}" not in elsewhere
