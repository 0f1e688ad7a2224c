"""Several unrelated data sets, in a folder or chosen together: what each of them is."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from aestudio.data.dataset import Dataset, Finding
from aestudio.data.files.doors import exists, local_path, look
from aestudio.data.files.part_reading import relative_name
from aestudio.data.files.path_text import as_text, from_text
from aestudio.data.files.plain_words import printable
from aestudio.data.files.several_files import look_at_several
from aestudio.data.files.source_text import is_several, title_of
from aestudio.data.images.magic import image_format
from aestudio.data.options import DataOptions
from aestudio.data.readers.data_folder import DATA_FOLDER, DataFiles, data_files_of
from aestudio.data.readers.registry import find_reader
from aestudio.data.reading import read
from aestudio.data.request import ReadingCancelled
from aestudio.data.series.archive_parts import test_part_of
from aestudio.errors import (
    DataError,
    InputError,
    MemoryFullError,
    SeveralDatasetsError,
    StudioError,
)
from aestudio.workflows.datasets.inspection import DataReport, finding_to_json, inspect
from aestudio.workflows.reporting import IsCancelled, Progress


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One data set of a folder in a few words, or why it cannot be read."""

    name: str
    source: str
    kind: str = ""
    shape: tuple[int, ...] = ()
    num_samples: int = 0
    num_test_samples: int = 0
    labels: tuple[str, ...] = ()
    missing_share: float = 0.0
    findings: tuple[Finding, ...] = ()
    #: None where it can be read.
    problem: StudioError | None = None

    @classmethod
    def of(cls, name: str, source: str, report: DataReport) -> Self:
        dataset = report.dataset
        return cls(
            name=name,
            source=source,
            kind=str(dataset.kind),
            shape=dataset.shape,
            num_samples=dataset.num_samples,
            num_test_samples=dataset.test.num_samples if dataset.test else 0,
            labels=dataset.label_names,
            missing_share=report.missing_share,
            findings=dataset.findings,
        )

    @property
    def size(self) -> str:
        """What one sample measures, as people write it."""
        return " x ".join(f"{side:,}" for side in self.shape)

    def to_json(self) -> dict[str, Any]:
        if self.problem is not None:
            error = {"reason": self.problem.reason, "next_step": self.problem.next_step}
            return {"name": self.name, "source": self.source, "error": error}
        return {
            "name": self.name,
            "source": self.source,
            "kind": self.kind,
            "shape": list(self.shape),
            "num_samples": self.num_samples,
            "num_test_samples": self.num_test_samples,
            "labels": list(self.labels),
            "missing_share": self.missing_share,
            "num_findings": len(self.findings),
            "findings": [finding_to_json(finding) for finding in self.findings],
            "error": None,
        }

    def words(self) -> str:
        """Return everything but the name in one line."""
        if self.problem is not None:
            return f"cannot be read: {self.problem.reason}"
        told = [f"{self.kind}, {self.num_samples:,} samples of {self.size}"]
        if self.num_test_samples:
            told.append(f"{self.num_test_samples:,} for testing")
        if self.labels:
            told.append(_counted(len(self.labels), "label"))
        if self.missing_share:
            told.append(f"{100 * self.missing_share:.3g} % missing")
        if self.findings:
            told.append(_counted(len(self.findings), "finding"))
        return ", ".join(told)


@dataclass(frozen=True, slots=True, eq=False)
class Collection:
    """Data sets of which one is to be chosen, or each is to be trained on."""

    name: str
    source: str
    entries: tuple[Entry, ...]
    #: What is told of the folder as a whole.
    findings: tuple[Finding, ...] = ()

    @property
    def readable(self) -> tuple[Entry, ...]:
        return tuple(entry for entry in self.entries if entry.problem is None)

    @property
    def differs(self) -> bool:
        """Whether those that can be read would be no one data set, as far as is told of them."""
        return len({(entry.kind, entry.shape) for entry in self.readable}) > 1

    def to_json(self) -> dict[str, Any]:
        """Return everything that ``info --json`` prints."""
        return {
            "name": self.name,
            "source": self.source,
            "reader": DATA_FOLDER,
            "kind": "collection",
            "num_entries": len(self.entries),
            "entries": [entry.to_json() for entry in self.entries],
            "findings": [finding_to_json(finding) for finding in self.findings],
        }

    def lines(self) -> list[str]:
        """Return the same in a line for each data set."""
        width = max(len(entry.name) for entry in self.entries)
        return [
            f"{self.name}: a collection of {_counted(len(self.entries), 'data set')}; "
            "choose one of them, or train on each",
            *(f"  {entry.name.ljust(width)}  {entry.words()}" for entry in self.entries),
            *map(str, self.findings),
        ]


