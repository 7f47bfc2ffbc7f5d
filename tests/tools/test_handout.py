"""Hand-outs: without solutions, with them in place, refreshed, and that a copy runs.

That each solution passes its check is seen in test_reruns.py.
"""

import ast
import functools
import html
import json
import posixpath
import re
import subprocess
import sys

import nbformat
import pytest

from course import sealed
from course.__main__ import COMMANDS, main
from course.lessons import NAMES, load_questions
from course.tools import (
    ROOT,
    CommandError,
    find_notebooks,
    handout,
    manifest,
    save,
    update,
)

NOTEBOOKS = find_notebooks([])
STUB = "def my_double(x):\n    # Your code here.\n    return None"
SOLUTION = """<details><summary>Solution</summary>

Twice is the sum with itself.

```python
def my_double(x):
    return x + x
```

</details>"""
CHECK = """import mlp_core

mlp_core.show(my_double(4) == 8)"""
README = """For all.
<!-- for teachers and maintainers -->
For teachers.
<!-- for all -->
For all again.
"""


def code(source, *tags):
    return nbformat.v4.new_code_cell(source, metadata={"tags": list(tags)})


def markdown(source, *tags):
    return nbformat.v4.new_markdown_cell(source, metadata={"tags": list(tags)})


def small():
    """A notebook with one exercise."""
    cells = [
        markdown("# Doubles"),
        code("import sys\n\nsys.path.insert(0, '..')\nprint('ready')"),
        code(STUB, "stub"),
        markdown("<details><summary>Hint</summary>\n\nAdd.\n\n</details>"),
        code(CHECK),
        markdown(SOLUTION, "solution"),
        markdown("## Recap"),
    ]
    return nbformat.v4.new_notebook(cells=cells)


EXERCISE = """\"""Doubles.\"""

# %% solution
def my_double(x):
    return 2 * x
"""
DATA = b"\x93NUMPY\xff"


@pytest.fixture
def course(tmp_path, monkeypatch):
    """A small course in a folder, which the command hands out."""
    root = tmp_path / "course"
    texts = {
        "mlp_core.py": "def show(right): print('solved', right)",
        "README.md": README,
        ".gitignore": "my_course/",
        "course/lessons/doubles/questions.toml": 'answer = "four"',
        "course/lessons/doubles/my_double.py": EXERCISE,
        "course/lessons/doubles/cases.py": "twice = 'x + x'",
        "course/lessons/doubles/__init__.py": '"""Twice as much."""',
        "course/lessons/doubles/doubles.csv": "1, 2",
        "course/lessons/doubles/doubles.npz": DATA,
        "course/lessons/doubles/teaching.md": "four",
        "course/tools/start.py": "",
        "course/tools/save.py": "",
        "course/tools/deck/__init__.py": "",
        "course/tools/deck/look.js": "",
        "course/__pycache__/checks.pyc": "",
        "notebooks/mine.txt": "",
        "images/picture.png": "",
        "images/make.py": "",
        "tests/test_core.py": "",
    }
    for name, text in texts.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        data = text if isinstance(text, bytes) else text.encode()
        (root / name).write_bytes(data)
    nbformat.write(small(), root / "notebooks" / "01_doubles.ipynb")
    of_it = functools.partial(handout.contents, course=root)
    monkeypatch.setattr(handout, "contents", of_it)
    return root


def sources(notebook):
    return [cell.source for cell in notebook.cells]


# 1. One notebook -------------------------------------------------------------------------


def test_without_solutions_leaves_out_just_the_solutions():
    """Guards: the learner gets everything but the answers."""
    expected = [source for source in sources(small()) if source != SOLUTION]
    assert sources(handout.without_solutions(small())) == expected


def test_with_solutions_fills_each_stub():
    """Guards: the stub becomes the code of its solution; all else stays."""
    done = sources(handout.with_solutions(small()))
    assert done[2] == "def my_double(x):\n    return x + x"
    assert done[:2] + done[3:] == sources(small())[:2] + sources(small())[3:]


def test_with_solutions_clears_the_outputs_of_the_stubs():
    """Guards: no 'not written yet' stands below a written exercise."""
    notebook = small()
    notebook.cells[4].outputs = [nbformat.v4.new_output("stream", text="not yet")]
    notebook.cells[4].execution_count = 3
    cell = handout.with_solutions(notebook).cells[4]
    assert (cell.outputs, cell.execution_count) == ([], None)


