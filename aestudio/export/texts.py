"""Texts as a file, one a line."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from aestudio.errors import OutputError
from aestudio.runs import atomic

_SUFFIX = ".txt"


def check_text_place(path: Path) -> None:
    """Raise what :func:`write_texts` would, before there are any texts."""
    if path.suffix.lower() != _SUFFIX:
        raise OutputError(
            f"texts cannot be written as {path.suffix or 'a file without suffix'}.",
            subject=path,
            next_step=f"Choose a name that ends in {_SUFFIX}.",
        )
    atomic.check_file(path)


def write_texts(path: Path, texts: Sequence[str]) -> None:
    """Write each text as one line, in UTF-8; a line break within a text becomes a space.

    Raises :class:`OutputError` for another suffix or a place that cannot be written.
    """
    check_text_place(path)
    lines = (" ".join(text.splitlines()) for text in texts)
    content = "".join(f"{line}\n" for line in lines)
    atomic.write_bytes(path, content.encode("utf-8", "replace"))
