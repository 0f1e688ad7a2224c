"""The files below a folder, without leaving the folder."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from aestudio.data.files.plain_words import in_plain_words, printable
from aestudio.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

#: Files of one folder, subfolders included.
MAX_FILES = 1_000_000
MAX_DEPTH = 16

#: Entries that a first look below a folder takes in; archives of a few large files have fewer.
MOST_GLIMPSED = 1000

_CLUTTER = ("__MACOSX", "Thumbs.db", "desktop.ini")


@dataclass(slots=True)
class Listing:
    """The files below a folder, as paths relative to it, sorted; and what was passed over."""

    files: list[str] = field(default_factory=list)
    num_links: int = 0
    #: Pipes, devices and sockets.
    num_special: int = 0
    unreadable: list[str] = field(default_factory=list)


def list_files(
    folder: Path,
    check_cancelled: Callable[[], None] = lambda: None,
    told: Callable[[int], None] = lambda num_files: None,
) -> Listing:
    """List the files below ``folder``; hidden files and the clutter of file managers are left out.

    ``told`` is called with the number of files that were found so far.

    Links are counted and not followed, so that nothing outside the folder is read and no circle is
    walked.

    Raises
    ------
    DataError
        The folder itself is not readable, or holds too many files or levels.
    """
    listing = Listing()
    folders = [("", os.fspath(folder))]
    while folders:
        check_cancelled()
        relative, path = folders.pop()
        if relative.count(os.sep) >= MAX_DEPTH:
            raise _too_much(path, f"folders are nested more than {MAX_DEPTH} deep.")
        folders.extend(_list_one(listing, relative, path))
        if len(listing.files) > MAX_FILES:
            raise _too_much(folder, f"there are more than {MAX_FILES:,} files.")
        told(len(listing.files))
    listing.files.sort()
    return listing


def glimpse_below(folder: Path, levels: int) -> tuple[str, ...]:
    """Return the files in the subfolders down to ``levels``, relative to ``folder``, sorted.

    Nothing where there are more than :data:`MOST_GLIMPSED`, because a first look has to be quick.
    """
    listing = Listing()
    folders = _list_one(listing, "", os.fspath(folder))
    listing.files.clear()
    while folders:
        relative, path = folders.pop()
        found = _list_one(listing, relative, path)
        if relative.count(os.sep) < levels - 1:
            folders.extend(found)
        if len(listing.files) + len(folders) > MOST_GLIMPSED:
            return ()
    return tuple(sorted(listing.files))


def _list_one(listing: Listing, relative: str, path: str) -> list[tuple[str, str]]:
    """Sort the entries of one folder into the listing; returns the folders in it."""
    try:
        with in_plain_words(path), os.scandir(path) as entries:
            found = list(entries)
    except DataError:
        if not relative:
            raise
        listing.unreadable.append(relative)
        return []
    folders = []
    within = os.path.join(relative, "")
    for entry in found:
        if is_clutter(entry.name):
            continue
        name = within + entry.name
        if entry.is_symlink():
            listing.num_links += 1
        elif entry.is_dir(follow_symlinks=False):
            folders.append((name, entry.path))
        elif entry.is_file(follow_symlinks=False):
            listing.files.append(name)
        else:
            listing.num_special += 1
    return folders


def is_clutter(name: str) -> bool:
    """Whether a file or folder is hidden, or left behind by a file manager."""
    return name.startswith(".") or name in _CLUTTER


def _too_much(path: str | Path, reason: str) -> DataError:
    return DataError(reason, subject=printable(path), next_step="Choose a smaller folder.")
