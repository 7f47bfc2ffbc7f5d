"""Hand-outs: without solutions, with them in place, and that a copy runs.

That each solution passes its check is seen in test_reruns.py.
"""

import re
import subprocess
import sys

import nbformat
import pytest

from course.__main__ import main
from course.tools import ROOT, CommandError, find_notebooks, handout, save

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


@pytest.fixture
def course(tmp_path):
    """A small course in a folder."""
    root = tmp_path / "course"
    texts = {
        "mlp_core.py": "def show(right): print('solved', right)",
        "README.md": README,
        "course/lessons/doubles/questions.toml": "",
        "course/__pycache__/checks.pyc": "",
        "notebooks/data.npz": "",
        "notebooks/mine.txt": "",
        "images/picture.png": "",
        "images/make.py": "",
        "tests/test_core.py": "",
    }
    for name, text in texts.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    nbformat.write(small(), root / "notebooks" / "01_doubles.ipynb")
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
    second = [code("def my_half(x): ...", "stub")]
    second += [
        markdown("```python\ndef my_half(x):\n    return x / 2\n```", "solution")
    ]
    notebook.cells += [markdown("Think.", "solution"), *second]
    done = sources(handout.with_solutions(notebook))
    assert done[2].endswith("return x + x")
    assert done[-2].endswith("return x / 2")


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ([code(STUB, "stub")], "no solution follows the stub 'def my_double(x):'"),
        (
            [
                code(STUB, "stub"),
                code("my = 1", "stub"),
                markdown(SOLUTION, "solution"),
            ],
            "no solution follows the stub 'def my_double(x):'",
        ),
        (
            [code(STUB, "stub"), markdown("In words.", "solution")],
            "the solution of 'def my_double(x):' has 0 python blocks; it must be 1",
        ),
        (
            [code(STUB, "stub"), markdown(2 * f"{SOLUTION}\n", "solution")],
            "the solution of 'def my_double(x):' has 2 python blocks; it must be 1",
        ),
    ],
)
def test_stub_without_a_clear_solution_is_told(cells, said):
    """Guards: no stub stays a stub in silence."""
    with pytest.raises(CommandError, match=re.escape(said)):
        handout.with_solutions(nbformat.v4.new_notebook(cells=cells))


# 2. A course -----------------------------------------------------------------------------


