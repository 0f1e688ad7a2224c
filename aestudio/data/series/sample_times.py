"""When the steps of each sample happened, where the source knows.

Times are seconds since 1970-01-01 (UTC, or whatever clock the source used) for dates; otherwise
numbers in the source's own unit. Shapes: N samples, T steps, P chosen samples, A moments of the axis.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from aestudio.data.series.time_words import length_in_words, moments_in_words

#: Where samples begin and end in all is said no more finely than this.
_FINE = 1e-3
Doubles = npt.NDArray[np.float64]
Rows = npt.NDArray[np.integer] | npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Moments:
    """When every step of a few samples was, (P, T); NaN where a sample has ended."""

    values: Doubles
    is_date: bool
    unit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SampleTimes:
    """The moments of one time axis, and where on it each sample begins."""

    #: (N,) place of each sample's first step on the axis.
    start: npt.NDArray[np.int64]
    #: T, how many steps a sample has.
    length: int
    is_date: bool
    #: (A,) every moment of the axis; None where they are ``step`` apart and begin at 0.
    moments: Doubles | None = None
    #: The usual distance between two steps.
    step: float = 1.0
    #: What the numbers are, where they are no dates: "s", or the name of a column.
    unit: str = ""

    @property
    def begins(self) -> Doubles:
        """(N,) when each sample's first step was."""
        if self.moments is None:
            return np.asarray(self.start * self.step)
        return np.asarray(self.moments[self.start])

    @property
    def axis(self) -> Doubles:
        """(A,) every moment up to the end of the last sample."""
        if self.moments is not None:
            return self.moments
        return np.asarray(np.arange(self.start.max() + self.length) * self.step)

    @property
    def ends(self) -> tuple[float, float]:
        """The first and the last moment of all samples."""
        last = self.start.max() + self.length - 1
        if self.moments is None:
            return float(self.start.min() * self.step), float(last * self.step)
        known = self.moments[self.start.min() : last + 1]
        return float(np.nanmin(known)), float(np.nanmax(known))

    def __str__(self) -> str:
        first, last = self._in_words(np.array(self.ends))
        step = length_in_words(self.step, is_date=self.is_date, unit=self.unit)
        return f"{first} to {last}, a step every {step}"

    def ends_in_words(self, row: int) -> tuple[str, str] | None:
        """Return the first and the last moment of a sample; None where none is known."""
        moments = self.of(np.array([row]))[0]
        known = moments[np.isfinite(moments)]
        return self._in_words(known[[0, -1]]) if len(known) else None

    def _in_words(self, ends: Doubles) -> tuple[str, str]:
        """Return the first and the last of some moments, no finer than they lie apart."""
        fine = max(self.step, _FINE)
        first, last = moments_in_words(ends, is_date=self.is_date, step=fine, unit=self.unit)
        return first, last

    def of(self, rows: npt.NDArray[np.integer]) -> Doubles:
        """Return when every step of some samples was, (P, T)."""
        places = self.start[rows][:, None] + np.arange(self.length)
        if self.moments is None:
            return np.asarray(places * self.step)
        return np.asarray(self.moments[places])

    def moments_of(self, rows: npt.NDArray[np.integer]) -> Moments:
        """Return the same with what the numbers are."""
        return Moments(self.of(rows), self.is_date, self.unit)

    def chosen(self, rows: Rows) -> SampleTimes:
        """Return the times of some samples."""
        return replace(self, start=self.start[rows])


def joined_times(parts: Sequence[SampleTimes | None]) -> SampleTimes | None:
    """Return the times of several sources, one behind the other; None where they do not compare."""
    known = [part for part in parts if part is not None]
    first = known[0] if known else None
    if first is None or len(known) < len(parts):
        return None
    if any((part.is_date, part.unit) != (first.is_date, first.unit) for part in known):
        return None
    axes = [part.axis for part in known]
    begins = np.cumsum([0, *(len(axis) for axis in axes[:-1])])
    return replace(
        first,
        start=np.concatenate(
            [part.start + begin for part, begin in zip(known, begins.tolist(), strict=True)]
        ),
        moments=np.concatenate(axes),
    )
