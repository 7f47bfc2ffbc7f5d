"""Notebooks as files and as cells: what several commands need."""

import nbformat

WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"


def read(path):
    return nbformat.read(path, as_version=4)


def read_if_whole(path):
    """The notebook in a file; None if there is none, or no notebook in it."""
    try:
        notebook = nbformat.v4.reads(path.read_text(encoding="utf-8"))
        return notebook if all(map(_is_whole, notebook.cells)) else None
    except (FileNotFoundError, ValueError, KeyError, TypeError, AttributeError):
        return None  # whatever is wrong in it


def _is_whole(cell):
    has_outputs = cell.cell_type != "code" or isinstance(cell.outputs, list)
    return has_outputs and isinstance(cell.source, str) and cell.metadata is not None


def write(notebook, path):
    path.write_text(as_text(notebook), encoding="utf-8", newline="\n")


def as_text(notebook) -> str:
    """The exact text of the notebook's file."""
    return nbformat.writes(notebook, version=nbformat.NO_CONVERT) + "\n"


def without_bars(outputs) -> list:
    """Outputs without what the bar of a long cell leaves: one without data."""
    return [output for output in outputs if output.get("data") != {}]


def with_cells(notebook, cells):
    """A copy of the notebook that holds copies of these cells."""
    return nbformat.from_dict({**notebook, "cells": cells})


def tags(cell) -> list:
    return cell.metadata.get("tags", [])


def fetches(source) -> bool:
    """Whether a cell is the one that fetches the course, as in Colab.

    By its first words, since a notebook from there may have other ids and tags.
    """
    return source.startswith(("# @markdown Fetches the c", "# @title Fetches the c"))


def without_fetching(notebook):
    notebook.cells = [cell for cell in notebook.cells if not fetches(cell.source)]
    return notebook


def cleared(notebook):
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return notebook