def test_the_notebook_given_stays_as_it_is():
    """Guards: the source is never changed."""
    notebook = small()
    handout.without_solutions(notebook)
    handout.with_solutions(notebook)
    assert sources(notebook) == sources(small())


def test_each_stub_gets_its_own_solution():
    """Guards: two exercises aren't mixed up; a solution in words has no stub."""
    notebook = small()
    half = "```python\ndef my_half(x):\n    return x / 2\n```"
    notebook.cells += [markdown("Think.", "solution")]
    notebook.cells += [code("def my_half(x): ...", "stub"), markdown(half, "solution")]
    done = sources(handout.with_solutions(notebook))
    assert done[2].endswith("return x + x")
    assert done[-2].endswith("return x / 2")


NONE = "no solution follows the stub 'def my_double(x):'"
COUNT = "the solution of 'def my_double(x):' has {} python blocks; it must be 1"
OTHER_STUB = [code("my = 1", "stub"), markdown(SOLUTION, "solution")]


@pytest.mark.parametrize(
    ("after", "said"),
    [
        ([], NONE),
        (OTHER_STUB, NONE),
        ([markdown("In words.", "solution")], COUNT.format(0)),
        ([markdown(2 * f"{SOLUTION}\n", "solution")], COUNT.format(2)),
    ],
)
def test_stub_without_a_clear_solution_is_told(after, said):
    """Guards: no stub stays a stub in silence."""
    with pytest.raises(CommandError, match=re.escape(said)):
        handout.with_solutions(
            nbformat.v4.new_notebook(cells=[code(STUB, "stub"), *after])
        )


# 2. A course -----------------------------------------------------------------------------


def files(folder):
    """Name and content of every file in a folder, but not of its .git."""
    paths = [path for path in folder.rglob("*") if path.is_file()]
    names = {path.relative_to(folder).as_posix(): path for path in paths}
    return {n: p.read_bytes() for n, p in names.items() if not n.startswith(".git/")}


def hand_out(folder, *options):
    return main(["handout", str(folder), *options])


def test_copy_holds_what_learners_need(course, tmp_path, capsys):
    """Guards: the copy runs where it lies, and has nothing that is not for learners."""
    assert hand_out(tmp_path / "copy") == 0
    said = capsys.readouterr().out
    assert said == f"1 notebooks without solutions in {tmp_path / 'copy'}\n"
    assert set(files(tmp_path / "copy")) == {
        manifest.NAME,
        ".gitignore",
        "mlp_core.py",
        "README.md",
        "course/lessons/doubles/__init__.py",
        "course/lessons/doubles/cases.py",
        "course/lessons/doubles/doubles.csv",
        "course/lessons/doubles/doubles.npz",
        "course/lessons/doubles/my_double.py",
        "course/lessons/doubles/questions.toml",
        "course/tools/start.py",
        "notebooks/01_doubles.ipynb",
        "images/picture.png",
    }
    assert (tmp_path / "copy" / "README.md").read_text() == "For all.\nFor all again.\n"


def test_answers_are_sealed_for_learners_only(course, tmp_path):
    """Guards: nobody reads an answer by accident; the teacher's copy has them in clear."""
    hand_out(tmp_path / "pupils")
    hand_out(tmp_path / "teacher", "--with-solutions")
    place = "course/lessons/doubles"
    for path in (course / place).iterdir():
        pupils, teacher = (
            tmp_path / who / place / path.name for who in ("pupils", "teacher")
        )
        if path.name == "teaching.md":
            assert not pupils.exists() and not teacher.exists()
            continue
        assert teacher.read_bytes() == path.read_bytes()
        if path.suffix in (".npz", ".csv") or path.stem == "__init__":
            assert pupils.read_bytes() == path.read_bytes()
        else:
            assert path.read_text() not in pupils.read_text()
            assert sealed.read(pupils) == sealed.read(path) == path.read_text()
    space = {"__file__": "cases.py"}
    exec((tmp_path / "pupils" / place / "cases.py").read_text(), space)  # noqa: S102
    assert space["twice"] == "x + x"  # it can be imported


