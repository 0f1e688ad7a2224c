"""The only module that writes to disk.

A file appears whole or not at all: the content goes to a new file with a random name in the same
folder, is forced to the disk, takes the final name by one rename, and the folder is forced to the
disk too. With ``durable=False`` both forcings are left out: still never a half-written file while
the computer runs, but a power cut may lose the newest version.

A failed fsync is never repeated on the same file, since the system may have dropped the data
already and would then report success; the temporary file is thrown away instead.

Failures are :class:`OutputError` where the place cannot be written at all (missing, read-only,
forbidden) and :class:`StorageError` where the disk gave up (full, too large, broken).
"""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import ParamSpec, TypeVar

from aestudio.errors import OutputError, StorageError
from aestudio.runs import failpoints

P = ParamSpec("P")
R = TypeVar("R")
Content = bytes | bytearray | memoryview

TEMPORARY_SUFFIX = ".tmp"
# Windows has no O_NOFOLLOW and needs O_BINARY; elsewhere it is the other way round.
_NO_FOLLOW = getattr(os, "O_NOFOLLOW", 0)
_BINARY = getattr(os, "O_BINARY", 0)
_CAN_SYNC_FOLDERS = os.name == "posix"
# Reading the mask means setting it, for the whole process: done once, with a safe value between.
_UMASK = os.umask(0o077)
os.umask(_UMASK)

_PLACE_REASONS = {
    errno.EACCES: "writing here is not permitted.",
    errno.EPERM: "writing here is not permitted.",
    errno.EROFS: "the disk is read-only.",
    errno.ENOENT: "the folder does not exist.",
    errno.ENOTDIR: "a part of the path is a file, not a folder.",
    errno.EISDIR: "there is a folder of this name.",
    errno.EEXIST: "it exists already.",
    errno.ENOTEMPTY: "the folder is not empty.",
    errno.ENAMETOOLONG: "the name is too long.",
    errno.ELOOP: "the path is a symbolic link.",
    errno.EINVAL: "the name is not allowed here.",
}
_STORAGE_REASONS = {
    errno.ENOSPC: ("the disk is full.", "Free some space, then resume."),
    errno.EDQUOT: ("the disk quota is used up.", "Free some space, then resume."),
    errno.EFBIG: (
        "the file would exceed the allowed size.",
        "Choose another disk or a smaller model.",
    ),
    errno.EIO: ("the disk reported an error.", "Check the disk, then resume."),
}


def write_bytes(path: Path, content: Content, *, durable: bool = True) -> None:
    """Put ``content`` at ``path``, replacing what is there."""
    write_chunks(path, (content,), durable=durable)


def write_text(path: Path, text: str, *, durable: bool = True) -> None:
    """Put ``text`` at ``path`` as UTF-8 with the line ends that it has."""
    write_chunks(path, (text.encode(),), durable=durable)


def write_chunks(path: Path, chunks: Iterable[Content], *, durable: bool = True) -> None:
    """Put the chunks, one after the other, at ``path``; nothing stays behind if one fails."""
    with explained(path):
        descriptor, temporary = _open_temporary(path)
        try:
            with _closing(descriptor):
                for chunk in chunks:
                    write_all(descriptor, chunk)
                _open_to_all(descriptor)
                if durable:
                    call("fsync", os.fsync, descriptor)
            call("rename", os.replace, temporary, path)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(temporary)
            raise
        if durable:
            sync_folder(path.parent)


def check_file(path: Path) -> None:
    """Raise what would keep a file from being written at ``path``, before the work for it begins.

    Shown by trying, in the same folder, because permissions alone do not tell; nothing stays.
    """
    with explained(path):
        if path.is_dir():
            raise OSError(errno.EISDIR, "a folder")
        _try_beside(path)


def check_folder(path: Path) -> None:
    """Raise what would keep ``path`` from being made, or files from being written into it."""
    with explained(path):
        existing = path
        while not (existing.exists() or existing.is_symlink()) and existing != existing.parent:
            existing = existing.parent
        if not existing.is_dir():
            raise OSError(errno.EEXIST if existing == path else errno.ENOTDIR, "a file")
        _try_beside(existing / path.name)


def make_folder(path: Path, *, parents: bool = False, exist_ok: bool = False) -> None:
    """Make a folder; of several processes asking for the same name exactly one succeeds."""
    with explained(path):
        if parents and not path.parent.exists():
            make_folder(path.parent, parents=True, exist_ok=True)
        try:
            call("mkdir", os.mkdir, path)
        except FileExistsError:
            if not (exist_ok and path.is_dir()):
                raise
            return
        sync_folder(path.parent)


