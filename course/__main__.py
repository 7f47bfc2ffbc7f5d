"""The commands of the course: ``python -m course`` opens it, ``--help`` lists them."""

import argparse
import sys
from importlib import import_module
from typing import NamedTuple

from course.tools import ROOT, CommandError


class Command(NamedTuple):
    """A command: what it does, and a line that calls it."""

    summary: str
    example: str


# Each is a module of course.tools, which is imported when its command is called. A copy
# for a class has only those for learners.
GROUPS = {
    "for learners": {
        "start": Command(
            "open the course in JupyterLab, in a copy that is yours",
            "start --folder my_copy",
        ),
        "progress": Command(
            "show what you have done in all notebooks, or forget it",
            "progress",
        ),
        "glossary": Command(
            "list the terms, and where each is explained",
            "glossary gradient",
        ),
        "handin": Command(
            "pack your notebooks into one file for your teacher",
            'handin --name "Ada Lovelace"',
        ),
    },
    "for teachers": {
        "slides": Command(
            "make slides of the notebooks, and demos of their panels",
            "slides 03_forward",
        ),
        "handout": Command(
            "copy the course for handing out, without solutions or with them",
            "handout ../class",
        ),
        "grade": Command(
            "grade notebooks that were handed in: a table, and feedback",
            "grade handins --csv marks.csv",
        ),
        "minutes": Command(
            "count how long each notebook takes",
            "minutes 04_backprop",
        ),
    },
    "for maintainers": {
        "save": Command(
            "run the notebooks and save them with their outputs",
            "save 05_sum_task",
        ),
        "links": Command(
            "write the address of the course wherever it is needed",
            "links",
        ),
        "site": Command(
            "build a site: the course as a book to read",
            "site ../site",
        ),
    },
}
COMMANDS = {
    name: command
    for group in GROUPS.values()
    for name, command in group.items()
    if (ROOT / "course" / "tools" / f"{name}.py").exists()
}

HELP = ("-h", "--help")
PROGRAM = "python -m course"
INTRODUCTION = f"""\
Commands of the course; without a command it is opened, as by start.
Paths count from its folder. More about each: {PROGRAM} start -h"""


def main(arguments=None) -> int:
    arguments = sys.argv[1:] if arguments is None else list(arguments)
    if not arguments or arguments[0].startswith("-") and arguments[0] not in HELP:
        arguments.insert(0, "start")
    parser = argparse.ArgumentParser(
        prog=PROGRAM,
        usage=f"{PROGRAM} [-h] [COMMAND ...]",
        description=overview(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(
        prog=PROGRAM, metavar="COMMAND", required=True, help=argparse.SUPPRESS
    )
    for name, (summary, example) in COMMANDS.items():
        command = commands.add_parser(
            name,
            description=summary,
            epilog=f"example:\n  {PROGRAM} {example}",
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        if arguments[:1] == [name]:
            tool = import_module(f"course.tools.{name}")
            tool.add_arguments(command)
    options = parser.parse_args(arguments)
    try:
        return tool.run(options)
    except (CommandError, OSError) as error:
        print(error, file=sys.stderr)
        return 1


def overview() -> str:
    """The commands that are there, by whom they are for."""
    parts = [INTRODUCTION]
    for title, group in GROUPS.items():
        lines = [
            f"  {name:<10}{group[name].summary}" for name in group if name in COMMANDS
        ]
        if lines:
            parts.append("\n".join([f"{title}:", *lines]))
    return "\n\n".join(parts)


if __name__ == "__main__":
    sys.exit(main())
