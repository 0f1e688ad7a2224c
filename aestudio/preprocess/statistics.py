"""Mean, spread and range per feature, in one pass over slices that fit the memory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from aestudio.data.arrays.slicing import picked
from aestudio.data.missing_values import is_missing
from aestudio.data.splitting import evenly_spaced

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Array = npt.NDArray[Any]
Doubles = npt.NDArray[np.float64]

#: Values held in memory at a time, as 64-bit numbers: few enough for the processor's cache.
_VALUES_AT_A_TIME = 2**18
#: Values that quartiles are taken from, and rows at least.
_MOST_VALUES, _FEWEST_ROWS = 2**22, 1024


@dataclass(frozen=True, slots=True, eq=False)
class Statistics:
    """Per feature, without missing values; a feature that is missing everywhere counts as 0."""

    mean: Doubles
    spread: Doubles  #: standard deviation, divided by N
    low: Doubles
    high: Doubles

    def feature(self, place: int) -> Statistics:
        """Return the figures of one column of a table, as numbers without axes."""
        return Statistics(
            *(values[place] for values in (self.mean, self.spread, self.low, self.high))
        )


def statistics_of(values: Doubles) -> Statistics:
    """Return the figures of one feature, none of whose values are missing."""
    found = (values.mean(), values.std(), values.min(), values.max())
    return Statistics(*(np.asarray(value, np.float64) for value in found))


def unreported(done: int, total: int) -> None:
    """Stand in for the report of work that nobody follows and nobody cancels."""


def measure(
    x: Array,
    rows: npt.NDArray[np.int64],
    axes: tuple[int, ...],
    report: Callable[[int, int], None] = unreported,
) -> Statistics:
    """Measure ``x[rows]`` over ``axes``; the results keep the other axes of one sample.

    ``report`` is told how many rows are done, and may raise to end the work.

    Slices are merged by the pairwise update of Chan, Golub & LeVeque, "Updating formulae and a
    pairwise algorithm for computing sample variances", 1979, equations 2.1,
    https://doi.org/10.1007/978-3-642-51461-6_3, which stays exact where the mean is far from zero.
    """
    count = mean = squares = np.zeros(())
    low, high = np.asarray(np.inf), np.asarray(-np.inf)
    num_done = 0
    for part, absent in _slices(x, rows):
        report(num_done, len(rows))
        num_done += len(part)
        part_count = _sum(~absent, axes)
        part_mean = _sum(part, axes) / np.maximum(part_count, 1)
        deviation = part - part_mean
        deviation[absent] = 0
        total = np.maximum(count + part_count, 1)
        shift = part_mean - mean
        squares = squares + _sum(deviation**2, axes) + shift**2 * (count * part_count / total)
        mean = mean + shift * (part_count / total)
        count = count + part_count
        low = np.minimum(low, np.min(part, axes, keepdims=True, initial=np.inf, where=~absent)[0])
        high = np.maximum(
            high, np.max(part, axes, keepdims=True, initial=-np.inf, where=~absent)[0]
        )
    is_known = count > 0
    return Statistics(
        mean=mean,
        spread=np.sqrt(squares / np.maximum(count, 1)),
        low=np.where(is_known, low, 0.0),
        high=np.where(is_known, high, 0.0),
    )


def measure_quartiles(x: Array, rows: npt.NDArray[np.int64], axes: tuple[int, ...]) -> Doubles:
    """Return the three quartiles of ``x[rows]`` over ``axes``, (3, ...), as :func:`measure` does.

    Of evenly spaced rows: a few million values tell quartiles precisely enough.
    """
    num_features = max(1, int(np.prod(x.shape[1:], dtype=np.int64)))
    chosen = evenly_spaced(rows, max(_FEWEST_ROWS, _MOST_VALUES // num_features))
    stored = picked(x, chosen)
    values = np.where(is_missing(stored), np.nan, stored).astype(np.float64)
    # What is missing everywhere counts as 0.
    is_empty = np.isnan(values).all(axis=axes, keepdims=True)
    values = np.where(is_empty, 0.0, values)
    found: Doubles = np.nanquantile(values, (0.25, 0.5, 0.75), axis=axes, keepdims=True)
    return found[:, 0]


def _sum(values: Array, axes: tuple[int, ...]) -> Doubles:
    summed: Doubles = np.sum(values, axis=axes, keepdims=True, dtype=np.float64)
    return np.asarray(summed[0])


def _slices(
    x: Array, rows: npt.NDArray[np.int64]
) -> Iterator[tuple[Doubles, npt.NDArray[np.bool_]]]:
    step = max(1, _VALUES_AT_A_TIME // max(1, int(np.prod(x.shape[1:], dtype=np.int64))))
    for start in range(0, len(rows), step):
        stored = picked(x, rows[start : start + step])
        absent = is_missing(stored)
        yield np.where(absent, 0.0, stored).astype(np.float64, copy=False), absent
