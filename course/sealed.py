"""Answers in a copy for a class, sealed: packed, so that nobody reads them by accident.

This is no encryption: who wants to read them can.
"""

import base64
import zlib


def seal(text) -> str:
    """The text as lines of letters and digits."""
    return base64.encodebytes(zlib.compress(text.encode(), 9)).decode()


def unseal(sealed) -> str:
    return zlib.decompress(base64.decodebytes(sealed.encode())).decode()
