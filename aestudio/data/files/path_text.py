r"""Paths as text that can be written down, and back.

On Linux a name is any bytes. Those that are not UTF-8 have no place in a recipe or report, so each
becomes an escape such as ``\udcff``: the code under which Python itself keeps the byte 0xff.
"""

from __future__ import annotations

import os
import re

_ESCAPE = re.compile(r"\\udc([89a-f][0-9a-f])")


def as_text(path: str | os.PathLike[str]) -> str:
    """Return a path as valid Unicode, with bytes that are no text escaped."""
    return os.fspath(path).encode("utf-8", "backslashreplace").decode()


def from_text(text: str) -> str:
    """Return the path that was written down; a path that exists as it stands is meant itself."""
    if "\0" in text or os.path.lexists(text):
        return text
    return _ESCAPE.sub(lambda found: chr(0xDC00 + int(found[1], 16)), text)
