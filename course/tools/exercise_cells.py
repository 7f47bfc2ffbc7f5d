"""Write the cells of exercises into a notebook, from their files.

A cell ``lesson.check(my_forward)`` names the exercise. The cells around it are made from its
file, and known by their tags: `exercise`, `stub` and `hint` above it, `solution` below it.
Missing ones are added.
"""

import copy
import re

from nbformat.v4 import new_code_cell, new_markdown_cell

from course.tools import CommandError
from course.tools.notebooks import tags

FOLDED = "<details><summary>{}</summary>\n\n{}\n\n</details>"
ABOVE = {"exercise": "slide", "stub": "-", "hint": "skip"}  # tag -> how slides have it
BELOW = {"solution": "subslide"}
# Begins what is no paragraph's next line.
BLOCK = re.compile(r"#|\||\$\$|<|- |\d+\. |$")


def with_exercises(notebook, exercises):
    """A copy of a notebook whose cells of these exercises, name -> `Exercise`, are new."""
    notebook = copy.deepcopy(notebook)
    for name, exercise in exercises.items():
        texts = texts_of(exercise)
        above, check, below = _around(notebook.cells, name)
        check.metadata.setdefault("slideshow", {"slide_type": "skip"})
        notebook.cells = [
            *_filled(above, ABOVE, texts, name),
            check,
            *_filled(below[::-1], BELOW, texts, name)[::-1],
        ]
    return notebook


def texts_of(exercise) -> dict:
    """The text of each cell that is made of an exercise's file, by its tag."""
    cells = {cell.kind: cell for cell in exercise.cells}
    hints = [cell.comment for cell in exercise.cells if cell.kind == "hint"]
    numbers = [f" {n}" for n in range(1, len(hints) + 1)] if len(hints) > 1 else [""]
    solution = cells["solution"]
    return {
        "exercise": flowing(cells["task"].comment),
        "stub": cells["stub"].code,
        "hint": "\n\n".join(
            FOLDED.format(f"Hint{number}", flowing(hint))
            for number, hint in zip(numbers, hints)
        ),
        "solution": FOLDED.format(
            "Solution", f"```python\n{solution.code}\n```\n\n{flowing(solution.below)}"
        ),
    }


def flowing(text) -> str:
    """A text in Markdown, each of its paragraphs in one line."""
    lines = [""]
    for line in text.split("\n"):
        if BLOCK.match(line) or not lines[-1] or re.match(r"[#|]|\$\$$", lines[-1]):
            lines.append(line)
        else:
            lines[-1] += f" {line.strip()}"
    return "\n".join(lines[1:])


def _around(cells, name):
    """The cells above the check of an exercise, its check, and the cells below it."""
    for place, cell in enumerate(cells):
        if cell.cell_type == "code" and cell.source.strip() == f"lesson.check({name})":
            return cells[:place], cell, cells[place + 1 :]
    raise CommandError(f"the notebook has no cell lesson.check({name})")


def _filled(cells, kinds, texts, name):
    """Cells with the texts of an exercise in those that are nearest to their end."""
    ours, added = {}, []
    for cell in cells:
        if cell.source.startswith("lesson.check("):
            ours = {}  # the cells so far are of another exercise
        ours |= dict.fromkeys(tags(cell), cell)
    for tag, slide in kinds.items():
        if tag in ours:
            ours[tag].source = texts[tag]
        elif texts[tag]:
            added.append(_new(tag, slide, texts[tag], name))
    return cells + added


def _new(tag, slide, text, name):
    make = new_code_cell if tag == "stub" else new_markdown_cell
    shown = {} if slide == "-" else {"slideshow": {"slide_type": slide}}
    cell = make(text, metadata={"tags": [tag], **shown})
    cell.id = f"{name.replace('_', '-')}-{tag}"
    return cell
