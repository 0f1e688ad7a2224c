"""A folder that holds several unrelated data sets: what each of them is, to choose one."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from aestudio.data.dataset import Finding
from aestudio.data.files.doors import exists, local_path, look
from aestudio.data.files.part_reading import relative_name
from aestudio.data.files.path_text import as_text, from_text
from aestudio.data.files.plain_words import printable
from aestudio.data.files.source_text import is_several
from aestudio.data.options import DataOptions
from aestudio.data.readers.data_folder import DATA_FOLDER, DataFiles, data_files_of
from aestudio.data.readers.registry import find_reader
from aestudio.data.request import ReadingCancelled
from aestudio.data.series.archive_parts import test_part_of
from aestudio.errors import DataError
from aestudio.workflows.datasets.inspection import DataReport, finding_to_json, inspect
from aestudio.workflows.reporting import IsCancelled, Progress

if TYPE_CHECKING:
    from pathlib import Path


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
    problem: DataError | None = None

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
    """A folder of data sets, of which one is to be chosen."""

    name: str
    source: str
    entries: tuple[Entry, ...]
    #: What is told of the folder as a whole.
    findings: tuple[Finding, ...] = ()

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
            "choose one of them",
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
    """Report on one data set, or on each of the data sets that a folder holds.

    A folder whose files cannot be read as one is described file by file; everything else is as
    :func:`~aestudio.workflows.datasets.inspection.inspect` has it, and costs nothing more.

    Raises as :func:`~aestudio.data.reading.read` does, for a folder only where nothing in it can be
    read.
    """
    try:
        return inspect(source, options, progress=progress, is_cancelled=is_cancelled)
    except DataError as error:
        folder = _folder_of_data(source)
        if folder is None:
            raise

        def check_cancelled() -> None:
            if is_cancelled is not None and is_cancelled():
                raise ReadingCancelled("reading was cancelled.", subject=printable(folder))

        found = data_files_of(folder, check_cancelled)
        if len(found.parts) < 2:
            raise
        options = options or DataOptions(source=as_text(folder))
        entries = _entries(folder, found, options, progress, is_cancelled)
        if all(entry.problem is not None for entry in entries):
            raise error from None
        return Collection(
            name=printable(folder.name),
            source=as_text(folder),
            entries=entries,
            findings=found.findings,
        )


def _folder_of_data(source: str | os.PathLike[str]) -> Path | None:
    """Return the folder where ``source`` is one of data files; None for everything else."""
    name = from_text(os.fsdecode(source))
    if is_several(name) or not exists(name):
        return None
    glimpse = look(local_path(name))
    is_one = glimpse.is_folder and find_reader(glimpse).name == DATA_FOLDER
    return glimpse.path if is_one else None


def _entries(
    folder: Path,
    found: DataFiles,
    options: DataOptions,
    progress: Progress | None,
    is_cancelled: IsCancelled | None,
) -> tuple[Entry, ...]:
    """Read one file after the other, keeping of each only what is told of it."""
    entries = {}
    brought = set()
    for done, part in enumerate(found.parts):
        path = as_text(part.path)
        name = relative_name(part.path, folder)
        try:
            report = inspect(path, options.changed(source=path), is_cancelled=is_cancelled)
        except DataError as error:
            entries[part.path] = Entry(name=name, source=path, problem=error)
        else:
            entries[part.path] = Entry.of(name, path, report)
            if report.dataset.test is not None:
                # It is told of with the part for training.
                brought.add(test_part_of(part.path))
        if progress is not None:
            progress(done + 1, len(found.parts))
    return tuple(entry for path, entry in entries.items() if path not in brought)


def _counted(number: int, what: str) -> str:
    return f"{number:,} {what}" + ("" if number == 1 else "s")
