"""The commands of the course: ``python -m course`` opens it, ``--help`` lists them."""

import argparse
import sys
from importlib import import_module

from course.tools import ROOT, CommandError

# What each does. It is a module of course.tools, which is imported when its command is
# called. A copy for a class has only those for learners.
GROUPS = {
    "for learners": {
        "start": "open the course in JupyterLab, in your own copy",
        "progress": "show what you have done in all notebooks, or forget it",
        "glossary": "list the terms, and where each is explained",
        "handin": "pack your notebooks into one file for your teacher",
    },
    "for teachers": {
        "slides": "make slides from the notebooks, and demos of their panels",
        "handout": "copy the course for a class, without solutions or with them",
        "playground": "write the playground as one page, to open or send",
        "grade": "grade the notebooks handed in: a table, and feedback",
        "minutes": "estimate how long each notebook takes",
    },
    "for maintainers": {
        "save": "run the notebooks and save them with their outputs",
        "links": "write the address of the course wherever it is needed",
        "site": "build a site: the course as a book to read",
    },
}
COMMANDS = {
    name: summary
    for group in GROUPS.values()
    for name, summary in group.items()
    if (ROOT / "course" / "tools" / f"{name}.py").exists()
}

HELP = ("-h", "--help")
PROGRAM = "python -m course"
INTRODUCTION = f"""\
Commands of the course; without a command it opens, as with start.
Paths are relative to its folder. More about each: {PROGRAM} start -h"""
AS_IT_IS = argparse.RawDescriptionHelpFormatter


def main(arguments=None) -> int:
    arguments = sys.argv[1:] if arguments is None else list(arguments)
    if not arguments or arguments[0].startswith("-") and arguments[0] not in HELP:
        arguments.insert(0, "start")
    parser = argparse.ArgumentParser(
        prog=PROGRAM,
        usage=f"{PROGRAM} [-h] [COMMAND ...]",
        description=overview(),
        formatter_class=AS_IT_IS,
    )
    commands = parser.add_subparsers(
        prog=PROGRAM, metavar="COMMAND", required=True, help=argparse.SUPPRESS
    )
    for name, summary in COMMANDS.items():
        command = commands.add_parser(
            name, description=summary, formatter_class=AS_IT_IS
        )
        if arguments[0] == name:
            tool = import_module(f"course.tools.{name}")
            command.epilog = f"example:\n  {PROGRAM} {tool.EXAMPLE}"
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
        lines = [f"  {name:<12}{group[name]}" for name in group if name in COMMANDS]
        if lines:
            parts.append("\n".join([f"{title}:", *lines]))
    return "\n\n".join(parts)


if __name__ == "__main__":
    sys.exit(main())