def test_folder_with_hidden_files_is_welcome(course, tmp_path, capsys):
    """Guards: a fresh repository will do, and what the teacher hid in it stays."""
    target = tmp_path / "class"
    (target / ".git").mkdir(parents=True)
    (target / ".git" / "config").write_text("theirs")
    (target / ".gitignore").write_text("theirs")
    assert hand_out(target) == 0
    assert (target / ".git" / "config").read_text() == "theirs"
    assert (target / ".gitignore").read_text() == "theirs"
    assert ".gitignore stays as it is" in capsys.readouterr().out
    assert (target / "README.md").exists()


@pytest.mark.parametrize("options", [[], ["--update"], ["--with-solutions"]])
def test_folder_that_holds_something_else_is_never_touched(
    course, tmp_path, capsys, options
):
    """Guards: nobody's work is overwritten."""
    target = tmp_path / "mine"
    target.mkdir()
    (target / "README.md").write_text("mine")
    assert hand_out(target, *options) == 1
    assert re.search("is there already|holds no hand-out", capsys.readouterr().err)
    assert files(target) == {"README.md": b"mine"}


def test_no_half_copy_is_left_behind(course, tmp_path, capsys):
    """Guards: a notebook that can't be changed is named, and nothing is written."""
    bad = nbformat.v4.new_notebook(cells=[code(STUB, "stub")])
    nbformat.write(bad, course / "notebooks" / "02_bad.ipynb")
    assert hand_out(tmp_path / "copy", "--with-solutions") == 1
    assert capsys.readouterr().err.startswith("02_bad.ipynb: no solution follows")
    assert not (tmp_path / "copy").exists()


# 3. Brought up to date -------------------------------------------------------------------


def test_update_replaces_ours_and_keeps_theirs(course, tmp_path, capsys):
    """Guards: the class gets what is new; what the teacher added or changed stays."""
    target = tmp_path / "class"
    hand_out(target)
    ours = (target / "README.md").read_bytes()
    theirs = {
        "README.md",
        "dates.md",
        "requirements.txt",
    }  # changed, new, new here, too
    for name in theirs:
        (target / name).write_text("the teacher's")
    (target / "mlp_core.py").unlink()
    for name in ("README.md", "requirements.txt", "course/tools/start.py"):
        (course / name).write_text("new")
    (course / "images" / "picture.png").unlink()
    capsys.readouterr()
    assert hand_out(target, "--update") == 0
    _, written, removed, *left = capsys.readouterr().out.splitlines()
    assert written == "New or changed: mlp_core.py, course/tools/start.py."
    assert removed == "Removed: images/picture.png."
    assert {line.partition(" ")[0] for line in left} == theirs - {"dates.md"}
    assert not (target / "images").exists()
    hand_out(target, "--update")  # it doesn't forget whose they are
    hand_out(tmp_path / "fresh")
    found, fresh = files(target), files(tmp_path / "fresh")
    assert {found.pop(name) for name in theirs} == {b"the teacher's"}
    del found[manifest.NAME]
    assert found == {name: fresh[name] for name in fresh.keys() & found}
    (target / "README.md").write_bytes(ours)  # what they wrote is taken back
    (target / "requirements.txt").unlink()
    hand_out(target, "--update")
    found = files(target)
    assert found["README.md"] == fresh["README.md"]
    assert found["requirements.txt"] == fresh["requirements.txt"]


def test_line_ends_of_git_are_no_change(course, tmp_path, capsys):
    """Guards: on Windows git writes texts with CR LF, and they are still ours."""
    hand_out(tmp_path / "class")
    path = tmp_path / "class" / "notebooks" / "01_doubles.ipynb"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    capsys.readouterr()
    hand_out(tmp_path / "class", "--update")
    assert capsys.readouterr().out.endswith("Nothing has changed.\n")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ([], "holds a hand-out: --update refreshes it"),
        (["--with-solutions"], "holds a hand-out without solutions"),
        (["--with-solutions", "--update"], "holds a hand-out without solutions"),
    ],
)
def test_hand_out_is_refreshed_by_its_own_command(
    course, tmp_path, capsys, options, said
):
    """Guards: above all, the class never gets the solutions by a slip."""
    hand_out(tmp_path / "class")
    before = files(tmp_path / "class")
    (course / "mlp_core.py").write_text("new")
    assert hand_out(tmp_path / "class", *options) == 1
    assert said in capsys.readouterr().err
    assert files(tmp_path / "class") == before


