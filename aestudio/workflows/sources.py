"""Paths as text that can be written down."""

from __future__ import annotations

import os


def readable(source: str | os.PathLike[str]) -> str:
    """Return a path with bytes that are no text made visible, as recipes and reports need it.

    Such a path no longer leads to the data: the person will be asked for it when it is needed.
    """
    return os.fspath(source).encode("utf-8", "backslashreplace").decode()
