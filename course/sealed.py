"""Answers in a copy for a class, sealed: packed, so that nobody reads them by accident.

This is not encryption: anyone who wants to read them can.
"""

import base64
import re
import zlib

TEXT = """\
# Sealed, so that nobody reads the answers in it by accident.
sealed = \"\"\"
{}\"\"\"
"""
# A module that is imported unseals itself.
MODULE = """\
from course.sealed import unseal

exec(compile(unseal(sealed), __file__, "exec"))
"""
PACKED = re.compile(r'\A# Sealed, .*\nsealed = """\n([^"]*)"""')


def seal(text, is_module=False) -> str:
    """The text of a sealed file; of a module, one that can be imported."""
    packed = base64.encodebytes(zlib.compress(text.encode(), 9)).decode()
    return TEXT.format(packed) + MODULE * is_module


def unseal(sealed) -> str:
    """The text in the letters and digits of a sealed file."""
    return zlib.decompress(base64.decodebytes(sealed.encode())).decode()


def read(path) -> str:
    """The text of a file, sealed or not."""
    text = path.read_text(encoding="utf-8")
    found = PACKED.match(text)
    return unseal(found[1]) if found else text
