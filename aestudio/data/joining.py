"""Several datasets of the same kind as one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from aestudio.data.columns import Column
from aestudio.data.dataset import Dataset, Finding
from aestudio.data.files.doors import memory_limit
from aestudio.data.labels import renamed
from aestudio.data.series.sample_times import joined_times
from aestudio.data.series.window_places import joined_places
from aestudio.errors import DataError

Array = npt.NDArray[Any]


def joined(datasets: Sequence[Dataset], names: Sequence[str]) -> Dataset:
    """Return all samples, one dataset behind the other; ``names`` are those of their sources.

    Where no dataset has labels, its source is the label of each sample.

    Raises
    ------
    DataError
        They differ in more than their samples, or do not fit the memory together.
    """
    first = datasets[0]
    for dataset, name in zip(datasets[1:], names[1:], strict=True):
        difference = difference_of(first, dataset)
        if difference:
            raise DataError(
                f"it cannot be joined with {names[0]}: {difference}.",
                subject=name,
                next_step="Choose files of the same kind and shape, or one of them.",
            )
    num_bytes = sum(dataset.x.nbytes for dataset in datasets)
    if num_bytes > memory_limit():
        raise DataError(
            f"together they take {num_bytes:,} bytes, more than the memory allows.",
            subject=names[0],
            next_step="Choose fewer files, or save them as one .npy file.",
        )
    datasets = _with_common_columns(datasets)
    label_names, labels = _labels(datasets, names)
    windows = [dataset.windows for dataset in datasets if dataset.windows is not None]
    tests = [dataset.test for dataset in datasets if dataset.test is not None]
    findings: dict[str, Finding] = {}
    for dataset in datasets:
        for finding in dataset.findings:
            findings.setdefault(finding.text, finding)
    return replace(
        datasets[0],
        x=np.concatenate([dataset.x for dataset in datasets]),
        labels=labels,
        label_names=label_names,
        label_fields=_shared([dataset.label_fields for dataset in datasets]),
        sample_names=_sample_names(datasets),
        windows=joined_places(windows, names) if windows else None,
        times=joined_times([dataset.times for dataset in datasets]),
        factors=None,
        factor_names=(),
        findings=tuple(findings.values()),
        test=joined(tests, [names[0]] * len(tests)) if tests else None,
        _fingerprint=[],
    )


def difference_of(a: Dataset, b: Dataset) -> str:
    """Return in words why two datasets cannot be joined; nothing where they can."""
    if a.kind is not b.kind:
        return f"one holds {a.kind}, the other {b.kind}"
    if a.shape != b.shape:
        return f"samples of shape {a.shape} and of {b.shape}"
    if a.feature_names != b.feature_names or _kinds(a) != _kinds(b):
        return "the columns differ"
    if (a.symbols, a.padding) != (b.symbols, b.padding):
        return "the symbols differ"
    if a.patches is not None or b.patches is not None:
        return "patches of several pictures are cut from a folder"
    if (a.windows is None) != (b.windows is None):
        return "only one of them is cut into windows"
    return ""


def _kinds(dataset: Dataset) -> list[tuple[str, str]]:
    return [(column.name, str(column.kind)) for column in dataset.columns]


def _with_common_columns(datasets: Sequence[Dataset]) -> list[Dataset]:
    """Give every column the categories of all, and the cells their new places."""
    columns = tuple(
        Column(
            column.name,
            column.kind,
            tuple(
                dict.fromkeys(
                    category
                    for dataset in datasets
                    for category in dataset.columns[place].categories
                )
            ),
        )
        for place, column in enumerate(datasets[0].columns)
    )
    return [_recoded(dataset, columns) for dataset in datasets]


def _recoded(dataset: Dataset, columns: tuple[Column, ...]) -> Dataset:
    if dataset.columns == columns:
        return dataset
    x = np.array(dataset.x)
    for place, (own, common) in enumerate(zip(dataset.columns, columns, strict=True)):
        if own.categories != common.categories:
            codes = np.array([common.categories.index(name) for name in own.categories], x.dtype)
            is_there = ~np.isnan(x[:, place])
            x[is_there, place] = codes[x[is_there, place].astype(np.int64)]
    return replace(dataset, x=x, columns=columns, _fingerprint=[])


def _labels(
    datasets: Sequence[Dataset], names: Sequence[str]
) -> tuple[tuple[str, ...], npt.NDArray[np.int64]]:
    if all(dataset.labels is None for dataset in datasets):
        known = tuple(dict.fromkeys(names))
        counts = [dataset.num_samples for dataset in datasets]
        return known, np.repeat([known.index(name) for name in names], counts).astype(np.int64)
    known = tuple(dict.fromkeys(name for dataset in datasets for name in dataset.label_names))
    parts = [
        np.full(dataset.num_samples, -1, np.int64)
        if dataset.labels is None
        else renamed(dataset.labels, dataset.label_names, known)
        for dataset in datasets
    ]
    return known, np.concatenate(parts)


def _sample_names(datasets: Sequence[Dataset]) -> tuple[str, ...]:
    if not all(dataset.sample_names for dataset in datasets):
        return ()
    return tuple(name for dataset in datasets for name in dataset.sample_names)


def _shared(fields: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(name for name in fields[0] if all(name in others for others in fields))
