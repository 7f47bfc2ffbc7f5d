"""The commands of the course: ``python -m course`` opens it, ``--help`` lists them."""

import argparse
import sys
from importlib import import_module

from course.tools import ROOT, CommandError

# Each is a module of course.tools, which is imported when its command is called. A copy
# for a class has only those for learners.
COMMANDS = {
    "start": "open the course in JupyterLab, in a copy that is yours; also without a name",
    "progress": "show what you have done in all notebooks, or forget it",
    "minutes": "count how long each notebook takes",
    "glossary": "list the terms, and where each is explained",
    "save": "run the notebooks and save them with their outputs",
    "links": "write the address of the course into the README and the notebooks",
    "slides": "make slides of the notebooks, or look whether they fit",
    "handout": "copy the course for handing out, without solutions or with them",
    "handin": "pack your notebooks into one file for your teacher",
    "site": "build a site: a book to read, and notebooks that run in a browser",
    "grade": "grade notebooks that were handed in: a table, and feedback",
}
COMMANDS = {
    name: summary
    for name, summary in COMMANDS.items()
    if (ROOT / "course" / "tools" / f"{name}.py").exists()
}

HELP = ("-h", "--help")


def main(arguments=None) -> int:
    arguments = sys.argv[1:] if arguments is None else list(arguments)
    if not arguments or arguments[0].startswith("-") and arguments[0] not in HELP:
        arguments.insert(0, "start")
    parser = argparse.ArgumentParser(
        prog="python -m course",
        description="Commands of the course; paths count from its folder.",
    )
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for name, summary in COMMANDS.items():
        command = commands.add_parser(name, help=summary, description=summary)
        if arguments[:1] == [name]:
            tool = import_module(f"course.tools.{name}")
            tool.add_arguments(command)
    options = parser.parse_args(arguments)
    try:
        return tool.run(options)
    except (CommandError, OSError) as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
