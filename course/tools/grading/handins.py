"""Whose file is what: a folder, or a zip, of what was handed in.

Who it is, by the first of these that there is:

- a folder or file as Moodle names them: ``Full Name_1234567_assignsubmission_file_...``
- a folder
- a zip, without ``handin-`` before its name
- a notebook's name, without that of the course's notebook: ``anna_05_sum_task (1).ipynb``
"""

import io
import re
import stat
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from course import record
from course.tools import find_notebooks

LARGEST = 20 * 2**20  # bytes in a file
MOST = 200 * 2**20  # bytes in all files of a learner's zip
DEEPEST = 2  # zips in zips: Moodle's, and a learner's in it
MOODLE = r"(?P<name>.+)_(?P<number>\d+)_assignsubmission_file(_.*)?"
# Parts of a path that are no work to grade: hidden files, and what panels save.
IGNORED = r"(?i)\.[^.]|~|__MACOSX|Thumbs\.db|.*\.(png|svg|csv|npz)$"


@dataclass
class File:
    """Something handed in: a notebook or a record, or why it can't be read."""

    learner: str
    number: str  # the participant's in Moodle, or ''
    name: str
    packed: bytes = b""  # small, even if a zip made it large
    problem: str = ""

    @property
    def data(self):
        return zlib.decompress(self.packed)

    @property
    def is_record(self):
        return self.name.split("/")[-1] == record.FILE

    @property
    def is_notebook(self):
        return not (self.problem or self.is_record)


def collect(folder) -> list[File]:
    """All that was handed in; what can't be read has a problem."""
    folder, found = Path(folder), []
    if folder.is_file():
        return list(_files_of_zip((), folder.read_bytes()))
    for path in sorted(folder.rglob("*")):
        parts, kind = path.relative_to(folder).parts, path.lstat().st_mode
        if stat.S_ISREG(kind):
            with path.open("rb") as file:
                found += _files_of(parts, file.read(MOST + 1))
        elif not stat.S_ISDIR(kind):
            what = "it is no file, but maybe a link to another place"
            found.append(_file(parts, problem=what))
    return found


def _files_of(parts, data, depth=0):
    """What a file holds: itself, or the files of a zip."""
    name = parts[-1].lower()
    if any(re.match(IGNORED, part) for part in parts):
        return
    if name.endswith(".zip"):
        yield from _files_of_zip(parts, data, depth)
    elif len(data) > LARGEST:
        yield _file(parts, problem=f"it has more than {LARGEST // 2**20} MB")
    elif name.endswith(".ipynb") or name == record.FILE:
        yield _file(parts, data)
    else:
        yield _file(parts, problem="it is no notebook")


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
                data = file.read(LARGEST + 1)
        except Exception as error:  # noqa: BLE001, as above
            yield _file((*parts, *inner), problem=f"the zip is damaged: {error}")
            continue
        if not entry.is_dir():
            yield from _files_of((*parts, *inner), data, depth + 1)


def _file(parts, data=b"", problem=""):
    return File(*_who(parts), "/".join(parts), zlib.compress(data, 1), problem)


def _who(parts):
    """The learner, and the participant's number in Moodle or ''."""
    for part in parts:
        if match := re.fullmatch(MOODLE, part):
            return match["name"], match["number"]
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
