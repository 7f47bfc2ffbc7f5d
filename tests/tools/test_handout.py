"""Hand-outs: without solutions, with them in place, refreshed, and that a copy runs."""

import ast
import functools
import html
import os
import posixpath
import re
import shutil
import subprocess
import sys

import nbformat
import pytest

from course import sealed
from course.__main__ import COMMANDS, main
from course.lessons import NAMES, load_questions
from course.tools import CommandError, find_notebooks, handout, manifest, save
from course.tools.notebooks import read, tags, write
from tests import power, tables
from tests.copies import files_in

STUB = "def my_double(x):\n    # Your code here.\n    return None"
SOLUTION = "Twice.\n\n```python\ndef my_double(x):\n    return x + x\n```\n"
CHECK = "import mlp_core\n\nmlp_core.show(my_double(4) == 8)"
TABLES = tables.beside(__file__, "handout.toml")


def code(source, *tags):
    return nbformat.v4.new_code_cell(source, metadata={"tags": list(tags)})


def markdown(source, *tags):
    return nbformat.v4.new_markdown_cell(source, metadata={"tags": list(tags)})


def small():
    """A notebook with two exercises."""
    cells = [
        markdown("# Doubles"),
        code("import sys\n\nsys.path.insert(0, '..')\nprint('ready')"),
        code(STUB, "stub"),
        markdown("<details><summary>Hint</summary>\n\nAdd.\n\n</details>"),
        code(CHECK),
        markdown(SOLUTION, "solution"),
        markdown("Or think.", "solution"),
        code("def my_half(x): ...", "stub"),
        markdown("```python\ndef my_half(x):\n    return x / 2\n```", "solution"),
        markdown("## Recap"),
    ]
    cells[4].outputs = [nbformat.v4.new_output("stream", text="not yet")]
    cells[4].execution_count = 3
    return nbformat.v4.new_notebook(cells=cells)


def sources(notebook):
    return [cell.source for cell in notebook.cells]


def test_solutions_are_left_out_or_fill_their_stubs():
    """Guards: just the answers, all of them; no two exercises mixed up, no old output."""
    notebook, before = small(), sources(small())
    learners = handout.without_solutions(notebook)
    assert sources(learners) == [*before[:5], before[7], before[9]]
    teachers = handout.with_solutions(notebook)
    before[2] = "def my_double(x):\n    return x + x"
    before[7] = "def my_half(x):\n    return x / 2"
    assert sources(teachers) == before
    for made in learners, teachers:
        assert (made.cells[4].outputs, made.cells[4].execution_count) == ([], None)
    assert sources(notebook) == sources(small()) and notebook.cells[4].outputs


def test_stub_without_a_clear_solution_is_told():
    """Guards: no stub stays a stub in silence."""
    for after, said in [
        ([], "no solution follows the stub 'def my_double"),
        ([code("my = 1", "stub"), markdown(SOLUTION, "solution")], "no solution"),
        ([markdown("In words.", "solution")], "has 0 python blocks; it must have 1"),
        ([markdown(2 * SOLUTION, "solution")], "has 2 python blocks; it must have 1"),
    ]:
        notebook = nbformat.v4.new_notebook(cells=[code(STUB, "stub"), *after])
        with pytest.raises(CommandError, match=said):
            handout.with_solutions(notebook)


OPEN, SEALED, OTHERS = (
    {name: text.encode("latin-1") for name, text in TABLES[kind].items()}
    for kind in ("open", "sealed", "others")
)


@pytest.fixture
def course(tmp_path, monkeypatch):
    """A small course in a folder, which the command hands out."""
    root = tmp_path / "course"
    for name, data in {**OPEN, **SEALED, **OTHERS}.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(data)
    write(small(), root / "notebooks" / "01_doubles.ipynb")
    of_it = functools.partial(handout.contents, course=root)
    monkeypatch.setattr(handout, "contents", of_it)
    return root


def hand_out(folder, *options):
    return main(["handout", str(folder), *options])


