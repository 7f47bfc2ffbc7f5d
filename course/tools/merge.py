"""Bring a learner's notebook up to date, cell by cell, without losing what they wrote.

Three versions meet: ``base``, which the learner was given; ``mine``, the learner's file;
and ``theirs``, which the course has now. Cells are the same if their ids are.
"""

import copy
from typing import NamedTuple
from uuid import uuid4

import nbformat


class Merged(NamedTuple):
    """A notebook brought up to date."""

    notebook: nbformat.NotebookNode
    # The first lines of cells that both changed: the learner's stay.
    newer: list[str]


def merge(base, mine, theirs) -> Merged:
    """What the course changed since ``base``, brought into ``mine``.

    A cell that the learner changed is never touched, one they deleted stays deleted.
    """
    mine = with_ids(mine, base)
    b, m, t = (_by_id(notebook) for notebook in (base, mine, theirs))
    merged = copy.deepcopy(mine)
    merged.cells = [
        copy.deepcopy(_merged_cell(b.get(id), m.get(id), t.get(id)))
        for id in _order(b, m, t, _kept(b, m, t))
    ]
    merged.metadata = _merged_dict(base.metadata, mine.metadata, theirs.metadata)
    merged.nbformat_minor = max(mine.nbformat_minor, theirs.nbformat_minor)
    newer = [
        first_line(m[id])
        for id in m.keys() & t.keys()
        if _text(m[id]) != _text(t[id])
        and _is_changed(b.get(id), m[id])
        and _is_changed(b.get(id), t[id])
    ]
    return Merged(merged, newer)


def is_renamed(old, new) -> bool:
    """Whether ``new`` has most of the cells of ``old``."""
    ids = {cell.id for cell in old.cells}
    return 2 * len(ids & {cell.get("id") for cell in new.cells}) > len(ids)


def with_ids(mine, base):
    """A copy of a notebook in which each cell has an id of its own.

    Old programs save no ids. A cell whose text is still the given one gets its id back.
    """
    mine, seen = copy.deepcopy(mine), {None}
    for cell in mine.cells:
        if cell.get("id") in seen:
            cell.pop("id", None)
        seen.add(cell.get("id"))
    given = [cell for cell in base.cells if cell.id not in seen]
    for cell in mine.cells:
        if "id" not in cell:
            same = next((other for other in given if _text(other) == _text(cell)), None)
            if same is not None:
                given.remove(same)
            cell.id = uuid4().hex[:8] if same is None else same.id
    mine.nbformat_minor = max(mine.nbformat_minor, 5)  # the first with ids
    return mine


def first_line(cell) -> str:
    return cell.source.strip().partition("\n")[0]


# The parts of a merge --------------------------------------------------------------------


def _by_id(notebook):
    return {cell.id: cell for cell in notebook.cells}


def _text(cell):
    """What the learner and the course write; all else of a cell is state."""
    return cell.cell_type, cell.source, cell.get("attachments")


def _is_changed(base, cell):
    """Whether a cell has another text than the given one, or is new."""
    return base is None or _text(base) != _text(cell)


def _kept(b, m, t):
    """The ids of the result: without what the learner deleted, or the course."""
    left = {id for id in m if id in t or _is_changed(b.get(id), m[id])}
    return left | (t.keys() - m.keys() - b.keys())


def _order(b, m, t, kept):
    """The ids of the result in their order.

    It is the order of the course, with the learner's own cells after their predecessors;
    if the learner moved cells it is the learner's, with the new ones of the course after
    their predecessors.
    """
    common = b.keys() & m.keys() & t.keys()
    has_moved = [id for id in b if id in common] != [id for id in m if id in common]
    frame, guests = (m, t) if has_moved else (t, m)
    order, place = [id for id in frame if id in kept], 0
    for id in guests:
        if id in frame and id in kept:
            place = order.index(id) + 1
        elif id in kept:
            order.insert(place, id)
            place += 1
    return order


def _merged_cell(base, mine, theirs):
    if mine is None:
        return theirs
    if theirs is None or _is_changed(base, mine):
        return mine
    # The outputs belong to the text: they stay only with it.
    cell = copy.copy(mine if _text(mine) == _text(theirs) else theirs)
    cell.metadata = _merged_dict(base.metadata, mine.metadata, theirs.metadata)
    return cell


def _merged_dict(base, mine, theirs):
    """Each value of the course's, but the learner's where they changed it."""
    merged = {}
    for key in [*theirs, *(key for key in mine if key not in theirs)]:
        has_changed = mine.get(key) != base.get(key)
        source = mine if has_changed else theirs
        if key in source:
            merged[key] = source[key]
    return nbformat.from_dict(merged)
