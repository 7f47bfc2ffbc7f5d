"""The copies for handing out: without solutions, with them in place, and that they run.

The copies of the real course are run with all solutions in place: every check must say
that its exercise is solved.
"""

import re
from pathlib import Path

import copies
import nbformat
import pytest
import save

ROOT = Path(__file__).parent.parent
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
STUB = "def my_double(x):\n    # Your code here.\n    return None"
SOLUTION = """<details><summary>Solution</summary>

Twice is the sum with itself.

```python
def my_double(x):
    return x + x
```

</details>"""
CHECK = """import helper

helper.say(my_double(4) == 8)"""


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
    for folder in ("notebooks/questions", "images", "tests"):
        (root / folder).mkdir(parents=True)
    texts = {
        "mlp_core.py": "",
        "README.md": "Read me.",
        "notebooks/questions/01_doubles.toml": "",
        "notebooks/data.npz": "",
        "notebooks/save.py": "",
        "images/picture.png": "",
        "tests/test_core.py": "",
    }
    for name, text in texts.items():
        (root / name).write_text(text)
    nbformat.write(small(), root / "notebooks" / "01_doubles.ipynb")
    return root


def sources(notebook):
    return [cell.source for cell in notebook.cells]


# 1. One notebook -------------------------------------------------------------------------


def test_without_solutions_leaves_out_just_the_solutions():
    """Guards: the learner gets everything but the answers."""
    expected = [source for source in sources(small()) if source != SOLUTION]
    assert sources(copies.without_solutions(small())) == expected


def test_with_solutions_fills_each_stub():
    """Guards: the stub becomes the code of its solution; all else stays."""
    done = sources(copies.with_solutions(small()))
    assert done[2] == "def my_double(x):\n    return x + x"
    assert done[:2] + done[3:] == sources(small())[:2] + sources(small())[3:]


def test_with_solutions_clears_the_outputs_of_the_stubs():
    """Guards: no 'not written yet' stands below a written exercise."""
    notebook = small()
    notebook.cells[4].outputs = [nbformat.v4.new_output("stream", text="not yet")]
    notebook.cells[4].execution_count = 3
    cell = copies.with_solutions(notebook).cells[4]
    assert (cell.outputs, cell.execution_count) == ([], None)


def test_the_notebook_given_stays_as_it_is():
    """Guards: the source is never changed."""
    notebook = small()
    copies.without_solutions(notebook)
    copies.with_solutions(notebook)
    assert sources(notebook) == sources(small())


def test_each_stub_gets_its_own_solution():
    """Guards: two exercises aren't mixed up; a solution in words has no stub."""
    notebook = small()
    second = [code("def my_half(x): ...", "stub")]
    second += [
        markdown("```python\ndef my_half(x):\n    return x / 2\n```", "solution")
    ]
    notebook.cells += [markdown("Think.", "solution"), *second]
    done = sources(copies.with_solutions(notebook))
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
    with pytest.raises(ValueError, match=re.escape(said)):
        copies.with_solutions(nbformat.v4.new_notebook(cells=cells))


# 2. A course -----------------------------------------------------------------------------


def test_copy_holds_what_the_notebooks_need(course, tmp_path):
    """Guards: the copy runs where it lies, and has nothing that is not for learners."""
    target = tmp_path / "copy"
    paths = copies.copy_course(copies.without_solutions, target, course)
    assert paths == [target / "notebooks" / "01_doubles.ipynb"]
    files = {
        path.relative_to(target).as_posix()
        for path in target.rglob("*")
        if path.is_file()
    }
    assert files == {
        "mlp_core.py",
        "README.md",
        "notebooks/questions/01_doubles.toml",
        "notebooks/data.npz",
        "notebooks/01_doubles.ipynb",
        "images/picture.png",
    }


def test_folder_that_holds_something_is_never_touched(course, tmp_path):
    """Guards: nobody's work is overwritten."""
    target = tmp_path / "copy"
    target.mkdir()
    copies.copy_course(copies.with_solutions, target, course)  # empty: fine
    before = {path: path.read_bytes() for path in target.rglob("*") if path.is_file()}
    with pytest.raises(FileExistsError, match="is there already"):
        copies.copy_course(copies.without_solutions, target, course)
    after = {path: path.read_bytes() for path in target.rglob("*") if path.is_file()}
    assert after == before


def test_no_half_copy_is_left_behind(course, tmp_path):
    """Guards: a notebook that can't be changed is named, and nothing is written."""
    bad = nbformat.v4.new_notebook(cells=[code(STUB, "stub")])
    nbformat.write(bad, course / "notebooks" / "02_bad.ipynb")
    with pytest.raises(ValueError, match=r"^02_bad.ipynb: no solution follows"):
        copies.copy_course(copies.with_solutions, tmp_path / "copy", course)
    assert not (tmp_path / "copy").exists()


