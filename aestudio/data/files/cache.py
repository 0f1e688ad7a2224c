"""What was decoded once and is too large for the memory, kept on the disk to be used again.

An entry is a folder named by a key: a digest of everything on which its content depends. It appears
whole, by one rename, and may be thrown away at any time: it is built again from its source. The
oldest entries go when all of them together become too large.

``AESTUDIO_CACHE`` names another place than the system's.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import platformdirs

from aestudio.data.files.plain_words import printable
from aestudio.errors import StorageError

#: All entries together.
MAX_BYTES = 64 * 2**30
#: Left free for everything else on the disk.
_RESERVED_BYTES = 2**30
_BUILDING = ".building-"


def cache_folder() -> Path:
    """The folder of all entries; it need not exist."""
    named = os.environ.get("AESTUDIO_CACHE")
    if named:
        return Path(named)
    return platformdirs.user_cache_path("aestudio", appauthor=False) / "data"


def key_of(source: Path, facts: Mapping[str, Any]) -> str:
    """Return the key of what is made of a file as it is now, in a way that ``facts`` describe."""
    state = source.stat()
    whole = [os.fspath(source), state.st_size, state.st_mtime_ns, sorted(facts.items())]
    text = json.dumps(whole, ensure_ascii=True, default=str)
    return hashlib.sha256(text.encode("ascii", "backslashreplace")).hexdigest()[:40]


def known(key: str) -> Path | None:
    """Return the folder of an entry that has been built before."""
    entry = cache_folder() / key
    if not entry.is_dir():
        return None
    with suppress(OSError):
        os.utime(entry)  # used just now
    return entry


def cached(key: str, expected_bytes: int, build: Callable[[Path], None]) -> Path:
    """Return the folder of an entry, which ``build`` fills if there is none yet.

    Raises
    ------
    StorageError
        The disk has too little space, or refuses to be written.
    """
    if (kept := known(key)) is not None:
        return kept
    entry = cache_folder() / key
    building = _begun(expected_bytes)
    try:
        build(building)
        os.rename(building, entry)
    except OSError as error:
        if not entry.is_dir():  # another window has built it meanwhile
            raise _storage_error(error) from None
    finally:
        shutil.rmtree(building, ignore_errors=True)
    return entry


def forget(key: str) -> None:
    """Throw an entry away that turned out to be damaged."""
    shutil.rmtree(cache_folder() / key, ignore_errors=True)


def _begun(expected_bytes: int) -> Path:
    folder = cache_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        _make_room(folder, expected_bytes)
        free = shutil.disk_usage(folder).free - _RESERVED_BYTES
        if expected_bytes > free:
            raise StorageError(
                f"about {expected_bytes / 2**30:.1f} GiB are needed to keep the decoded data, and {max(0, free) / 2**30:.1f} GiB are free.",
                subject=printable(folder),
                next_step="Free some space, or set AESTUDIO_CACHE to a folder on another disk.",
            )
        # Made for this user alone, under a name that nobody can have prepared.
        return Path(tempfile.mkdtemp(prefix=_BUILDING, dir=folder))
    except OSError as error:
        raise _storage_error(error) from None


def _make_room(folder: Path, expected_bytes: int) -> None:
    entries = sorted(
        (entry for entry in folder.iterdir() if entry.is_dir() and not entry.is_symlink()),
        key=lambda entry: entry.stat().st_mtime,
    )
    sizes = {entry: sum(file.stat().st_size for file in entry.iterdir()) for entry in entries}
    total = sum(sizes.values()) + expected_bytes
    for entry in entries:
        if total <= MAX_BYTES:
            break
        if not entry.name.startswith(_BUILDING):
            with suppress(OSError):
                shutil.rmtree(entry)
            total -= sizes[entry]


def _storage_error(error: OSError) -> StorageError:
    is_full = error.errno in (errno.ENOSPC, errno.EDQUOT)
    return StorageError(
        "the disk is full." if is_full else f"the cache cannot be written ({error.strerror}).",
        subject=printable(cache_folder()),
        next_step="Free some space, or set AESTUDIO_CACHE to a folder on another disk.",
    )
