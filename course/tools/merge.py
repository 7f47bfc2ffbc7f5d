"""Bring a learner's notebook up to date, cell by cell, without losing what they wrote.

Three versions meet: ``base``, which the learner was given; ``mine``, the learner's file;
and ``theirs``, which the course has now. Cells are the same if their ids are.
"""

import copy
from uuid import uuid4

import nbformat

from course.tools.notebooks import with_cells


def merge(base, mine, theirs) -> tuple[nbformat.NotebookNode, list[str]]:
    """What the course changed since ``base``, brought into ``mine``.

    A cell that the learner changed is never touched, and one they deleted stays deleted.
    Also the first lines of cells that both changed: the learner's stay.
    """
    mine = with_ids(mine, base)
    cells = [{cell.id: cell for cell in book.cells} for book in (base, mine, theirs)]
    b, m, t = ({id: _text(book[id]) for id in book} for book in cells)
    order = _order(b, m, t)
    chosen = [_merged_cell(*(book.get(id) for book in cells)) for id in order]
    merged = with_cells(mine, chosen)
    merged.metadata = _merged_dict(base.metadata, mine.metadata, theirs.metadata)
    merged.nbformat_minor = max(mine.nbformat_minor, theirs.nbformat_minor)
    both = [id for id in m if id in t and b.get(id) != m[id] != t[id] != b.get(id)]
    newer = [cells[1][id].source.strip().partition("\n")[0] for id in both]
    return merged, newer


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
    given = {cell.id: _text(cell) for cell in base.cells if cell.id not in seen}
    for cell in mine.cells:
        if "id" not in cell:
            same = [id for id in given if given[id] == _text(cell)]
            cell.id = same[0] if same else uuid4().hex[:8]
            given.pop(cell.id, None)
    mine.nbformat_minor = max(mine.nbformat_minor, 5)  # the first with ids
    return mine


# The parts of a merge --------------------------------------------------------------------


def _text(cell):
    """What the learner and the course write; all else of a cell is state."""
    return cell.cell_type, cell.source, cell.get("attachments")


def _order(b, m, t):
    """The ids of the result: without what the learner deleted, or the course.

    Their order is the course's, with the learner's own cells after their predecessors;
    if the learner moved cells it is the learner's, with the new ones of the course after
    their predecessors.
    """
    kept = {id for id in m if id in t or b.get(id) != m[id]}
    kept |= t.keys() - m.keys() - b.keys()
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
    if theirs is None or base is None or _text(base) != _text(mine):
        return mine
    # The outputs belong to the text: they stay only with it.
    cell = copy.copy(mine if _text(mine) == _text(theirs) else theirs)
    cell.metadata = _merged_dict(base.metadata, mine.metadata, theirs.metadata)
    return cell


def _merged_dict(base, mine, theirs):
    """Each value of the course's, but the learner's where they changed it."""
    merged = {}
    for key in theirs | mine:
        source = theirs if mine.get(key) == base.get(key) else mine
        if key in source:
            merged[key] = source[key]
    return nbformat.from_dict(merged)
