"""Whose file is what: a folder, or a zip, of what was handed in.

Who it is, by the first of these that there is:

- a folder or file as Moodle names them: ``Full Name_1234567_assignsubmission_file_...``
- a folder
- a zip, without ``handin-`` before its name
- a notebook's name, without that of the course's notebook: ``anna_05_sum_task (1).ipynb``
"""

import functools
import io
import json
import os
import re
import stat
import zipfile
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from course import record
from course.tools import find_notebooks, handin

MOST = 100 * 2**20  # bytes in a file, and in all files of a learner's zip
LARGEST = 2**19  # characters in the cells of a notebook, without their outputs
FEWEST = 3  # cells that a notebook shares with ours, to be one of ours
DEEPEST = 2  # zips in zips: Moodle's, and a learner's in it
MOODLE = r"(?P<name>.+)_(?P<number>\d+)_assignsubmission_[a-z]+(_.*)?"
FOREIGN = "its cells are not from a notebook of this course"
# Parts of a path that are no work to grade: hidden files, and what panels save.
IGNORED = r"(?i)\.[^.]|~|__MACOSX|Thumbs\.db|.*\.(png|svg|csv|npz)$"


@dataclass
class File:
    """Something handed in: a notebook or a record, or why it can't be read."""

    who: tuple  # the learner, and the participant's number in Moodle or ''
    name: str
    notebook: str = ""  # which one of the course it is, as far as is known
    cells: list = field(default_factory=list)  # kind, id and text of each
    record: bytes = b""
    problem: str = ""
    is_work: bool = True  # or a problem is no reason to leave the mark open


class Unread(Exception):
    """A file that can't be read; the text says why."""


def collect(folder) -> list[File]:
    """All that was handed in; what can't be read has a problem."""
    folder, found = Path(folder), []
    if folder.is_file():
        is_one = folder.suffix != ".zip" or handin.is_ours(folder)
        read = _files_of if is_one else _files_of_zip
        return [*read((folder.name,) if is_one else (), folder.read_bytes())]
    for path in sorted(folder.rglob("*")):
        parts, kind = path.relative_to(folder).parts, path.lstat().st_mode
        if stat.S_ISREG(kind) and not os.access(path, os.R_OK):
            found.append(_file(parts, problem="you have no permission to read it"))
        elif stat.S_ISREG(kind):
            with path.open("rb") as file:
                found += _files_of(parts, file.read(MOST + 1))
        elif not stat.S_ISDIR(kind):
            what = "it isn't a file, but perhaps a link to another place"
            found.append(_file(parts, problem=what))
    return found


def _files_of(parts, data, depth=0):
    """What a file holds: itself, or the files of a zip."""
    name = parts[-1].lower()
    if any(re.match(IGNORED, part) for part in parts):
        return
    try:
        if len(data) > MOST:
            raise Unread(f"it is larger than {MOST // 2**20} MB")
        if name.endswith(".zip"):
            yield from _files_of_zip(parts, data, depth)
        elif name.endswith(".ipynb"):
            cells = read_cells(data)
            yield _file(parts, cells=cells, notebook=recognise(cells))
        elif name == record.FILE:
            yield _file(parts, record=data)
        else:
            what = "a notebook's name ends in .ipynb"
            yield _file(parts, problem=what, is_work=".ipynb" in name)
    except Unread as why:
        own = [path.stem for path in find_notebooks([]) if path.stem in name]
        yield _file(parts, problem=str(why), notebook="".join(own))


def _files_of_zip(parts, data, depth=0):
    """Those of a zip; nothing is unpacked to the disk."""
    try:
        if depth == DEEPEST:
            raise ValueError("it is a zip in a zip in a zip")
        archive = zipfile.ZipFile(io.BytesIO(data))
        size = sum(entry.file_size for entry in archive.infolist())
        if parts and size > MOST:  # the teacher's own zip may be larger
            raise ValueError(f"it unpacks to more than {MOST // 2**20} MB")
    except Exception as error:  # noqa: BLE001, whatever a damaged zip raises
        yield _file(parts, problem=f"the zip can't be opened: {error}")
        return
    for entry in archive.infolist():
        inner = PurePosixPath(entry.filename.replace("\\", "/").lstrip("/")).parts
        try:
            with archive.open(entry) as file:  # no more than its `file_size` is read
                data = file.read(MOST + 1)
        except Exception as error:  # noqa: BLE001, as above
            yield _file((*parts, *inner), problem=f"the zip is damaged: {error}")
            continue
        if not entry.is_dir():
            yield from _files_of((*parts, *inner), data, depth + 1)


def _file(parts, **fields):
    return File(_who(parts), "/".join(parts), **fields)


def _who(parts):
    """The learner, and the participant's number in Moodle or ''."""
    for part in parts:
        if match := re.fullmatch(MOODLE, part):
            return match["name"], match["number"]
        if match := re.fullmatch(r"handin-(?P<name>.+?)( \(\d+\))?\.zip", part):
            return match["name"], ""  # what is inside says nothing of whose it is
    first = parts[0] if parts else "the zip"
    if first.lower().endswith(".zip"):
        return re.sub(r"^handin-| ?\(\d+\)$", "", first[:-4]) or first[:-4], ""
    return (first if len(parts) > 1 else _name_in(first)), ""


def _name_in(file):
    """What remains of the name of a notebook's file: who handed it in."""
    stem = re.sub(r"\.\w+$|-Copy\d+|\(\d+\)", " ", file)
    for path in find_notebooks([]):
        stem = stem.replace(path.stem, " ")
    return stem.strip(" _-.,()") or f"(no name) {file}"


# Notebooks -----------------------------------------------------------------------------


def read_cells(data) -> list[tuple]:
    """The cells of a notebook: kind, id and text of each; an `Unread` if it is none."""
    if not data.strip():
        raise Unread("it is empty")
    try:
        notebook = json.loads(data)
        if "worksheets" in notebook:
            raise Unread("it is in an old format: open it in JupyterLab and save it")
        cells = [
            (cell["cell_type"], str(cell.get("id")), "".join(cell["source"]))
            for cell in notebook["cells"]
        ]
    except (ValueError, RecursionError, LookupError, TypeError, AttributeError):
        raise Unread("it isn't a notebook, or is incomplete") from None
    if sum(len(text) for _, _, text in cells) > LARGEST:
        raise Unread(f"its cells hold more than {LARGEST // 2**10} KB of text")
    return cells


def recognise(cells) -> str:
    """Which notebook this is, by the ids of its cells, or their texts, as Colab drops ids."""
    common = {name: len(_marks(cells) & own) for name, own in _ours().items()}
    name = max(common, key=common.get)
    if common[name] < FEWEST:
        raise Unread(FOREIGN)
    return name


@functools.cache
def _ours():
    return {p.stem: _marks(read_cells(p.read_bytes())) for p in find_notebooks([])}


def _marks(cells):
    return {id for _, id, _ in cells} | {text.strip() for _, _, text in cells if text}
