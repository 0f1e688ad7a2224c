"""What a person has dropped on the window, or opened with it: data, a run, or a recipe."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from PySide6.QtCore import QMimeData, QUrl

from aestudio.errors import DataError, StudioError

#: Formats that can run code when they are opened. They are refused before anything reads them.
_UNSAFE_SUFFIXES = frozenset(
    {".pt", ".pth", ".ckpt", ".pkl", ".pickle", ".joblib", ".h5", ".keras", ".pt2"}
)
_MOST_URLS = 1000


class OpenedAs(StrEnum):
    DATA = "data"
    RUN = "run"
    EXPERIMENT = "experiment"


@dataclass(frozen=True, slots=True)
class Opened:
    """One local path and what it will be opened as."""

    kind: OpenedAs
    path: Path


def can_accept(mime: QMimeData) -> bool:
    """Return whether a drag may be dropped; a refusal with a reason counts as acceptable."""
    return mime.hasUrls() or mime.hasText()


def read_drop(mime: QMimeData) -> Opened:
    """Return what was dropped.

    Raises
    ------
    DataError
        Nothing local, more than one thing, or a format that is not safe to open.
    """
    urls = mime.urls() if mime.hasUrls() else []
    if not urls:
        raise DataError(
            "text cannot be opened.",
            subject="What was dropped",
            next_step="Drop a file or a folder from this computer.",
        )
    # Looking at every one of a hundred thousand would hold the window up.
    for url in urls[:_MOST_URLS]:
        _refuse_remote(url)
    if len(urls) > 1:
        raise DataError(
            f"{len(urls):,} things were dropped at once.",
            subject="What was dropped",
            next_step="Drop the folder that holds them.",
        )
    return classify(Path(urls[0].toLocalFile()))


def classify(path: Path) -> Opened:
    """Return what the local ``path`` will be opened as, looking at names only.

    Raises
    ------
    DataError
        It does not exist, or its format could run code.
    """
    if not path.exists():
        raise DataError(
            "there is no such file or folder.", subject=path, next_step="Check the name."
        )
    suffix = path.suffix.lower()
    if path.is_file() and suffix in _UNSAFE_SUFFIXES:
        raise DataError(
            "files of this kind can run code when they are opened, so they are not.",
            subject=path.name,
            next_step="Save the arrays as .npy or .npz and drop that.",
        )
    if path.is_dir() and (path / "run.json").is_file():
        return Opened(OpenedAs.RUN, path)
    if path.name == "run.json":
        return Opened(OpenedAs.RUN, path.parent)
    if path.is_file() and suffix == ".toml":
        return Opened(OpenedAs.EXPERIMENT, path)
    return Opened(OpenedAs.DATA, path)


def _refuse_remote(url: QUrl) -> None:
    # file://server/share is a network address although it is called a file.
    if not url.isLocalFile() or url.host():
        raise _remote(url)


def _remote(url: QUrl) -> StudioError:
    return DataError(
        "only files on this computer can be opened; nothing is fetched from a network.",
        subject=url.scheme() + "://…" if url.scheme() else "What was dropped",
        next_step="Download it first, then drop the file.",
    )
