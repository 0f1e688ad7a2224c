"""What goes wrong with a path, in words for people."""

from __future__ import annotations

import difflib
import errno
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from aestudio.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Iterator

_SYSTEM_REASONS = {
    errno.ENOENT: ("there is no such file or folder.", "Check the spelling."),
    errno.ENOTDIR: ("there is no such file or folder.", "Check the spelling."),
    errno.EACCES: ("it is not readable for you.", "Change its permissions or copy it."),
    errno.EPERM: ("it is not readable for you.", "Change its permissions or copy it."),
    errno.ELOOP: ("the link leads back to itself.", "Choose the file that is meant."),
    errno.ENAMETOOLONG: ("the name is too long.", "Check the spelling."),
}


@contextmanager
def in_plain_words(path: str | os.PathLike[str]) -> Iterator[None]:
    """Translate what the operating system says about a path."""
    try:
        yield
    except OSError as error:
        reason, next_step = _SYSTEM_REASONS.get(error.errno or 0, ("", ""))
        if error.errno == errno.ENOENT:
            next_step = _nearest_sibling(os.fspath(path)) or next_step
        if error.errno == errno.ELOOP and os.path.islink(path) and os.path.exists(path):
            reason = "this is a link, and links inside a folder are not followed."
        raise data_error(
            path,
            reason or f"it cannot be opened ({error.strerror}).",
            next_step or "Choose another file.",
        ) from None


def _nearest_sibling(path: str) -> str:
    folder, name = os.path.split(os.path.abspath(path))
    try:
        nearest = difflib.get_close_matches(name, os.listdir(folder), n=1)
    except OSError:
        return ""
    return f"Did you mean '{printable(nearest[0])}'?" if nearest else ""


def data_error(path: str | os.PathLike[str], reason: str, next_step: str) -> DataError:
    """Return the error about a path whose name may be anything."""
    return DataError(reason, subject=printable(path), next_step=next_step)


def printable(path: str | os.PathLike[str]) -> str:
    """Return a name in a form that any terminal, log or JSON can take, which need not open a file.

    Names that are not UTF-8 are possible on Linux, and break whatever writes them.
    """
    if isinstance(path, str) and path.isascii():
        return path  # as most of a hundred thousand names are
    return os.fsencode(path).decode("utf-8", "replace")