def test_copy_holds_what_learners_need(course, tmp_path, capsys):
    """Guards: what is not for learners; an answer that is read by accident, or by teachers
    only sealed; a fresh repository is welcome, and stays."""
    target, teacher = tmp_path / "class", tmp_path / "teacher"
    (target / ".git").mkdir(parents=True)
    for name in (".git/config", ".gitignore"):
        (target / name).write_text("theirs")
    assert hand_out(target) == hand_out(teacher, "--with-solutions") == 0
    said = capsys.readouterr().out
    assert said.startswith(f"1 notebooks without solutions in {target}\n")
    assert ".gitignore stays as it is" in said
    files, clear = files_in(target), files_in(teacher)
    given = {manifest.NAME, "notebooks/01_doubles.ipynb", *OPEN, *SEALED}
    assert files.keys() == given | {".git/config"}
    assert files[".git/config"] == files[".gitignore"] == b"theirs"
    assert files["README.md"] == b"For all.\nFor all again.\n"
    for name in {*OPEN, *SEALED} - {".gitignore", "README.md"}:
        data = (OPEN | SEALED)[name]
        assert clear[name] == data and (data in files[name]) == (name in OPEN)
    for name, data in SEALED.items():
        assert sealed.read(target / name) == data.decode()


def test_no_half_copy_is_left_behind(course, tmp_path, capsys):
    """Guards: a notebook that can't be changed is named, and nothing is written."""
    bad = nbformat.v4.new_notebook(cells=[code(STUB, "stub")])
    write(bad, course / "notebooks" / "02_bad.ipynb")
    assert hand_out(tmp_path / "copy", "--with-solutions") == 1
    assert capsys.readouterr().err.startswith("02_bad.ipynb: no solution follows")
    assert not (tmp_path / "copy").exists()


def renew(course):
    """A new version of the course: other files, one more, one gone."""
    for name in ("README.md", "requirements.txt", "course/tools/start.py"):
        (course / name).write_text("new")
    (course / "images" / "picture.gif").unlink()


def test_update_replaces_ours_and_keeps_theirs(course, tmp_path, capsys):
    """Guards: the class gets what is new; what the teacher added or changed stays."""
    target = tmp_path / "class"
    hand_out(target)
    ours = (target / "README.md").read_bytes()
    # Changed; new; new in the course, too.
    theirs = {"README.md", "dates.md", "requirements.txt"}
    for name in theirs:
        (target / name).write_text("the teacher's")
    (target / "mlp_core.py").unlink()
    renew(course)
    capsys.readouterr()
    assert hand_out(target, "--update") == 0
    _, written, removed, *left = capsys.readouterr().out.splitlines()
    assert written == "New or changed: mlp_core.py, course/tools/start.py."
    assert removed == "Removed: images/picture.gif."
    assert {line.partition(" ")[0] for line in left} == theirs - {"dates.md"}
    assert not (target / "images").exists()
    hand_out(target, "--update")  # it doesn't forget whose they are
    hand_out(tmp_path / "fresh")
    found, fresh = files_in(target), files_in(tmp_path / "fresh")
    assert {found.pop(name) for name in theirs} == {b"the teacher's"}
    del found[manifest.NAME]
    assert found == {name: fresh[name] for name in fresh.keys() & found}
    (target / "README.md").write_bytes(ours)  # what they wrote is taken back
    (target / "requirements.txt").unlink()
    hand_out(target, "--update")
    found = files_in(target)
    assert found["README.md"] == fresh["README.md"]
    assert found["requirements.txt"] == fresh["requirements.txt"]


@pytest.mark.parametrize(("is_ours", "options", "said"), TABLES["refused"]["rows"])
def test_folder_is_refreshed_by_its_own_command(
    course, tmp_path, capsys, is_ours, options, said
):
    """Guards: nobody's work is overwritten; no class gets the solutions by a slip."""
    target = tmp_path / "class"
    target.mkdir()
    if is_ours:
        hand_out(target)
    (target / "README.md").write_text("mine")
    before = files_in(target)
    (course / "mlp_core.py").write_text("new")
    assert hand_out(target, *options.split()) == 1
    assert said in capsys.readouterr().err
    assert files_in(target) == before


@pytest.mark.parametrize("options", [[], ["--update"]])
def test_next_run_finishes_an_interrupted_one(course, tmp_path, options):
    """Guards: wherever it stopped, no file of ours is taken for the teacher's."""
    start, target, fresh = (tmp_path / name for name in ("start", "class", "fresh"))
    start.mkdir()
    if options:
        hand_out(start)
        renew(course)
    hand_out(fresh)
    shutil.copytree(start, target)
    for count in power.cuts(lambda: hand_out(target, *options)):
        if options:  # by then the course may be another
            (course / "README.md").write_text(f"new once more, {count}")
            shutil.rmtree(fresh)
            hand_out(fresh)
        hand_out(target, *options)
        assert files_in(target) == files_in(fresh)
        shutil.rmtree(target)
        shutil.copytree(start, target)
    assert count > 10


