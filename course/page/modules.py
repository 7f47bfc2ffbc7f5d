"""One module made of all that a page needs: for anywidget, and for a file of its own.

It knows the few forms of import and export that our modules have, each at the start of a
line, and refuses others. A module lies in the same folder, or in one above or beside it.
"""

import re
from functools import partial

NAMES = r"\{\s*\w+(?:,\s*\w+)*,?\s*\}"
DATA = r'(\w+) from "\./(\w+\.json)" with \{ type: "json" \}'
SCRIPT = r"(?:\./|(?:\.\./)+(?:\w+/)*)\w+\.js"
IMPORT = rf'(?m)^import (?:{DATA}|{NAMES} from "({SCRIPT})");\n'
EXPORT = rf"(?m)^export (?:(?=(?:const|let|function|class|async) )|{NAMES};\n)"


def together(path) -> str:
    """The module, with what it imports in place of its imports, each once.

    The default export of the module at ``path`` stays.
    """
    done, top = set(), path.read_text(encoding="utf-8")

    def whole(text, folder):
        return re.sub(EXPORT, "", re.sub(IMPORT, partial(imported, folder), text))

    def imported(folder, found):
        constant, file = found[1], (folder / (found[2] or found[3])).resolve()
        if file in done:
            return ""
        done.add(file)
        text = file.read_text(encoding="utf-8")
        if constant:
            return f"const {constant} = {text.strip()};\n"
        return whole(text, file.parent)

    script = whole(top, path.parent)
    left = re.findall(r"(?m)^(?:import|export)\b.*", script)
    if left != re.findall("(?m)^export default .*", top):
        raise ValueError(f"an unknown form is among {left}")
    return script
