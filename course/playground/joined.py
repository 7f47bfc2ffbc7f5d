"""One script made of the modules of a page: for anywidget, and for a file of its own.

It knows the few forms of import and export that our modules have, each at the start of a
line, and refuses others.
"""

import re

NAMES = r"\{\s*\w+(?:,\s*\w+)*,?\s*\}"
IMPORT = rf'(?m)^import (?:{NAMES}|(\w+)) from "\./([\w.]+)"(?: with \{{ type: "json" \}})?;\n'
EXPORT = rf"(?m)^export (?:(?=(?:const|let|function|class|async) )|{NAMES};\n)"
DEFAULT = r"(?m)^export default "
UNKNOWN = r"(?m)^(?:import|export)\b.*"


def joined(path) -> str:
    """The module and all that it imports, each once, after what it imports itself.

    What the module at ``path`` exports as its default stays so.
    """
    parts = {}

    def add(path, constant):
        if path in parts:
            return
        text = path.read_text(encoding="utf-8")
        if (path.suffix == ".json") != bool(constant):
            raise ValueError(f"{path.name}: data are imported as one name, modules not")
        if constant:
            parts[path] = f"const {constant} = {text.strip()};\n"
            return
        for found, file in re.findall(IMPORT, text):
            add(path.with_name(file), found)
        parts[path] = re.sub(EXPORT, "", re.sub(IMPORT, "", text))

    add(path, "")
    *below, top = parts.values()
    for text in (*below, re.sub(DEFAULT, "", top, count=1)):
        if found := re.search(UNKNOWN, text):
            raise ValueError(f"a form that is not known here: {found[0]}")
    return "\n".join([*below, top])
