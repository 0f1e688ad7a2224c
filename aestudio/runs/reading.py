"""How files of a run folder are opened for reading.

A run folder may come from anyone. Names are relative and stay inside, links are refused, only plain
files are opened, and nothing is read that is larger than its kind may be.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path, PurePosixPath

from aestudio.errors import RunError

_NO_FOLLOW = getattr(os, "O_NOFOLLOW", 0)
_FLAGS = (
    os.O_RDONLY
    | _NO_FOLLOW
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
        if os.path.islink(path):
            raise _is_a_link(path)
    return path


def read_file(root: Path, name: str, *, most_bytes: int) -> bytes:
    """Read a whole plain file inside ``root``.

    Raises :class:`RunError` when it is missing, not a plain file, or larger than ``most_bytes``.
    """
    # A plain name needs no search for links on the way to it; that makes the list of thousands of
    # runs a third faster. Letters, digits and dots alone, and more than dots.
    is_plain = bool(_NO_FOLLOW) and name.replace(".", "").isalnum()
    path = root / name if is_plain else inside(root, name)
    try:
        descriptor = os.open(path, _FLAGS)
    except FileNotFoundError:
        raise missing(path) from None
    except OSError as error:
        if path.is_symlink():
            raise _is_a_link(path) from None
        raise RunError(
            f"it cannot be opened: {error.strerror}.",
            subject=path,
            next_step="Check the permissions of the run folder.",
        ) from None
    try:
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
        return _read(descriptor, facts.st_size)
    except OSError as error:
        raise RunError(
            f"it cannot be read: {error.strerror}.",
            subject=path,
            next_step="Check the disk, or restore the run from a copy.",
        ) from None
    finally:
        os.close(descriptor)


def _read(descriptor: int, length: int) -> bytes:
    """Read ``length`` bytes, or fewer when the file was cut meanwhile: the size was checked."""
    parts: list[bytes] = []
    while length > 0 and (part := os.read(descriptor, length)):
        parts.append(part)
        length -= len(part)
    return parts[0] if len(parts) == 1 else b"".join(parts)


def missing(path: Path) -> RunError:
    """The error of a run folder without one of its files."""
    return RunError("the file is missing.", subject=path, next_step="Restore the run from a copy.")


def _is_a_link(path: Path) -> RunError:
    return RunError(
        "it is a symbolic link; links inside a run folder are not followed.",
        subject=path,
        next_step="Replace the link by what it points to.",
    )