def test_manifest_that_leads_elsewhere_is_refused(course, tmp_path, capsys):
    """Guards: no file outside of the folder is removed because a manifest names it."""
    (tmp_path / "mine").write_bytes(OPEN["mlp_core.py"])
    hand_out(tmp_path / "class")
    path = tmp_path / "class" / manifest.NAME
    path.write_text(path.read_text().replace("mlp_core.py", "../mine"))
    assert hand_out(tmp_path / "class", "--update") == 1
    assert "is damaged" in capsys.readouterr().err
    assert (tmp_path / "mine").exists()


def test_run_saves_the_outputs_where_the_copy_lies(course, tmp_path, capsys):
    """Guards: --run uses the modules of the copy; its outputs are no teacher's change."""
    assert hand_out(tmp_path / "copy", "--with-solutions", "--run") == 0
    path = tmp_path / "copy" / "notebooks" / "01_doubles.ipynb"
    assert save.is_saved_form(path)
    assert read(path).cells[4].outputs[0].text == "solved True\n"
    # On Windows git writes texts with CR LF, and they are still ours.
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    hand_out(tmp_path / "copy", "--with-solutions", "--update")
    assert "stays as it is" not in capsys.readouterr().out
    assert read(path).cells[4].outputs == []


NOTEBOOKS = find_notebooks([])
COMMANDS_OF_LEARNERS = {"start", "progress", "glossary", "handin"} & COMMANDS.keys()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The hand-out for learners, written."""
    place = tmp_path_factory.mktemp("handed") / "course"
    assert main(["handout", str(place)]) == 0
    return place


@pytest.fixture(scope="module")
def handed(folder):
    """Its files: path -> text; pictures as they are."""
    files = files_in(folder).items()
    return {name: data.decode(errors="replace") for name, data in files}


def squashed(text):
    return "".join(html.unescape(text).replace("`", "").split())


def without_indices(text):
    return re.sub(r"\[(i|\d|i[+-]1)\]", "", squashed(text)).lower()


def statements(block):
    """The code of each statement of a solution that tells something, and its parts."""
    code = functools.partial(ast.get_source_segment, block)
    for node in ast.walk(ast.parse(block)):
        value = getattr(node, "value", None)
        if isinstance(node, ast.For):
            yield code(node).partition(":\n")[0], []
        elif isinstance(node, ast.stmt) and value:
            parts = (value, *getattr(value, "elts", []))
            parts = [code(part) for part in parts if tells(part)]
            if parts or isinstance(node, ast.AugAssign):
                yield code(node), parts


def tells(node):
    telling = ast.BinOp, ast.Call, ast.Compare
    return any(isinstance(part, telling) for part in ast.walk(node))


def text_of(cell):
    """What a cell of the course shows: its source, and what it prints."""
    texts = [cell.source]
    for output in cell.get("outputs", []):
        shown = {"text": output.get("text", ""), **output.get("data", {})}
        texts += [str(shown[kind]) for kind in shown if kind.startswith("text")]
    return "\n".join(texts)


def test_no_later_cell_and_no_file_tells_a_solution(handed):
    """Guards: who has not solved an exercise finds it nowhere else.

    A line that stood above it is no secret. In the exercise's own notebook no part of a
    line may stand below either, whatever its indices, in small or in large letters.
    `mlp_core.py` is read by learners: it is what the course is about.
    """
    texts = {n: squashed(t) for n, t in handed.items() if not n.endswith(".ipynb")}
    del texts["mlp_core.py"]
    assert len(texts) > 50
    cells = [(path, cell) for path in NOTEBOOKS for cell in read(path).cells]
    is_asked = ["solution" not in tags(cell) for _, cell in cells]
    asked = [squashed(cell.source) * ask for (_, cell), ask in zip(cells, is_asked)]
    shown = [squashed(text_of(cell)) * ask for (_, cell), ask in zip(cells, is_asked)]
    bare, told, count = [without_indices(text) for text in shown], [], 0
    for at, (path, cell) in enumerate(cells):
        blocks = [] if is_asked[at] else handout.BLOCK.findall(cell.source)
        above = "".join(asked[:at])
        known = without_indices(above)
        for line, parts in statements("\n".join(blocks)):
            count += 1
            text = squashed(line)
            told += [(n, line) for n in texts if text in texts[n] and text not in above]
            for other in range(at, len(cells)):
                place, hit = cells[other][0], [line] * (text in shown[other])
                if place == path:
                    hit += [p for p in parts if without_indices(p) in bare[other]]
                told += [(place, p) for p in hit if without_indices(p) not in known]
    assert count > 50
    assert told == []


def test_no_answer_to_a_question_can_be_read(handed):
    """Guards: what is said of an answer stands in no file of the copy in clear."""
    everything = squashed("".join(handed.values()))
    count = 0
    for name in NAMES:
        for question in load_questions(name).all:
            options = getattr(question, "options", {}).values()
            for said in [option.feedback for option in options] or [question.feedback]:
                count += 1
                assert squashed(said) not in everything, said
    assert count > 200


def test_readme_of_the_copy_is_for_learners(handed):
    """Guards: no command in it for what isn't there, and no dead link."""
    text = handed["README.md"]
    for part in ("## Start", "## The notebooks", "## How a lesson goes", "## Licence"):
        assert part in text
    assert "docs/teaching" not in text and "## The tests" not in text
    pages = {name: text for name, text in handed.items() if name.endswith(".md")}
    for name, text in pages.items():
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", text):
            assert posixpath.normpath(f"{name}/../{target}") in handed, target
        assert not set(re.findall(r"\w+/\w+\.py", text))
        called = re.findall(r"-m course (\w+)", text)
        assert set(called) <= COMMANDS_OF_LEARNERS