def test_next_run_finishes_an_interrupted_one(course, tmp_path, monkeypatch):
    """Guards: wherever it stopped, no file of ours is taken for the teacher's."""
    hand_out(tmp_path / "first")
    put, (left, ours) = manifest._put, (None, files(tmp_path / "first"))

    def stop_after(folder, name, data):
        nonlocal left
        if left == 0:
            (folder / manifest.NEW).write_bytes(data[:1])
            raise KeyboardInterrupt
        left -= 1
        put(folder, name, data)

    def interrupt(target, count, *options):
        nonlocal left
        left = count
        with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
            patch.setattr(manifest, "_put", stop_after)
            hand_out(target, *options)

    for count in (1, 3, len(ours) - 1):
        target = tmp_path / f"class{count}"
        interrupt(target, count)
        assert hand_out(target) == 0
        assert files(target) == ours
    for name in ("mlp_core.py", "course/tools/start.py"):
        (course / name).write_text("new")
    (course / "images" / "picture.png").unlink()
    hand_out(tmp_path / "second")
    for count in (1, 2, 3):
        target = tmp_path / f"class{count}"
        if not target.exists():
            target = tmp_path / f"class{len(ours) - 1}"
        interrupt(target, count, "--update")
        (course / "README.md").write_text(f"new once more, {count}")
        assert hand_out(target, "--update") == 0
        hand_out(tmp_path / f"fresh{count}")
        assert files(target) == files(tmp_path / f"fresh{count}")


def test_manifest_that_leads_elsewhere_is_refused(course, tmp_path, capsys):
    """Guards: no file outside of the folder is removed because a manifest names it."""
    (tmp_path / "mine").write_text("mine")
    hand_out(tmp_path / "class")
    path = tmp_path / "class" / manifest.NAME
    text = json.loads(path.read_text())
    text["files"]["../mine"] = [manifest.hash_of(b"mine")]
    path.write_text(json.dumps(text))
    assert hand_out(tmp_path / "class", "--update") == 1
    assert "is damaged" in capsys.readouterr().err
    assert (tmp_path / "mine").exists()


def test_run_saves_the_outputs_where_the_copy_lies(course, tmp_path, capsys):
    """Guards: --run uses the modules of the copy; its outputs are no teacher's change."""
    assert hand_out(tmp_path / "copy", "--with-solutions", "--run") == 0
    path = tmp_path / "copy" / "notebooks" / "01_doubles.ipynb"
    assert save.is_saved_form(path)
    assert save.read(path).cells[4].outputs[0].text == "solved True\n"
    hand_out(tmp_path / "copy", "--with-solutions", "--update")
    assert "stays as it is" not in capsys.readouterr().out
    assert save.read(path).cells[4].outputs == []


