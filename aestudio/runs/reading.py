"""How files of a run folder are opened for reading.

A run folder may come from anyone. Names are relative and stay inside, links are refused, only plain
files are opened, and nothing is read that is larger than its kind may be.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path, PurePosixPath

from aestudio.errors import RunError

_FLAGS = (
    os.O_RDONLY
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_BINARY", 0)
    # A named pipe would otherwise wait for somebody to write into it.
    | getattr(os, "O_NONBLOCK", 0)
)
MEBIBYTE = 2**20


def inside(root: Path, name: str) -> Path:
    """Return the path of ``name`` (with ``/`` between folders) inside ``root``.

    Raises :class:`RunError` when the name leads out, or through a link.
    """
    parts = PurePosixPath(name).parts
    if not parts or any(part in ("/", "..") or "\\" in part or "\0" in part for part in parts):
        raise RunError(
            f"the name {name!r} does not stay inside the run folder.",
            subject=root,
            next_step="Do not use this folder unless you trust where it comes from.",
        )
    path = root
    for part in parts:
        path = path / part
        if path.is_symlink():
            raise _is_a_link(path)
    return path


def read_file(root: Path, name: str, *, most_bytes: int) -> bytes:
    """Read a whole plain file inside ``root``.

    Raises :class:`RunError` when it is missing, not a plain file, or larger than ``most_bytes``.
    """
    path = inside(root, name)
    try:
        descriptor = os.open(path, _FLAGS)
    except FileNotFoundError:
        raise missing(path) from None
    except OSError as error:
        raise RunError(
            f"it cannot be opened: {error.strerror}.",
            subject=path,
            next_step="Check the permissions of the run folder.",
        ) from None
    with os.fdopen(descriptor, "rb") as stream:
        facts = os.fstat(descriptor)
        if not stat.S_ISREG(facts.st_mode):
            raise RunError(
                "it is not a plain file.", subject=path, next_step="Restore the run from a copy."
            )
        if facts.st_size > most_bytes:
            raise RunError(
                f"it is larger ({facts.st_size:,} bytes) than such a file may be ({most_bytes:,}).",
                subject=path,
                next_step="Restore the run from a copy.",
            )
        # Not to the end, which may move: the size was checked.
        return stream.read(facts.st_size)


def missing(path: Path) -> RunError:
    """The error of a run folder without one of its files."""
    return RunError("the file is missing.", subject=path, next_step="Restore the run from a copy.")


def _is_a_link(path: Path) -> RunError:
    return RunError(
        "it is a symbolic link; links inside a run folder are not followed.",
        subject=path,
        next_step="Replace the link by what it points to.",
    )