def survey(
    source: str | os.PathLike[str],
    options: DataOptions | None = None,
    *,
    progress: Progress | None = None,
    is_cancelled: IsCancelled | None = None,
) -> DataReport | Collection:
    """Report on one data set, or on each of several in a folder or in files chosen together.

    Files that cannot be read as one are described file by file; everything else is as
    :func:`~aestudio.workflows.datasets.inspection.inspect` has it, and costs nothing more.

    Raises as :func:`~aestudio.data.reading.read` does, for several files only where none of them can
    be read.
    """
    try:
        return inspect(source, options, progress=progress, is_cancelled=is_cancelled)
    except DataError:
        collection = _collection_of(source, options, progress, is_cancelled)
        if collection is None:
            raise
        return collection


def read_or_survey(
    source: str | os.PathLike[str],
    options: DataOptions | None = None,
    *,
    progress: Progress | None = None,
    is_cancelled: IsCancelled | None = None,
) -> Dataset | Collection:
    """Read one data set, or report on each of several, to train on what is there.

    Raises as :func:`~aestudio.data.reading.read` does. That includes files which are alike, of which
    one is damaged: together they are one data set, as soon as that one is mended.
    """
    try:
        return read(source, options, progress=progress, is_cancelled=is_cancelled)
    except DataError as error:
        collection = _collection_of(source, options, progress, is_cancelled)
        is_several = isinstance(error, SeveralDatasetsError)
        if collection is None or not (is_several or collection.differs):
            raise
        return collection


def _collection_of(
    source: str | os.PathLike[str],
    options: DataOptions | None,
    progress: Progress | None,
    is_cancelled: IsCancelled | None,
) -> Collection | None:
    """Describe what cannot be read as one, file by file; None where that leads nowhere."""

    def check_cancelled() -> None:
        if is_cancelled is not None and is_cancelled():
            raise ReadingCancelled("reading was cancelled.", subject=printable(title_of(name)))

    name = from_text(os.fsdecode(source))
    found = _files_together(name) if is_several(name) else _files_in(name, check_cancelled)
    if found is None or len(found.files.parts) < 2:
        return None
    options = options or DataOptions(source=as_text(name))
    entries = _entries(found, options, progress, check_cancelled, is_cancelled)
    if all(entry.problem is not None for entry in entries):
        return None
    return Collection(
        name=found.title, source=as_text(name), entries=entries, findings=found.files.findings
    )


@dataclass(frozen=True, slots=True)
class _Found:
    """Files that are no one data set, and the folder that all of them are in."""

    title: str
    folder: Path
    files: DataFiles


def _files_in(name: str, check_cancelled: Callable[[], None]) -> _Found | None:
    """Return the files of a folder of data; None for everything else."""
    if not exists(name):
        return None
    glimpse = look(local_path(name))
    if not glimpse.is_folder or find_reader(glimpse).name != DATA_FOLDER:
        return None
    folder = glimpse.path
    return _Found(printable(folder.name), folder, data_files_of(folder, check_cancelled))


def _files_together(name: str) -> _Found | None:
    """Return files and folders that were chosen together; None for pictures, which are one set."""
    glimpse = look_at_several(name)
    if all(image_format(part.head) is not None for part in glimpse.parts):
        return None
    return _Found(printable(title_of(name)), glimpse.path, DataFiles(glimpse.parts, ()))


def _entries(
    found: _Found,
    options: DataOptions,
    progress: Progress | None,
    check_cancelled: Callable[[], None],
    is_cancelled: IsCancelled | None,
) -> tuple[Entry, ...]:
    """Read one file after the other, keeping of each only what is told of it."""
    entries: dict[Path, Entry] = {}
    brought = set()
    waiting = deque(found.files.parts)
    num_done = 0
    while waiting:
        part = waiting.popleft()
        num_done += 1
        path = as_text(part.path)
        name = relative_name(part.path, found.folder)
        try:
            report = inspect(path, options.changed(source=path), is_cancelled=is_cancelled)
        except SeveralDatasetsError:
            # A folder among what was chosen together, with several data sets of its own.
            waiting.extendleft(reversed(data_files_of(part.path, check_cancelled).parts))
        except (InputError, MemoryFullError) as error:
            entries[part.path] = Entry(name=name, source=path, problem=error)
        else:
            entries[part.path] = Entry.of(name, path, report)
            if report.dataset.test is not None:
                # It is told of with the part for training.
                brought.add(test_part_of(part.path))
        if progress is not None:
            progress(num_done, num_done + len(waiting))
    return tuple(entry for path, entry in entries.items() if path not in brought)


def _counted(number: int, what: str) -> str:
    return f"{number:,} {what}" + ("" if number == 1 else "s")