def git(folder, *arguments):
    done = subprocess.run(
        ["git", "-c", "user.name=a", "-c", "user.email=a@example.org", *arguments],
        cwd=folder,
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout


def test_class_repository_reaches_the_students_copy(course, tmp_path):
    """Guards the recipe of the README: a change arrives, the student's code stays.

    The pull merges as nbgitpuller does.
    """
    ours, theirs = tmp_path / "class", tmp_path / "student"
    ours.mkdir()
    git(ours, "init", "-q", "-b", "main")
    hand_out(ours)
    git(ours, "add", "--all")
    git(ours, "commit", "-q", "-m", "The course")
    git(tmp_path, "clone", "-q", str(ours), str(theirs))
    copy = theirs / "my_course"
    copy.mkdir()
    update.bring_up_to_date(copy, theirs / "notebooks")
    path = copy / "01_doubles.ipynb"
    written = save.read(path)
    written.cells[2].source = "def my_double(x):\n    return x * 2"
    save.write(written, path)
    assert git(theirs, "status", "--porcelain") == ""  # my_course is ignored
    changed = save.read(course / "notebooks" / path.name)
    changed.cells[0].source = "# Doubles, once more"
    save.write(changed, course / "notebooks" / path.name)
    hand_out(ours, "--update")
    git(ours, "add", "--all")
    git(ours, "commit", "-q", "-m", "A new title")
    git(theirs, "fetch", "-q")
    git(theirs, "merge", "-q", "-X", "ours", "origin/main")
    assert update.bring_up_to_date(copy, theirs / "notebooks") == [
        "Brought 1 notebook up to date: 01_doubles."
    ]
    assert sources(save.read(path))[:3] == [
        "# Doubles, once more",
        sources(small())[1],
        "def my_double(x):\n    return x * 2",
    ]


# 4. The real course ----------------------------------------------------------------------


COMMANDS_OF_LEARNERS = {"start", "progress", "glossary", "handin"} & COMMANDS.keys()


@pytest.fixture(scope="module")
def handed():
    """The files of the hand-out for learners: path -> text; pictures as they are."""
    return {
        name: data.decode(errors="replace")
        for name, data in handout.contents("without").items()
    }


@pytest.fixture(scope="module")
def folder(tmp_path_factory, handed):
    """The hand-out for learners, written."""
    place = tmp_path_factory.mktemp("handed") / "course"
    assert main(["handout", str(place)]) == 0
    return place


def in_copy(folder, *arguments):
    """What a Python says that runs in the hand-out."""
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout + done.stderr


def squashed(text):
    return "".join(html.unescape(text).replace("`", "").split())


def without_indices(text):
    return re.sub(r"\[(i|\d|i[+-]1)\]", "", squashed(text)).lower()


def statements(block):
    """The code of each statement of a solution that tells something, and its parts."""
    for node in ast.walk(ast.parse(block)):
        if isinstance(node, ast.For):
            target, values = node.target, node.iter
            head = [ast.get_source_segment(block, part) for part in (target, values)]
            yield f"for {head[0]} in {head[1]}:", []
        elif isinstance(node, (ast.Assign, ast.AugAssign, ast.Return, ast.Expr)):
            items = getattr(node.value, "elts", [])
            parts = [part for part in (node.value, *items) if tells(part)]
            if parts or isinstance(node, ast.AugAssign):
                code = ast.get_source_segment(block, node)
                yield code, [ast.get_source_segment(block, part) for part in parts]


def tells(node):
    telling = ast.BinOp, ast.Call, ast.Compare
    return any(isinstance(part, telling) for part in ast.walk(node))


def texts_of(cell):
    """What a cell of the course shows: its source, and what it prints."""
    yield cell.source
    for output in cell.get("outputs", []):
        data = output.get("data", {})
        yield str(output.get("text", ""))
        yield from (str(data[kind]) for kind in data if kind.startswith("text/"))


def test_no_later_cell_tells_a_solution():
    """Guards: who has not solved an exercise finds it nowhere below.

    A line that stood above it is no secret. In the exercise's own notebook no part of a
    line may stand below either, whatever its indices, in small or in large letters.
    """
    above, found, count = "", [], 0
    cells = [(path, cell) for path in NOTEBOOKS for cell in save.read(path).cells]
    shown = [(p, c.id, "\n".join(texts_of(c))) for p, c in cells]
    shown = [(p, i, squashed(text), without_indices(text)) for p, i, text in shown]
    for number, (path, cell) in enumerate(cells):
        if "solution" not in handout.tags(cell):
            above += without_indices(cell.source)
            continue
        below = [
            row
            for row, (_, other) in zip(shown[number:], cells[number:])
            if "solution" not in handout.tags(other)
        ]
        for line, parts in statements("\n".join(handout.BLOCK.findall(cell.source))):
            count += 1
            for place, name, text, bare in below:
                told = [line] * (squashed(line) in text)
                if place == path:
                    told += [part for part in parts if without_indices(part) in bare]
                found += [
                    f"{place.stem} {name}: {part}"
                    for part in told
                    if without_indices(part) not in above
                ]
    assert count > 50
    assert found == []


def test_no_file_of_the_copy_tells_a_solution(handed):
    """Guards: neither does a module, a text or a picture's description.

    `mlp_core.py` is read by learners: it is what the course is about.
    """
    above, told = "", []
    files = {n: squashed(t) for n, t in handed.items() if n != "mlp_core.py"}
    notebooks = {n: t for n, t in files.items() if n.endswith(".ipynb")}
    for path in NOTEBOOKS:
        for cell in save.read(path).cells:
            if "solution" not in handout.tags(cell):
                above += squashed(cell.source)
                continue
            for block in handout.BLOCK.findall(cell.source):
                assert not [n for n in notebooks if squashed(block) in files[n]]
                told += [
                    f"{name}: {line}"
                    for line, _ in statements(block)
                    if squashed(line) not in above
                    for name in files.keys() - notebooks
                    if squashed(line) in files[name]
                ]
    assert len(files) > 60
    assert told == []


def test_notebooks_of_the_copy_show_no_solution_and_no_output(handed):
    """Guards: no solution stands in them without its tag, and no output answers."""
    for path in NOTEBOOKS:
        notebook = nbformat.reads(handed[f"notebooks/{path.name}"], as_version=4)
        assert "<summary>Solution" not in "".join(sources(notebook))
        cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
        assert cells and not any(cell.outputs or cell.execution_count for cell in cells)
        kept = set().union(*(cell.metadata for cell in notebook.cells))
        assert kept <= {"tags", "slideshow", "jupyter"}


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


def test_copy_has_the_tools_that_its_commands_need(handed):
    """Guards: no module is missing in it, and none is there in vain."""
    modules = {name for name in handed if name.endswith(".py")}
    known, of_course = (
        {re.sub(r"(/__init__)?\.py$", "", name).replace("/", ".") for name in names}
        for names in (
            modules,
            [p.relative_to(ROOT).as_posix() for p in handout.needed()],
        )
    )
    wanted = set()
    for name in modules:
        for node in ast.walk(ast.parse(handed[name])):
            if isinstance(node, ast.ImportFrom) and node.module:
                paths = [f"{node.module}.{alias.name}" for alias in node.names]
                wanted |= {p if p in of_course else node.module for p in paths}
            elif isinstance(node, ast.Import):
                wanted |= {alias.name for alias in node.names}
    ours = {name for name in wanted if name.partition(".")[0] in ("course", "mlp_core")}
    assert ours <= known
    tools = {name for name in known if name.startswith("course.tools.")}
    commands = {f"course.tools.{name}" for name in COMMANDS_OF_LEARNERS}
    assert tools == (ours | commands) & tools


def test_copy_lists_the_commands_of_learners(folder):
    """Guards: `--help` names no command that isn't there."""
    listed = re.findall(r"(?m)^  (\w+) ", in_copy(folder, "-m", "course", "--help"))
    assert set(listed) == COMMANDS_OF_LEARNERS


def test_readme_of_the_copy_is_for_learners(handed):
    """Guards: no command in it for what isn't there, and no dead link."""
    text = handed["README.md"]
    for part in ("## Start", "## The notebooks", "## How a lesson goes", "## Licence"):
        assert part in text
    assert "docs/teaching" not in text and "## The tests" not in text
    pages = {name: text for name, text in handed.items() if name.endswith(".md")}
    assert pages.keys() == {"README.md"} | {
        f"docs/{name}.md" for name in ("learning", "where", "glossary")
    }
    for name, text in pages.items():
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", text):
            assert posixpath.normpath(f"{name}/../{target}") in handed, target
        assert not set(re.findall(r"\w+/\w+\.py", text))
        called = re.findall(r"-m course (\w+)", text)
        assert set(called) <= COMMANDS_OF_LEARNERS


OPENED = """
from course.tools import start, update
print(update.bring_up_to_date(start.find_folder("my_course", update.MARK)))
"""


def test_copy_can_be_opened(folder):
    """Guards: `python -m course` works in it, and gives a learner its notebooks."""
    said = in_copy(folder, "-c", OPENED)
    assert said.startswith("['Made my_course, your own copy of"), said
    for path in folder.glob("notebooks/*.ipynb"):
        assert save.read(folder / "my_course" / path.name) == save.read(path)


CHECKED = """
import linecache
from course import Lesson, checking

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
print(lesson.questions.predictions["chain"].reply("1.5").right)
"""


def test_checks_and_questions_work_where_they_are_sealed(folder):
    """Guards: the same verdicts and replies as here, in the process of answers, too."""
    said = in_copy(folder, "-c", CHECKED).splitlines()
    expected = [
        "my_loss_slope: right",
        "my_loss_slope: not yet: with several samples it is too large: the loss is an",
        "my_loss_slope: not yet: the result is right, but it calls my_loss_slope.m",
        "my_loss_slope: this function is the course's: hand over one that you wrote",
        "True",
    ]
    assert len(said) == len(expected), said
    for line, start in zip(said, expected):
        assert line.startswith(start), line
