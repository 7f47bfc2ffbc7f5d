"""The learner's own copy of the notebooks: made, and later brought up to date.

A hidden folder in it, `MARK`, holds the versions that they were given. It shows what they
changed, and that the folder is a learner's copy at all. Nothing of theirs is ever lost,
because a copy of each file is put aside before a whole new one replaces it in one step. An
interruption leaves the old file or the new one, and the next start continues.
"""

import os

from course.files import replacing
from course.record import MARK
from course.tools import NOTEBOOKS
from course.tools.merge import is_renamed, merge
from course.tools.notebooks import (
    as_text,
    cleared,
    read,
    read_if_whole,
    without_fetching,
)
from course.words import counted

GIVEN = f"{MARK}/given"
LAST = f"{MARK}/last"  # the name of the notebook that they saved last


def bring_up_to_date(folder, source=NOTEBOOKS) -> list[str]:
    """Make the copy, or bring it up to date; say in sentences what was done."""
    return Update(folder, source).run()


def last_notebook(folder):
    """The path of the notebook last worked in; the first one if there is none."""
    try:
        name = (folder / LAST).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        name = ""
    known = {path.name for path in folder.glob("*.ipynb")}
    first = min(path.name for path in (folder / GIVEN).glob("*.ipynb"))
    return folder / (name if name in known else first)


def write(path, data, mark):
    """Write a file in one step: at any moment the old one is there, or the new one."""
    with replacing(path, mark / f"{path.name}.{os.getpid()}.new") as file:
        file.write(data)


class Update:
    """One run over the learner's folder."""

    def __init__(self, folder, source):
        self.folder, self.source = folder, source
        self.mark = folder / MARK
        self.given, self.before = folder / GIVEN, self.mark / "before"
        self.is_first = not self.mark.exists()
        self.new, self.changed, self.back, self.said = [], [], [], []

    def run(self) -> list[str]:
        for place in (self.given, self.before):
            place.mkdir(parents=True, exist_ok=True)
        for rest in self.mark.glob("*.new"):  # of an interrupted run
            rest.unlink()
        books = {path.name: read(path) for path in sorted(self.source.glob("*.ipynb"))}
        theirs = {name: without_fetching(cleared(books[name])) for name in books}
        for path in sorted(self.given.glob("*.ipynb")):
            if path.name not in theirs:
                self._rename(path.name, theirs)
        for name, notebook in theirs.items():
            self._update(name, notebook)
        return [*self._sentences(), *self.said]

    def _update(self, name, theirs):
        path, given = self.folder / name, self.given / name
        data = as_text(theirs).encode()
        base = read_if_whole(given)
        if not path.exists():
            write(path, data, self.mark)
            (self.new if base is None else self.back).append(path.stem)
        elif base is not None and given.read_bytes() == data:
            return
        elif (mine := read_if_whole(path)) is None:
            self.said.append(
                f"{name} can't be read as a notebook and was left as it is. Rename it, "
                "and the next start brings a fresh one."
            )
            return
        elif base is not None:
            self._merge(path, base, mine, theirs)
        elif not is_renamed(theirs, mine):
            self.said.append(
                f"The course has a new notebook {name}, but one of your files has that "
                "name. Rename yours, and the next start brings ours."
            )
            return
        # Else an interrupted run has brought the notebook, but not its base.
        write(given, data, self.mark)  # the base: last, it tells that all is done

    def _merge(self, path, base, mine, theirs):
        merged, newer = merge(base, mine, theirs)
        if merged != mine:
            write(self.before / path.name, path.read_bytes(), self.mark)
            write(path, as_text(merged).encode(), self.mark)
            self.changed.append(path.stem)
        self.said += [
            f"{path.stem}: you changed the cell '{line}', and so did we. Yours stays; our "
            f"newer one is in {self.source.name}/{path.name}."
            for line in newer
        ]

    def _rename(self, old, theirs):
        """Rename a notebook of the learner's as the course renamed its own."""
        base = read_if_whole(self.given / old)
        for new, notebook in theirs.items() if base is not None else ():
            if (self.given / new).exists() or not is_renamed(base, notebook):
                continue
            if (self.folder / old).exists():
                if (self.folder / new).exists():
                    return  # a file of their own, see _update
                os.replace(self.folder / old, self.folder / new)
                if last_notebook(self.folder).name == old:
                    write(self.folder / LAST, new.encode(), self.mark)
                self.said.append(f"{old} is now called {new}, with your work in it.")
            os.replace(self.given / old, self.given / new)
            return

    def _sentences(self):
        if self.is_first:
            made = counted(len(self.new), "notebook")
            yield f"Made {self.folder.name}, your own copy of the {made}."
        elif self.new:
            yield f"New: {', '.join(self.new)}."
        if self.changed:
            names = ", ".join(self.changed)
            yield f"Brought {counted(len(self.changed), 'notebook')} up to date: {names}."
        if self.back:
            yield f"Missing from your copy, so fresh again: {', '.join(self.back)}."