def test_command_says_what_it_did_and_what_it_refuses(tmp_path, capsys):
    """Guards: the two documented commands."""
    assert copies.main(["--without-solutions", str(tmp_path / "pupils")]) == 0
    said = capsys.readouterr().out
    assert said == (
        f"{len(NOTEBOOKS)} notebooks without solutions in {tmp_path / 'pupils'}\n"
    )
    assert copies.main(["--with-solutions", str(tmp_path / "pupils")]) == 1
    assert "is there already" in capsys.readouterr().err
    assert copies.main(["--with-solutions", str(tmp_path / "teacher")]) == 0
    assert len(list((tmp_path / "teacher").rglob("*.ipynb"))) == len(NOTEBOOKS)


def test_run_saves_the_outputs_where_the_copy_lies(course, tmp_path):
    """Guards: --run uses the modules of the copy, and its notebooks are in form."""
    (course / "mlp_core.py").rename(course / "mlp_helper.py")
    (course / "mlp_helper.py").write_text("def say(right): print('solved', right)")
    notebook = small()
    notebook.cells[4].source = CHECK.replace("helper", "mlp_helper")
    nbformat.write(notebook, course / "notebooks" / "01_doubles.ipynb")
    target = tmp_path / "copy"
    (path,) = copies.copy_course(copies.with_solutions, target, course)
    copies.run(path)
    assert save.is_saved_form(path)
    cell = nbformat.read(path, as_version=4).cells[4]
    assert cell.outputs[0].text == "solved True\n"


# 3. The real course ----------------------------------------------------------------------


def blocks(path):
    """The code of all solutions of a notebook."""
    notebook = nbformat.read(path, as_version=4)
    found = []
    for cell in notebook.cells:
        if "solution" in copies.tags(cell):
            found += re.findall(r"```python\n(.*?)```", cell.source, re.DOTALL)
    return [block.strip() for block in found]


def stubs(path):
    notebook = nbformat.read(path, as_version=4)
    return [cell for cell in notebook.cells if "stub" in copies.tags(cell)]


each_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


@pytest.fixture(scope="module")
def solved_course(tmp_path_factory):
    """The course with all solutions in place; each test runs its own notebook."""
    folder = tmp_path_factory.mktemp("with") / "course"
    copies.copy_course(copies.with_solutions, folder)
    return folder


@each_notebook
def test_no_solution_is_left_in_the_copy_without(path):
    """Guards: no answer stands in the notebooks that a learner gets, outputs included."""
    notebook = copies.without_solutions(nbformat.read(path, as_version=4))
    text = "\n".join(sources(notebook))
    left = [block for block in blocks(path) if block in text]
    assert not left
    assert "<summary>Solution" not in text, "a solution without its tag"


@each_notebook
def test_no_output_answers_a_question_in_the_copy_without(path):
    """Guards: who gets the copy predicts before the run, and can't read it first."""
    notebook = copies.without_solutions(nbformat.read(path, as_version=4))
    codes = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert codes and not any(cell.outputs or cell.execution_count for cell in codes)


def test_readme_of_the_copy_without_is_for_learners(tmp_path):
    """Guards: no command in it for a script that isn't there, and no dead link."""
    copies.copy_course(copies.without_solutions, tmp_path / "course")
    text = (tmp_path / "course" / "README.md").read_text(encoding="utf-8")
    for part in ("## Start", "## The notebooks", "**Alone.**", "### The panels"):
        assert part in text
    assert "TEACHING" not in text and "## Test" not in text and "<!--" not in text
    for target in re.findall(r"\]\(([^)#]+)\)", text):
        assert target.startswith("http") or (tmp_path / "course" / target).exists()
    assert not set(re.findall(r"\w+/\w+\.py", text))


@each_notebook
def test_all_is_solved_in_the_copy_with(path, solved_course):
    """Guards: each published solution, put in place of its stub, passes its check.

    And nothing else in the notebook hangs on whether an exercise is solved.
    """
    copy = solved_course / "notebooks" / path.name
    copies.run(copy)
    before, after = printed(path), printed(copy)
    count = len(stubs(path))
    assert count >= 3, "the course has three exercises or more in each notebook"
    assert f"{count} of {count} exercises solved" in after.pop("lesson.progress()")
    checks = {code: after.pop(code) for code in list(after) if "lesson.check(" in code}
    assert len(checks) == count
    for words in checks.values():
        assert re.fullmatch(r"\w+: right", words), words
    assert {code: before[code] for code in after if code in before} == {
        code: text for code, text in after.items() if code in before
    }
    assert len(set(after) - set(before)) == count  # the stubs


def printed(path):
    """What each code cell of a notebook prints: source -> text."""
    notebook = nbformat.read(path, as_version=4)
    return {
        cell.source: "".join(
            output.get("text") or output.get("data", {}).get("text/plain", "")
            for output in cell.outputs
        )
        for cell in notebook.cells
        if cell.cell_type == "code"
    }