def remove_file(path: Path) -> None:
    """Remove one file; it is no error if it is gone already."""
    with explained(path), contextlib.suppress(FileNotFoundError):
        call("unlink", os.unlink, path)


def remove_leftovers(folder: Path) -> None:
    """Remove the temporary files that a killed process left in ``folder``."""
    for leftover in sorted(folder.glob(f".*{TEMPORARY_SUFFIX}")):
        if leftover.is_file():
            remove_file(leftover)


def move(source: Path, target: Path) -> None:
    """Rename a file or folder within one file system."""
    with explained(target):
        call("rename", os.rename, source, target)
        sync_folder(target.parent)
        if source.parent != target.parent:
            sync_folder(source.parent)


def open_in_place(path: Path) -> int:
    """Open, or make, a file that grows or is locked in place; returns the descriptor."""
    flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | _NO_FOLLOW | _BINARY
    with explained(path):
        return call("open", os.open, path, flags, 0o666)


def append(path: Path, descriptor: int, content: Content, *, start: int) -> None:
    """Add to the end of a file opened in place; on failure the file is cut back to ``start``."""
    with explained(path):
        try:
            write_all(descriptor, content)
        except OSError:
            with contextlib.suppress(OSError):
                os.ftruncate(descriptor, start)
            raise


def cut(path: Path, descriptor: int, length: int) -> None:
    """Shorten a file opened in place to ``length`` bytes."""
    with explained(path):
        call("truncate", os.ftruncate, descriptor, length)


def sync(path: Path, descriptor: int) -> None:
    """Force a file opened in place to the disk."""
    with explained(path):
        call("fsync", os.fsync, descriptor)


def sync_folder(folder: Path) -> None:
    """Force the names in ``folder`` to the disk; Windows does so by itself."""
    if not _CAN_SYNC_FOLDERS:
        return
    descriptor = call("open", os.open, folder, os.O_RDONLY)
    with _closing(descriptor):
        call("fsync", os.fsync, descriptor)


def write_all(descriptor: int, content: Content) -> None:
    """Write every byte: the system may take fewer than it was given without an error."""
    rest = memoryview(content).cast("B")
    while rest:
        taken = call("write", os.write, descriptor, rest)
        if taken <= 0:
            raise OSError(errno.EIO, "the disk took no bytes")
        rest = rest[taken:]


def call(point: str, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Make one system call; tests can let any of them fail."""
    failpoints.reach(point)
    return function(*args, **kwargs)


@contextlib.contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turn the system's errors into ones that name the file, the reason and the next step."""
    try:
        if not _can_be_named(path):
            raise OSError(errno.EINVAL, "not a file name")
        yield
    except OSError as error:
        raise _explanation(error, path) from error


def _can_be_named(path: Path) -> bool:
    try:
        return b"\0" not in os.fsencode(path) and path.name not in ("", "..")
    except UnicodeEncodeError:
        return False


def _explanation(error: OSError, path: Path) -> OutputError | StorageError:
    # Some libraries raise OSError without a number.
    number = error.errno or 0
    subject = str(path) if _can_be_named(path) else ascii(str(path))
    if number in _PLACE_REASONS:
        return OutputError(
            _PLACE_REASONS[number], subject=subject, next_step="Choose another place to write to."
        )
    unknown = (f"the disk refused: {error}.", "Check the disk, then resume.")
    reason, next_step = _STORAGE_REASONS.get(number, unknown)
    return StorageError(reason, subject=subject, next_step=next_step)


def _open_temporary(path: Path) -> tuple[int, Path]:
    # The random part keeps others from planting a link of this name; a link would be refused anyway.
    name = f".{path.name[:40]}.{secrets.token_hex(6)}{TEMPORARY_SUFFIX}"
    temporary = path.with_name(name)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | _NO_FOLLOW | _BINARY
    return call("open", os.open, temporary, flags, 0o600), temporary


def _try_beside(path: Path) -> None:
    descriptor, temporary = _open_temporary(path)
    os.close(descriptor)
    call("unlink", os.unlink, temporary)


def _open_to_all(descriptor: int) -> None:
    # Python has no fchmod on Windows before 3.13, and there the mode says nothing.
    if hasattr(os, "fchmod"):
        os.fchmod(descriptor, 0o666 & ~_UMASK)


@contextlib.contextmanager
def _closing(descriptor: int) -> Iterator[None]:
    try:
        yield
    finally:
        os.close(descriptor)
