"""What data is taken for, before anything is learned from it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from aestudio.data.checks.registry import examine
from aestudio.data.column_statistics import ColumnFigures, column_figures
from aestudio.data.columns import ColumnKind
from aestudio.data.dataset import Dataset, Finding, Kind, Remedy
from aestudio.data.files.source_text import in_short
from aestudio.data.missing_values import count_missing
from aestudio.data.options import DataOptions
from aestudio.data.reading import read
from aestudio.data.request import ReadingCancelled
from aestudio.data.text.token_dataset import text_unit
from aestudio.workflows.reporting import IsCancelled, Progress

_SHOWN_LABELS = 12
_SHOWN_COLUMNS = 20


@dataclass(frozen=True, slots=True, eq=False)
class DataReport:
    """A dataset in words and numbers."""

    dataset: Dataset

    @property
    def label_counts(self) -> dict[str, int]:
        """Samples per label, in the order of the labels; empty where there are none."""
        if self.dataset.labels is None:
            return {}
        labelled = self.dataset.labels[self.dataset.labels >= 0]
        counts = np.bincount(labelled, minlength=len(self.dataset.label_names))
        return dict(zip(self.dataset.label_names, counts.tolist(), strict=False))

    @property
    def num_unlabelled(self) -> int:
        if self.dataset.labels is None:
            return self.dataset.num_samples
        return int(np.count_nonzero(self.dataset.labels < 0))

    @property
    def missing_share(self) -> float:
        """The share of the values that are missing or not finite."""
        return float(count_missing(self.dataset.x).sum()) / max(1, self.dataset.x.size)

    @property
    def figures(self) -> tuple[ColumnFigures, ...]:
        """What the columns of a table hold; empty for everything else."""
        return tuple(column_figures(self.dataset)) if self.dataset.kind is Kind.TABLE else ()

    def to_json(self) -> dict[str, Any]:
        """Return everything that ``info --json`` prints."""
        dataset = self.dataset
        return {
            "name": dataset.name,
            "source": dataset.source,
            "reader": dataset.reader,
            "kind": str(dataset.kind),
            "num_samples": dataset.num_samples,
            "num_test_samples": dataset.test.num_samples if dataset.test else 0,
            "shape": list(dataset.shape),
            "number_type": dataset.x.dtype.name,
            "labels": list(dataset.label_names),
            "label_counts": self.label_counts,
            "num_unlabelled": self.num_unlabelled,
            "features": list(dataset.feature_names),
            "windows": _windows(dataset),
            "time": None if dataset.times is None else str(dataset.times),
            "missing_share": self.missing_share,
            "columns": [figures.to_json() for figures in self.figures],
            "read_as": dict(dataset.read_as),
            "findings": [finding_to_json(finding) for finding in dataset.findings],
            "fingerprint": dataset.fingerprint,
        }

    def lines(self) -> list[str]:
        """Return the same in a few lines for a person."""
        dataset = self.dataset
        test = f", and {dataset.test.num_samples:,} for testing" if dataset.test else ""
        samples = f"{dataset.num_samples:,} samples"
        shape = " x ".join(str(size) for size in dataset.shape)
        lines = [
            f"{dataset.name}: {dataset.kind}, {dataset.patches or dataset.windows or samples}{test}",
            f"Each sample: {_one(dataset, shape)}",
            f"Read from: {in_short(dataset.source)}"
            + (f" ({dataset.reader})" if dataset.reader else ""),
        ]
        counts = self.label_counts
        if counts:
            shown = [f"{name} ({count:,})" for name, count in list(counts.items())[:_SHOWN_LABELS]]
            more = ", ..." if len(counts) > _SHOWN_LABELS else ""
            lines.append(f"{len(counts):,} labels: {', '.join(shown)}{more}")
        else:
            lines.append("No labels")
        if dataset.times is not None:
            lines.append(f"Time: {dataset.times}")
        lines += [f"{title}: {words}" for title, words in dataset.read_as]
        lines += _column_lines(self.figures if dataset.columns else ())
        return [*lines, *map(str, dataset.findings)]


def _column_lines(figures: Sequence[ColumnFigures]) -> Iterator[str]:
    """Yield a line for each column of a table that says more than a number does by itself."""
    for one in figures[:_SHOWN_COLUMNS]:
        column = one.column
        what = f"{column.kind}, {one.lowest} to {one.highest}, typically {one.middle}"
        if column.kind in (ColumnKind.CATEGORICAL, ColumnKind.BOOLEAN):
            what = f"{column.kind}, {one.num_distinct:,} different, most often {one.most_frequent}"
        gaps = f", {100 * one.share_missing:.3g} % missing" if one.num_missing else ""
        yield f"  {column.name}: {what}{gaps}"
    if len(figures) > _SHOWN_COLUMNS:
        yield f"  and {len(figures) - _SHOWN_COLUMNS:,} more columns"


def finding_to_json(finding: Finding) -> dict[str, Any]:
    """Return a finding with its way out, as ``info --json`` prints it."""
    return {
        "severity": str(finding.severity),
        "text": finding.text,
        "next_step": finding.next_step,
        "remedy": None if finding.remedy is None else _remedy_to_json(finding.remedy),
        "alternatives": [_remedy_to_json(remedy) for remedy in finding.alternatives],
    }


def _remedy_to_json(remedy: Remedy) -> dict[str, str]:
    return {"title": remedy.title, remedy.option: remedy.value}


def _one(dataset: Dataset, shape: str) -> str:
    if dataset.kind is Kind.TOKENS:
        unit = text_unit(dataset) or "tokens"
        return f"up to {shape} {unit}, each one of {len(dataset.symbols):,} symbols"
    numbers = "number" if dataset.num_features == 1 else "numbers"
    return f"{shape} {numbers} of type {dataset.x.dtype.name}"


def _windows(dataset: Dataset) -> dict[str, int] | None:
    """Return how long series were cut; None where they were not."""
    places = dataset.windows
    if places is None:
        return None
    return {"length": places.length, "stride": places.stride, "num_series": places.num_series}


def inspect(
    source: str | os.PathLike[str],
    options: DataOptions | None = None,
    *,
    progress: Progress | None = None,
    is_cancelled: IsCancelled | None = None,
) -> DataReport:
    """Read the data as training would, look at the samples, and report on both.

    Raises as :func:`~aestudio.data.reading.read` does.
    """
    dataset = read(source, options, progress=progress, is_cancelled=is_cancelled)

    def check_cancelled() -> None:
        if is_cancelled is not None and is_cancelled():
            raise ReadingCancelled("looking at the data was cancelled.", subject=dataset.name)

    found = examine(dataset, check_cancelled)
    return DataReport(replace(dataset, findings=(*dataset.findings, *found)))