IN_COPY = """
import linecache
from course import Lesson, checking
from course.__main__ import main

assert main(["start", "--only-copy"]) == 0
lesson = Lesson("04_backprop")
exercise = lesson.exercises["my_loss_slope"]

def answer(result):
    code = f"def my_loss_slope(Y_hat, Y):\\n    return {result}\\n"
    linecache.cache[result] = len(code), None, code.splitlines(True), result
    space = {"exercise": exercise}
    exec(compile(code, result, "exec"), space)
    return space["my_loss_slope"]

assert checking.runs.RESERVE.prepare()
print(lesson.check(answer("(Y_hat - Y) / len(Y)")))
print(lesson.check(answer("Y_hat - Y")))
print(lesson.check(answer("exercise.right(Y_hat, Y)")))
print(lesson.check(exercise.right))
print(lesson.questions.predictions["chain"].reveal("1.5", 1.5).right)
for line in ("progress", "glossary bias", "handin --name Ada"):
    assert main(line.split()) == 0
main(["--help"])
"""


def test_copy_works(folder, tmp_path):
    """Guards: its commands and all that they import; sealed checks, in their process.

    It is linked into a home, as on a hub where it is another's: there it is only read.
    """
    before, given = files_in(folder), [*folder.iterdir()]
    home = folder if os.name == "nt" else tmp_path  # there links need rights
    for path in given if home == tmp_path else ():
        (home / path.name).symlink_to(path, path.is_dir())
    options = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    options |= {"cwd": home, "env": os.environ | {"PYTHONDONTWRITEBYTECODE": "yes"}}
    done = subprocess.run([sys.executable, "-c", IN_COPY], check=False, **options)
    assert done.returncode == 0, done.stdout
    expected = [
        "Made my_course, your own copy of",
        "my_loss_slope: right",
        "my_loss_slope: not yet: with several samples it is too large, because",
        "my_loss_slope: not yet: the result is right, but it calls my_loss_slope.m",
        "my_loss_slope: this function is part of the course. Check one that you wrote",
        "True",
    ]
    for line, start in zip(done.stdout.splitlines(), expected):
        assert line.startswith(start), done.stdout
    usage = done.stdout.split("usage: ")[1]
    listed = re.findall(r"(?m)^(?:  (\w+) |for (\w+):)", usage)
    assert {"".join(names) for names in listed} == {*COMMANDS_OF_LEARNERS, "learners"}
    for path in folder.glob("notebooks/*.ipynb"):
        assert read(home / "my_course" / path.name) == read(path)
    made = {path.name for path in home.iterdir()} - {path.name for path in given}
    assert made == {"handin-Ada.zip", "my_course"}
    assert home == folder or files_in(folder) == before
