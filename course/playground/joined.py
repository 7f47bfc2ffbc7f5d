"""One script made of the modules of a page: for anywidget, and for a file of its own.

It knows the few forms of import and export that our modules have, each at the start of a
line, and refuses others.
"""

import re

NAMES = r"\{\s*\w+(?:,\s*\w+)*,?\s*\}"
DATA = r'(\w+) from "\./(\w+\.json)" with \{ type: "json" \}'
IMPORT = rf'(?m)^import (?:{DATA}|{NAMES} from "\./(\w+\.js)");\n'
EXPORT = rf"(?m)^export (?:(?=(?:const|let|function|class|async) )|{NAMES};\n)"


def joined(path) -> str:
    """The module, with all that it imports in the place of its imports, each once.

    What the module at ``path`` exports as its default stays so.
    """
    done, top = set(), path.read_text(encoding="utf-8")

    def whole(text):
        return re.sub(EXPORT, "", re.sub(IMPORT, imported, text))

    def imported(found):
        constant, file = found[1], found[2] or found[3]
        if file in done:
            return ""
        done.add(file)
        text = path.with_name(file).read_text(encoding="utf-8")
        return f"const {constant} = {text.strip()};\n" if constant else whole(text)

    script = whole(top)
    left = re.findall(r"(?m)^(?:import|export)\b.*", script)
    if left != re.findall("(?m)^export default .*", top):
        raise ValueError(f"a form that is not known here is among {left}")
    return script
