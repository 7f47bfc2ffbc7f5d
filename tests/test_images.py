"""The pictures in images/: they match the code that draws them, and carry alt texts."""

import html
import re

import matplotlib
import pytest

from course.pictures import networks
from course.pictures.style import new_figure
from course.tools import ROOT, find_notebooks, save
from images import make


def test_stored_pictures_match_the_code():
    """Guards images/: run `python images/make.py` after a change of the drawing."""
    assert make.check() == []


def test_the_check_notices_changes(tmp_path, monkeypatch):
    """Guards the check itself: other numbers, other colours, lost or strange files."""
    make.make(tmp_path)
    assert make.check(tmp_path) == []
    with monkeypatch.context() as patch:
        patch.setattr(make, "SEED", make.SEED + 1)
        changed = {problem.split(":")[0] for problem in make.check(tmp_path)}
        assert changed == {"overview.png"}
    with monkeypatch.context() as patch:
        patch.setattr(networks, "NEGATIVE", "#FF0000")
        assert any("overview.png" in problem for problem in make.check(tmp_path))
    (tmp_path / "chain.png").rename(tmp_path / "old.png")
    assert make.check(tmp_path) == [
        "old.png: no code draws it",
        "chain.png: it is missing",
    ]


def test_the_check_sees_moved_points_but_not_rounding():
    """Guards the comparison of places: 1 % is a change, 1e-7 is another processor."""
    fig, ax = new_figure()
    (line,) = ax.plot([1.0, 2.0], [3.0, 4.0])
    ax.set_xlim(0, 5)
    ax.set_ylim(0, 5)
    before = make.record(fig, "")
    line.set_ydata([3.0, 4.0 + 1e-7])
    assert make.differences(before, make.record(fig, "")) == []
    line.set_ydata([3.0, 4.05])
    (found,) = make.differences(before, make.record(fig, ""))
    assert found.startswith("'path ") and "another place" in found


@pytest.mark.parametrize("fault", ["text", "dashes", "fill", "one part less", "image"])
def test_the_check_sees_what_a_slip_changes(fault):
    """Guards the record: words, line styles, colours and areas are in it."""

    def drawn(fault=None):
        fig, ax = new_figure()
        ax.text(0.5, 0.5, "0.12" if fault == "text" else "0.13", bbox={})
        ax.plot([0, 1], [0, 1], "--" if fault == "dashes" else "-")
        ax.fill_between([0, 1], [0, 1], color="r" if fault == "fill" else "b")
        ax.imshow([[0, 1]] if fault == "image" else [[1, 0]], extent=(0, 1, 0, 1))
        if fault != "one part less":
            ax.scatter([0.5], [0.5])
        return make.record(fig, "")

    assert make.differences(drawn(), drawn()) == []
    assert make.differences(drawn(), drawn(fault))


def test_the_check_refuses_pictures_of_another_origin(tmp_path, monkeypatch):
    """Guards against a picture that was pasted in."""
    monkeypatch.setattr(make, "PICTURES", {"chain.png": make.chain})
    fig, _ = new_figure()
    fig.savefig(tmp_path / "chain.png")
    assert make.check(tmp_path) == [
        "chain.png: it carries no record: images/make.py didn't draw it"
    ]


def test_make_tells_what_it_does(capsys, monkeypatch):
    """Guards the command: exit codes and words."""
    monkeypatch.setattr(make, "check", list)
    assert make.main(["--check"]) == 0
    assert "match the code" in capsys.readouterr().out
    monkeypatch.setattr(make, "check", lambda: ["a.png: it is missing"])
    assert make.main(["--check"]) == 1 and make.main(["--nonsense"]) == 2


def links():
    """Each picture link of the README and the notebooks: (file, alt, picture)."""
    files = [ROOT / "README.md", *find_notebooks([])]
    for path in files:
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".ipynb":
            cells = save.read(path).cells
            text = "\n".join(c.source for c in cells if c.cell_type == "markdown")
        for alt, name in re.findall(r"!\[(.*?)\]\(images/(.*?)\)", text, re.DOTALL):
            yield path.name, " ".join(alt.split()), name
        for name, alt in re.findall(r'<img src="../images/(.*?)" alt="(.*?)">', text):
            yield path.name, html.unescape(alt), name


@pytest.fixture(scope="module")
def alt_texts():
    return make.alt_texts()


def test_linked_pictures_carry_their_alt_text(alt_texts):
    """Guards README and notebooks: the alt text is the one that the code gives."""
    found = list(links())
    assert {name for _, _, name in found} == set(make.PICTURES)
    for file, alt, name in found:
        assert alt == alt_texts[name], f"{file}: {name} needs the alt text of make.py"


@pytest.mark.parametrize("name", list(make.PICTURES))
def test_alt_texts_say_something_in_numbers(name, alt_texts):
    """Guards the alt texts of the stored pictures: long enough, whole, with numbers."""
    alt = alt_texts[name]
    assert 60 < len(alt) < 700 and alt.endswith(".")
    assert re.search(r"\d", alt) or name == "forward_backward.png"
    assert "](" not in alt and "\n" not in alt  # it must fit into a Markdown link


@pytest.mark.parametrize("name", list(make.PICTURES))
def test_stored_pictures_have_large_text(name):
    """Guards the diagrams that are drawn in make.py itself."""
    fig, _, _ = make.draw(name)
    found = [text for text in fig.findobj(matplotlib.text.Text) if text.get_text()]
    assert min(text.get_fontsize() for text in found) >= 11
