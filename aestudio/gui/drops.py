"""What a person has dropped on the window, or opened with it: data, a run, or a recipe."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from PySide6.QtCore import QMimeData, QUrl

from aestudio.data.refusals import refuse_by_name
from aestudio.errors import DataError, RunError, StudioError

_ONLY_IN_RUNS = ("experiment.toml", "preprocessing.json")
_MOST_URLS = 1000


class OpenedAs(StrEnum):
    DATA = "data"
    RUN = "run"
    EXPERIMENT = "experiment"


@dataclass(frozen=True, slots=True)
class Opened:
    """One local path and what it will be opened as; data may be several paths."""

    kind: OpenedAs
    path: Path
    others: tuple[Path, ...] = ()


def can_accept(mime: QMimeData) -> bool:
    """Return whether a drag may be dropped; a refusal with a reason counts as acceptable."""
    return mime.hasUrls() or mime.hasText()


def read_drop(mime: QMimeData) -> Opened:
    """Return what was dropped.

    Raises
    ------
    DataError
        Nothing local, too much at once, several things of which one is no data, or a format that is
        not safe to open.
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
    if len(urls) > _MOST_URLS:
        raise DataError(
            f"{len(urls):,} things were dropped at once.",
            subject="What was dropped",
            next_step="Drop the folder that holds them.",
        )
    opened = [classify(Path(url.toLocalFile())) for url in urls]
    for one in opened:
        if len(opened) > 1 and one.kind is not OpenedAs.DATA:
            raise DataError(
                f"among several things, this is a {one.kind}.",
                subject=one.path,
                next_step="Drop it alone.",
            )
    return replace(opened[0], others=tuple(one.path for one in opened[1:]))


def classify(path: Path) -> Opened:
    """Return what the local ``path`` will be opened as, looking at names only.

    Raises
    ------
    DataError
        It does not exist, or is of a format that is never opened.
    """
    if not path.exists():
        raise DataError(
            "there is no such file or folder.", subject=path, next_step="Check the name."
        )
    # Reading would refuse it too, but only once the engine is there.
    refuse_by_name(path)
    if path.is_dir() and (path / "run.json").is_file():
        return Opened(OpenedAs.RUN, path)
    if path.is_dir() and all((path / name).is_file() for name in _ONLY_IN_RUNS):
        raise RunError(
            "this was a run, but its run.json is missing.",
            subject=path,
            next_step="Use another copy of the run.",
        )
    if path.name == "run.json":
        return Opened(OpenedAs.RUN, path.parent)
    if path.is_file() and path.suffix.lower() == ".toml":
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