def files(folder):
    """Name and content of every file in a folder."""
    paths = [path for path in folder.rglob("*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def test_copy_holds_what_the_notebooks_need(course, tmp_path):
    """Guards: the copy runs where it lies, and has nothing that is not for learners."""
    target = tmp_path / "copy"
    paths = handout.copy_course(handout.without_solutions, target, course)
    assert paths == [target / "notebooks" / "01_doubles.ipynb"]
    assert set(files(target)) == {
        "mlp_core.py",
        "README.md",
        "course/lessons/doubles/questions.toml",
        "notebooks/data.npz",
        "notebooks/01_doubles.ipynb",
        "images/picture.png",
    }


def test_readme_for_learners_leaves_out_what_is_for_others(course, tmp_path):
    """Guards: learners get their part of the README, teachers all of it."""
    handout.copy_course(handout.without_solutions, tmp_path / "a", course)
    handout.copy_course(handout.with_solutions, tmp_path / "b", course)
    assert (tmp_path / "a" / "README.md").read_text() == "For all.\nFor all again.\n"
    assert (tmp_path / "b" / "README.md").read_text() == README


def test_folder_that_holds_something_is_never_touched(course, tmp_path):
    """Guards: nobody's work is overwritten; an empty folder is welcome."""
    target = tmp_path / "copy"
    target.mkdir()
    handout.copy_course(handout.with_solutions, target, course)
    before = files(target)
    with pytest.raises(CommandError, match="is there already"):
        handout.copy_course(handout.without_solutions, target, course)
    assert files(target) == before


def test_no_half_copy_is_left_behind(course, tmp_path):
    """Guards: a notebook that can't be changed is named, and nothing is written."""
    bad = nbformat.v4.new_notebook(cells=[code(STUB, "stub")])
    nbformat.write(bad, course / "notebooks" / "02_bad.ipynb")
    with pytest.raises(CommandError, match=r"^02_bad.ipynb: no solution follows"):
        handout.copy_course(handout.with_solutions, tmp_path / "copy", course)
    assert not (tmp_path / "copy").exists()


def test_command_says_what_it_did_and_what_it_refuses(tmp_path, capsys):
    """Guards: the two documented commands."""
    count = len(NOTEBOOKS)
    pupils, teacher = str(tmp_path / "pupils"), str(tmp_path / "teacher")
    assert main(["handout", pupils]) == 0
    assert capsys.readouterr().out == (
        f"{count} notebooks without solutions in {pupils}\n"
    )
    assert main(["handout", pupils, "--with-solutions"]) == 1
    assert "is there already" in capsys.readouterr().err
    assert main(["handout", teacher, "--with-solutions"]) == 0
    assert len(list((tmp_path / "teacher").rglob("*.ipynb"))) == count


def test_run_saves_the_outputs_where_the_copy_lies(course, tmp_path, monkeypatch):
    """Guards: --run uses the modules of the copy, and its notebooks are in form."""
    monkeypatch.setattr(handout.copy_course, "__defaults__", (course,))
    assert main(["handout", str(tmp_path / "copy"), "--with-solutions", "--run"]) == 0
    path = tmp_path / "copy" / "notebooks" / "01_doubles.ipynb"
    assert save.is_saved_form(path)
    assert save.read(path).cells[4].outputs[0].text == "solved True\n"


# 3. The real course ----------------------------------------------------------------------


def solutions(path):
    """The code of all solutions of a notebook."""
    cells = save.read(path).cells
    texts = [cell.source for cell in cells if "solution" in handout.tags(cell)]
    return [block.strip() for text in texts for block in handout.BLOCK.findall(text)]


each_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


@each_notebook
def test_no_answer_is_left_in_the_copy_without(path):
    """Guards: no solution stands in it, and no output that answers a question."""
    notebook = handout.without_solutions(save.read(path))
    text = "\n".join(sources(notebook))
    assert len(solutions(path)) >= (0 if path.stem == "00_first_look" else 2)
    assert not [block for block in solutions(path) if block in text]
    assert "<summary>Solution" not in text, "a solution without its tag"
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert cells and not any(cell.outputs or cell.execution_count for cell in cells)


def test_readme_of_the_copy_without_is_for_learners(tmp_path):
    """Guards: no command in it for what isn't there, and no dead link."""
    handout.copy_course(handout.without_solutions, tmp_path / "course")
    text = (tmp_path / "course" / "README.md").read_text(encoding="utf-8")
    for part in ("## Start", "## The notebooks", "**Alone.**", "### The panels"):
        assert part in text
    assert "TEACHING" not in text and "## Test" not in text and "<!--" not in text
    for target in re.findall(r"\]\(([^)#]+)\)", text):
        assert target.startswith("http") or (tmp_path / "course" / target).exists()
    assert not set(re.findall(r"\w+/\w+\.py", text))
    assert (ROOT / "README.md").read_text(encoding="utf-8") != text


def test_copy_without_can_be_opened(tmp_path):
    """Guards: `python -m course` works in it, and gives a learner its notebooks."""
    course = tmp_path / "course"
    handout.copy_course(handout.without_solutions, course)
    code = (
        "from pathlib import Path; from course.tools import server, start, update; "
        "print(update.bring_up_to_date(start.find_folder('my_course', update.MARK)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=course,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.startswith("['Made my_course, your own copy of"), done.stderr
    for path in course.glob("notebooks/*.ipynb"):
        assert save.read(course / "my_course" / path.name) == save.read(path)
