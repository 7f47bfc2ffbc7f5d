"""Files written into a folder, and a manifest there by which a later run knows them.

It holds a hash of each, so the next run replaces what is still as it was written, removes
what is no longer wanted, and leaves alone what somebody else wrote or changed. It is
written first, with what is to come, so that the next run can finish an interrupted one.
"""

import hashlib
import json
from typing import NamedTuple

from course.files import replacing
from course.tools import CommandError

NAME = ".handout.json"
NEW = ".handout.new"  # what is being written; after a crash the next run takes it


class Manifest(NamedTuple):
    """What a folder was given."""

    kind: str
    done: bool
    files: dict  # path -> the hashes with which it is ours: one, if the run is done


class Changes(NamedTuple):
    """What a run did, in paths."""

    written: list
    removed: list
    left: list  # as somebody else wrote or changed them


def read(folder) -> Manifest | None:
    """The manifest of a folder; None if it has none."""
    try:
        manifest = Manifest(**json.loads((folder / NAME).read_text(encoding="utf-8")))
        for name in manifest.files:
            (folder / name).resolve().relative_to(folder.resolve())
        return manifest
    except FileNotFoundError:
        return None
    except (TypeError, ValueError):  # also for a path that leads out of the folder
        raise CommandError(f"{folder / NAME} is damaged: restore an older one")


def read_or_refuse(folder, also="") -> Manifest | None:
    """The manifest of a folder to write; None if it is new, or empty except for hidden files.

    A `CommandError` says which folders may be named, ``also`` others, if it is neither.
    """
    found = read(folder) if folder.is_dir() else None
    is_free = not folder.exists() or (folder.is_dir() and not any(folder.glob("[!.]*")))
    if found is None and not is_free:
        raise CommandError(
            f"{folder} already exists; name a folder that is new, or empty except for "
            f"hidden files{also}"
        )
    return found


def write(folder, files, kind) -> Changes:
    """Make a folder hold these files, path -> bytes, and no other that is ours."""
    before = read(folder)
    ours = before.files if before else {}
    new = {name: [hash_of(data)] for name, data in files.items()}
    coming = {name: ours.get(name, []) + new.get(name, []) for name in new | ours}
    changes = Changes([], [], [])
    for name, hashes in coming.items():
        now = _hash_in(folder, name)
        if now not in [None, *hashes]:
            changes.left.append(name)
        elif now not in new.get(name, [None]):
            (changes.written if name in new else changes.removed).append(name)
    _save(folder, Manifest(kind, False, coming))
    for name in changes.written:
        _put(folder, name, files[name])
    for name in changes.removed:
        _remove(folder, name)
    theirs = {name: ours.get(name, []) for name in changes.left if name in new}
    _save(folder, Manifest(kind, True, new | theirs))
    return changes


def accept(folder, names):
    """Count these files as ours, as they are now."""
    before = read(folder)
    now = {name: [_hash_in(folder, name)] for name in names}
    _save(folder, before._replace(files=before.files | now))


def hash_of(data) -> str:
    """The hash of a file, whichever line ends git gives to texts on this system."""
    return hashlib.sha256(data.replace(b"\r\n", b"\n")).hexdigest()


def _hash_in(folder, name):
    path = folder / name
    return hash_of(path.read_bytes()) if path.is_file() else None


def _put(folder, name, data):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path, folder / NEW) as file:
        file.write(data)


def _remove(folder, name):
    """Remove a file, and the folders that it leaves empty."""
    path = folder / name
    path.unlink()
    while not any(path.parent.iterdir()):
        path = path.parent
        path.rmdir()


def _save(folder, manifest):
    text = json.dumps(manifest._asdict(), indent=1, sort_keys=True) + "\n"
    _put(folder, NAME, text.encode())
