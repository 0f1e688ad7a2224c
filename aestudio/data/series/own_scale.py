"""Every series in its own scale: mean 0 and spread 1, channel by channel, so that its shape counts.

A sample needs nothing but itself for this, so nothing of what is held back can leak into training.
Shapes: N samples, T steps, C channels.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from aestudio.data.arrays.slicing import slices
from aestudio.data.dataset import Dataset, Finding, Kind, Severity
from aestudio.data.files.doors import memory_limit
from aestudio.data.files.plain_words import printable
from aestudio.data.missing_values import is_missing
from aestudio.errors import DataError, OptionError

Array = npt.NDArray[Any]
Doubles = npt.NDArray[np.float64]
Floats = npt.NDArray[np.float32]

#: Values that differ by less than this share of their size differ by rounding only.
ROUNDING = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class OwnScale:
    """The mean and the spread of each of some samples, both (N, 1, C)."""

    mean: Doubles
    spread: Doubles

    @classmethod
    def of(cls, x_NTC: Array) -> Self:
        """Measure what is there; a constant channel has spread 1, an empty one mean 0."""
        absent = is_missing(x_NTC)
        values = np.where(absent, 0.0, x_NTC).astype(np.float64)
        counts = np.maximum(np.sum(~absent, axis=1, keepdims=True), 1)
        mean = values.sum(axis=1, keepdims=True) / counts
        squares = np.where(absent, 0.0, (values - mean) ** 2)
        spread = np.sqrt(squares.sum(axis=1, keepdims=True) / counts)
        largest = np.abs(values).max(axis=1, keepdims=True)
        return cls(mean, np.where(spread > ROUNDING * largest, spread, 1.0))

    def forward(self, x_NTC: Array) -> Floats:
        """Return the samples in their own scale; missing values are NaN."""
        values = np.where(is_missing(x_NTC), np.nan, x_NTC).astype(np.float64)
        return np.asarray((values - self.mean) / self.spread, np.float32)

    def inverse(self, y_NTC: Array) -> Floats:
        """Return samples in their own scale as they were measured."""
        return np.asarray(y_NTC * self.spread + self.mean, np.float32)


def in_own_scale(dataset: Dataset) -> Dataset:
    """Return a dataset of sequences with each in its own scale.

    Raises
    ------
    OptionError
        The samples are no sequences.
    DataError
        They do not fit the memory.
    """
    if dataset.kind is not Kind.SEQUENCES:
        raise OptionError(
            f"only series have a scale of their own, and {printable(dataset.name)} holds {dataset.kind}.",
            subject="data.series_scale",
            next_step="Set it to shared.",
        )
    num_bytes = 4 * dataset.x.size
    if num_bytes > memory_limit():
        raise DataError(
            f"the samples take {num_bytes:,} bytes in their own scale, more than the memory allows.",
            subject=printable(dataset.source),
            next_step="Set data.series_scale to shared, or 'Window stride' to more.",
        )
    x = np.empty(dataset.x.shape, np.float32)
    start = 0
    for part in slices(dataset.x):
        x[start : start + len(part)] = OwnScale.of(part).forward(part)
        start += len(part)
    note = Finding(
        Severity.NOTE,
        "Each sample was brought to mean 0 and spread 1, channel by channel; its level and size are not learned.",
        "Set 'Scale of series' to shared to keep them.",
    )
    return replace(dataset, x=x, findings=(*dataset.findings, note), _fingerprint=[])
