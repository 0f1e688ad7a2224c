"""Runs go to the trash, from where the desktop can bring them back; nothing is deleted for good.

On Linux this is the trash of the freedesktop.org specification 1.0
(https://specifications.freedesktop.org/trash-spec/1.0/): the one in the home folder when the run
lies on the same file system, else the one at the top of the run's own file system. Everywhere else,
and where neither can be written, the run moves into a folder ``.trash`` beside it.
"""

from __future__ import annotations

import os
import sys
from datetime import datetime
from pathlib import Path

from aestudio.errors import OutputError, StorageError
from aestudio.runs import atomic

FALLBACK = ".trash"


def move_to_trash(path: Path) -> Path:
    """Move a file or folder to the trash and return its new place."""
    path = path.absolute()
    if sys.platform.startswith("linux"):
        for trash, written_path in _desktop_trashes(path):
            try:
                return _move_into(path, trash, written_path)
            except (OutputError, StorageError):
                # Not ours to use, or on another file system: the next one may be.
                continue
    folder = path.parent / FALLBACK
    atomic.make_folder(folder, exist_ok=True)
    target = _free_name(folder, path.name)
    atomic.move(path, target)
    return target


def _desktop_trashes(path: Path) -> list[tuple[Path, str]]:
    """Trash folders to try in order, and the path that each would note down."""
    data_home = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
    top = _top_folder(path)
    own = top / f".Trash-{os.getuid()}"
    return [(data_home / "Trash", str(path)), (own, str(path.relative_to(top)))]


def _top_folder(path: Path) -> Path:
    top = path.parent
    while not os.path.ismount(top):
        top = top.parent
    return top


def _move_into(path: Path, trash: Path, written_path: str) -> Path:
    if trash.is_symlink():
        raise OutputError("the trash is a symbolic link.", subject=trash)
    files, infos = trash / "files", trash / "info"
    for folder in (trash, files, infos):
        atomic.make_folder(folder, parents=True, exist_ok=True)
    target = _free_name(files, path.name)
    info = infos / f"{target.name}.trashinfo"
    moment = datetime.now().strftime("%Y-%m-%dT%H:%M:%S")
    place = _percent_encoded(written_path)
    atomic.write_text(info, f"[Trash Info]\nPath={place}\nDeletionDate={moment}\n")
    try:
        atomic.move(path, target)
    except (OutputError, StorageError):
        atomic.remove_file(info)
        raise
    return target


def _percent_encoded(path: str) -> str:
    """Encode as in a URL; a relative path stays relative."""
    encoded = Path("/", path).as_uri().removeprefix("file://")
    return encoded if path.startswith("/") else encoded.removeprefix("/")


def _free_name(folder: Path, name: str) -> Path:
    number = 1
    target = folder / name
    while os.path.lexists(target):
        number += 1
        target = folder / f"{name}.{number}"
    return target
