"""From rows with a time each to series whose steps are evenly long, gaps aside.

Rows out of order are sorted, rows at the same moment become one, and what is missing between rows is
found by the usual step, which is the middle one of all. Everything that was done is told.

Shapes: L rows, C channels.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from aestudio.data.dataset import Finding, Severity
from aestudio.data.files.plain_words import printable
from aestudio.data.series.time_words import length_in_words, moments_in_words
from aestudio.errors import DataError

if TYPE_CHECKING:
    from aestudio.data.options import DataOptions

Doubles = npt.NDArray[np.float64]

#: A step counts as even when it is within this share of the usual one.
_EVEN = 0.05
#: With fewer even steps than this share, rows come as they like rather than by a clock.
_EVEN_FROM = 0.6
#: From here on a step is too long to be a late row: something is missing.
_GAP_FROM = 1.5
#: Where more than this share of the steps are gaps, cutting would leave only crumbs.
_FREQUENT_GAPS = 0.02
#: Uneven rows further apart than this many middle steps are not joined by a line.
_WIDE_GAP = 5.0
#: Absent steps are only put in while the series grows to no more than this many times its length.
_MOST_GROWTH = 4
_CLOCK_CHANGE_S = 3600.0


@dataclass(frozen=True, slots=True, eq=False)
class Timeline:
    """The rows of one series in the order of time."""

    moments: Doubles  #: (L,), increasing
    values: Doubles  #: (L, C)
    is_date: bool
    unit: str = ""
    breaks: tuple[int, ...] = ()
    step: float = 1.0
    findings: tuple[Finding, ...] = ()
    check_cancelled: Callable[[], None] = field(default=lambda: None, repr=False)

    def telling(self, severity: Severity, text: str, next_step: str = "") -> Timeline:
        return replace(self, findings=(*self.findings, Finding(severity, text, next_step)))

    def words(self, length: float) -> str:
        return length_in_words(length, is_date=self.is_date, unit=self.unit)


def on_even_steps(line: Timeline, options: DataOptions, source: str) -> Timeline:
    """Sort, join, and handle gaps and uneven steps as the options say.

    Raises
    ------
    DataError
        Fewer than two rows have a time of their own.
    """
    line = _joined(_sorted(_with_time(line)))
    if len(line.moments) < 2:
        raise DataError(
            "fewer than two rows have a time of their own.",
            subject=printable(source),
            next_step="Choose another time column, or data.kind=table.",
        )
    line.check_cancelled()
    steps = np.diff(line.moments)
    usual = float(np.median(steps))
    if options.time_step is not None:
        return _resampled(line, options.time_step, _WIDE_GAP * max(usual, options.time_step))
    line = replace(line, step=usual)
    # Steps of a calendar (months of 28 to 31 days) are uneven and miss nothing.
    is_by_clock = np.mean(np.abs(steps / usual - 1) <= _EVEN) >= _EVEN_FROM
    if not is_by_clock and np.mean(steps < _GAP_FROM * usual) < 1 - _FREQUENT_GAPS:
        line = line.telling(
            Severity.WARNING,
            f"Rows are unevenly spaced in time ({line.words(float(steps.min()))} to {line.words(float(steps.max()))} apart); they were brought to even steps of {line.words(usual)} by straight lines.",
            "Set 'Time step' to choose another step.",
        )
        return _resampled(line, usual, _WIDE_GAP * usual)
    return _gaps_handled(line, options.gaps)


def _with_time(line: Timeline) -> Timeline:
    known = np.isfinite(line.moments)
    count = int(np.count_nonzero(~known))
    if not count:
        return line
    line = replace(line, moments=line.moments[known], values=line.values[known])
    return line.telling(
        Severity.WARNING, f"{_rows(count)} no time, and nothing is learned from that."
    )


def _sorted(line: Timeline) -> Timeline:
    backwards = int(np.count_nonzero(np.diff(line.moments) < 0))
    if not backwards:
        return line
    order = np.argsort(line.moments, kind="stable")
    line = replace(line, moments=line.moments[order], values=line.values[order])
    return line.telling(
        Severity.NOTE,
        f"Rows are not in the order of time ({backwards:,} times the next row is earlier); they were sorted.",
    )


def _joined(line: Timeline) -> Timeline:
    """Let rows at the same moment become one, with the mean of what they say."""
    is_first = np.concatenate([[True], np.diff(line.moments) > 0])[: len(line.moments)]
    count = int(np.count_nonzero(~is_first))
    if not count:
        return line
    firsts = np.flatnonzero(is_first)
    known = np.isfinite(line.values)
    sums = np.add.reduceat(np.where(known, line.values, 0.0), firsts, axis=0)
    counts = np.add.reduceat(known.astype(np.int64), firsts, axis=0)
    values = np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)
    example = line.moments[~is_first][:1]
    line = replace(line, moments=line.moments[firsts], values=values)
    when = moments_in_words(example, is_date=line.is_date, step=1.0, unit=line.unit)[0]
    return line.telling(
        Severity.WARNING,
        f"{_rows(count)} the same time as another (the first: {when}); the mean was taken.",
        "If they belong to different things, keep one of them a file."
        if count > len(firsts) // 10
        else "The clock may have been put back for winter."
        if line.is_date
        else "",
    )


def _rows(count: int) -> str:
    return "1 row has" if count == 1 else f"{count:,} rows have"


def _gaps_handled(line: Timeline, wanted: str) -> Timeline:
    steps = np.diff(line.moments)
    is_gap = steps >= _GAP_FROM * line.step
    num_gaps = int(np.count_nonzero(is_gap))
    if not num_gaps:
        return line
    how = wanted
    if how == "auto":
        how = "ignore" if num_gaps > _FREQUENT_GAPS * len(steps) else "cut"
    absent = np.maximum(np.rint(steps[is_gap] / line.step).astype(np.int64) - 1, 1)
    if how in ("fill", "missing") and absent.sum() > _MOST_GROWTH * len(line.moments):
        how = "cut"
    after = np.flatnonzero(is_gap) + 1
    line = line.telling(
        Severity.WARNING if how == "ignore" and wanted == "auto" else Severity.NOTE,
        _about_gaps(line, num_gaps, int(absent.sum()), float(steps.max())) + _DONE[how],
        "Set 'Gaps in time' to choose otherwise.",
    )
    if how == "cut":
        return replace(line, breaks=tuple(after.tolist()))
    if how == "ignore":
        return line
    return _put_in(line, after, absent, is_filled=how == "fill")


_DONE = {
    "cut": "; no window lies across one.",
    "ignore": "; they were ignored: the next row is the next step.",
    "fill": "; straight lines bridge them.",
    "missing": "; what is missing there counts as missing values.",
}


def _about_gaps(line: Timeline, num_gaps: int, num_absent: int, longest: float) -> str:
    gaps = "There is one gap" if num_gaps == 1 else f"There are {num_gaps:,} gaps"
    steps = "step is" if num_absent == 1 else "steps are"
    text = f"{gaps} in the time: {num_absent:,} {steps} missing, up to {line.words(longest)} long"
    is_hour = line.is_date and abs(longest - line.step - _CLOCK_CHANGE_S) < 1
    return f"{text} (as when the clock is put forward for summer)" if is_hour else text


def _put_in(
    line: Timeline, after: npt.NDArray[np.int64], absent: npt.NDArray[np.int64], *, is_filled: bool
) -> Timeline:
    """Put the absent steps between their neighbours, evenly."""
    places = np.repeat(after, absent)
    within = np.arange(len(places)) - np.repeat(np.cumsum(absent) - absent, absent) + 1
    before, behind = line.moments[places - 1], line.moments[places]
    put_in = before + (behind - before) * (within / (np.repeat(absent, absent) + 1))
    moments = np.insert(line.moments, places, put_in)
    values = np.insert(line.values, places, np.nan, axis=0)
    if is_filled:
        is_new = np.ones(len(moments), np.bool_)
        is_new[np.searchsorted(moments, line.moments)] = False
        values[is_new] = _interpolated(line, moments[is_new])
    return replace(line, moments=moments, values=values)


def _resampled(line: Timeline, step: float, widest: float) -> Timeline:
    """Bring rows to even steps: means of what lies in a step, lines where steps lie between rows."""
    num_steps = (line.moments[-1] - line.moments[0]) / step
    if num_steps > _MOST_GROWTH * max(len(line.moments), 1000):
        raise DataError(
            f"steps of {line.words(step)} would make {num_steps:,.0f} of {len(line.moments):,} rows.",
            subject="data.time_step",
            next_step=f"Set it to {float(np.median(np.diff(line.moments))):.6g} or more.",
        )
    # Steps begin where clocks show them: at full hours, not at 13:07 because the first row does.
    first = np.floor(line.moments[0] / step)
    bins = np.floor(line.moments / step).astype(np.int64) - int(first)
    grid = (first + np.arange(bins[-1] + 1)) * step
    firsts = np.flatnonzero(np.concatenate([[True], np.diff(bins) > 0]))
    known = np.isfinite(line.values)
    sums = np.add.reduceat(np.where(known, line.values, 0.0), firsts, axis=0)
    counts = np.add.reduceat(known.astype(np.int64), firsts, axis=0)
    if len(firsts) < len(line.moments) / 1.5:
        values = np.full((len(grid), line.values.shape[1]), np.nan)
        values[bins[firsts]] = np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)
        centre = Timeline(grid[bins[firsts]], values[bins[firsts]], line.is_date)
    else:
        grid = grid[grid >= line.moments[0]] if grid[0] < line.moments[0] else grid
        values = np.full((len(grid), line.values.shape[1]), np.nan)
        centre = line
    is_empty = ~np.isfinite(values).any(axis=1)
    values[is_empty] = _interpolated(centre, grid[is_empty])
    kept, breaks = _outside_of_gaps(grid, line.moments, widest)
    result = replace(line, moments=grid[kept], values=values[kept], breaks=breaks, step=step)
    if not breaks:
        return result
    return result.telling(
        Severity.NOTE,
        f"There are {len(breaks):,} gaps of more than {line.words(widest)}; no window lies across one.",
    )


def _interpolated(line: Timeline, moments: Doubles) -> Doubles:
    """Return values on straight lines between the known ones, (M, C)."""
    columns = []
    for column in line.values.T:
        line.check_cancelled()
        known = np.isfinite(column)
        if not known.any():
            columns.append(np.full(len(moments), np.nan))
            continue
        columns.append(np.interp(moments, line.moments[known], column[known]))
    return np.stack(columns, axis=1)


def _outside_of_gaps(
    grid: Doubles, moments: Doubles, widest: float
) -> tuple[npt.NDArray[np.bool_], tuple[int, ...]]:
    """Return which steps lie between rows that are near each other, and where that breaks off."""
    after = np.searchsorted(moments, grid, side="left").clip(0, len(moments) - 1)
    before = np.searchsorted(moments, grid, side="right").clip(1, len(moments)) - 1
    kept = np.abs(moments[after] - moments[before]) <= widest
    places = np.flatnonzero(kept)
    breaks = np.flatnonzero(np.diff(places) > 1) + 1
    return kept, tuple(breaks.tolist())
