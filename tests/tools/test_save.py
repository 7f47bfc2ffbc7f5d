"""Saving notebooks: what the saved form holds, what a failing one keeps; the pages."""

import copy

import nbformat
import pytest
from nbformat.v4 import new_output

from course import lessons
from course.__main__ import main
from course.lessons import terms
from course.tools import CommandError, find_notebooks, pages, save

LOSS = "lesson.check(my_loss)"


def notebook(*sources):
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    return nbformat.v4.new_notebook(cells=cells)


def test_saved_form_holds_nothing_that_changes_from_run_to_run():
    """Guards: a diff of a notebook shows only what its author changed."""
    before = notebook("1 + 1   \n\n")
    before.metadata.update(widgets={"state": {}}, language_info={"version": "3.11"})
    cell = before.cells[0]
    cell.metadata.update(tags=["stub"], execution={"start": "now"}, collapsed=True)
    cell.execution_count = 17
    data = {"text/plain": "2", save.WIDGET_VIEW: {"model_id": "5f3a"}}
    texts = [("stdout", "a"), ("stdout", "b"), ("stderr", "c")]
    cell.outputs = [new_output("stream", name=n, text=text) for n, text in texts]
    cell.outputs.insert(1, new_output("display_data"))  # what a bar leaves
    cell.outputs.append(new_output("execute_result", data, execution_count=17))
    cell.outputs[-1].metadata.asleep = "Asleep."
    given = copy.deepcopy(before)
    after = save.normalize(before)
    assert after.metadata == save.METADATA and before == given
    (cell,) = after.cells
    assert (cell.source, cell.execution_count) == ("1 + 1", 1)
    assert cell.metadata == {"tags": ["stub"]}
    *printed, result = cell.outputs
    assert (result.data, result.execution_count) == ({"text/plain": "2"}, 1)
    assert not result.metadata
    assert [(o.name, o.text) for o in printed] == [("stdout", "ab"), ("stderr", "c")]


def test_a_notebook_runs_where_it_lies_and_is_saved(tmp_path, capsys):
    """Guards: files beside a notebook are found; what --check calls in form; half a run."""
    (tmp_path / "data.txt").write_text("here")
    path = tmp_path / "small.ipynb"
    save.write(notebook("print(open('data.txt').read())", "1 + 1"), path)
    assert save.run_and_save(path)
    first, second = save.read(path).cells
    assert first.outputs[0].text == "here\n"
    assert second.outputs[0].data == {"text/plain": "2"}
    assert save.is_saved_form(path)
    path.write_text(path.read_text().replace("1 + 1", "1 + 1 "))
    assert not save.is_saved_form(path)
    save.write(notebook("print(1)", "1 / 0", "print(2)"), path)
    before = path.read_bytes()  # of one that fails no half run is stored
    assert not save.run_and_save(path) and not save.run_and_save(path, notebook("1/0"))
    assert path.read_bytes() == before
    assert "ZeroDivisionError" in capsys.readouterr().err


@pytest.mark.parametrize("is_ours", [True, False])
def test_exercises_are_written_into_our_notebooks_alone(tmp_path, monkeypatch, is_ours):
    """Guards: a stub that lags behind its file; and one in a copy, which is a learner's."""
    path = tmp_path / "03_forward.ipynb"
    cells = [cell.source for cell in save.read(find_notebooks([path.stem])[0]).cells]
    save.write(save.normalize(notebook("lesson.check(my_forward)", LOSS)), path)
    if is_ours:
        monkeypatch.setitem(lessons.NOTEBOOKS, "forward", path)
    written = save.prepared(path)
    assert save.is_up_to_date(path) is not is_ours
    assert (len(written.cells) > 2) is is_ours
    assert {cell.source for cell in written.cells} <= set(cells)


def test_pages_that_lag_behind_are_told_and_written(tmp_path, monkeypatch, capsys):
    """Guards: a page that nobody brings up to date, a check that writes, and a notebook
    that is written before it has run."""
    page = tmp_path / "page.md"
    page.write_text("old")
    monkeypatch.setattr(save, "ROOT", tmp_path)
    monkeypatch.setattr(save, "run_and_save", lambda *_: True)
    monkeypatch.setattr(save, "write", lambda *_: pytest.fail("it is written"))
    monkeypatch.setattr(save.pages, "changes", lambda: {page: "new"})
    assert main(["save", "--check", "00_first_look"]) == 1 and page.read_text() == "old"
    assert capsys.readouterr().out.endswith("page.md: lags behind\n")
    assert main(["save", "00_first_look"]) == 0 and page.read_text() == "new"
    assert capsys.readouterr().out.endswith("page.md: written\n")


def test_a_page_without_its_marks_is_told(tmp_path, monkeypatch):
    """Guards: a table that lags behind for ever, because its marks are lost."""
    (tmp_path / "README.md").write_text("# A table\n")
    monkeypatch.setattr(pages, "ROOT", tmp_path)
    with pytest.raises(CommandError, match="README.md lacks the marks"):
        pages.changes()


def test_a_notebook_and_its_chapter_are_given_their_minutes(tmp_path, monkeypatch):
    """Guards: an author who copies them by hand, and forgets one."""
    path, chapter = tmp_path / "03_forward.ipynb", tmp_path / "teaching.md"
    head = nbformat.v4.new_markdown_cell(f"**Time:** about 7 minutes. {900 * 'Word '}")
    save.write(nbformat.v4.new_notebook(cells=[head]), path)
    chapter.write_text("In 45 minutes, or about 7 minutes alone.\n")
    monkeypatch.setattr(lessons, "load_exercises", lambda name: {})
    monkeypatch.setattr(save.minutes, "load_exercises", lambda name: {})
    monkeypatch.setitem(lessons.NOTEBOOKS, "forward", path)
    monkeypatch.setattr(pages.plan, "path_of", lambda name: chapter)
    monkeypatch.setattr(pages, "NOTEBOOKS", {"forward": path})
    monkeypatch.setattr(pages, "with_table", lambda text, table: text)
    [cell] = save.prepared(path).cells
    assert cell.source == head.source.replace("7", "5")
    assert pages.changes() == {chapter: "In 45 minutes, or about 5 minutes alone.\n"}


def test_a_term_without_its_cell_is_told_before_anything_is_written(
    monkeypatch, capsys
):
    """Guards: a traceback that names a cell alone, and half of the notebooks written."""
    lost = terms.Term("nought", "forward", "lost", "Nothing.")
    monkeypatch.setattr(terms, "load_all", lambda: [lost])
    monkeypatch.setattr(save, "write", lambda *_: pytest.fail("it is written"))
    assert main(["save", "03_forward"]) == 1
    assert "'nought' is explained in the cell 'lost'" in capsys.readouterr().err


def test_a_notebook_is_found_by_its_name():
    """Guards: a name works as it is typed in either folder; none means all."""
    names = ["05_sum_task", "05_sum_task.ipynb", "notebooks/05_sum_task.ipynb"]
    assert [path.stem for path in find_notebooks(names)] == ["05_sum_task"] * 3
    found = find_notebooks([])
    assert len(found) >= 8 and found == sorted(found)
