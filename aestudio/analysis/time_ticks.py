"""Where an axis of time has its marks, and what is written at them.

Shapes: T steps of the axis.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
import numpy.typing as npt

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY_S = 86_400.0
#: Steps that clocks are read in, in seconds.
_CLOCK_STEPS = (
    *(0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5),
    *(1.0, 2.0, 5.0, 10.0, 15.0, 30.0),
    *(60.0, 120.0, 300.0, 600.0, 900.0, 1800.0),
    *(3600.0, 7200.0, 10_800.0, 21_600.0, 43_200.0),
    *(_DAY_S, 2 * _DAY_S, 7 * _DAY_S, 14 * _DAY_S),
)
_MONTH_STEPS = (1, 2, 3, 6, 12, 24, 60, 120, 240, 600, 1200, 2400, 6000, 12_000, 60_000)
_MONTH_S = 30.4 * _DAY_S
#: 1970-01-05 was a Monday, on which steps of weeks begin.
_MONDAY_S = 4 * _DAY_S
#: What Python's own dates can hold.
_EARLIEST_S, _LATEST_S = -62_135_596_800.0, 253_402_300_799.0


@dataclass(frozen=True, slots=True)
class TimeTicks:
    """Marks at shares of the axis from 0 to 1, and what all of them have in common."""

    places: tuple[float, ...] = ()
    texts: tuple[str, ...] = ()
    heading: str = ""


def time_ticks(
    moments_T: npt.NDArray[np.float64], *, is_date: bool, unit: str = "", most: int = 5
) -> TimeTicks:
    """Return up to about ``most`` round marks for steps that are drawn at equal distances.

    Moments are seconds since 1970 for dates, otherwise numbers in ``unit``; the places follow the
    steps, so that a mark stands at its moment even where steps are unevenly long.
    """
    known = np.flatnonzero(np.isfinite(moments_T))
    if len(known) < 2 or moments_T[known[-1]] <= moments_T[known[0]]:
        return TimeTicks()
    first, last = float(moments_T[known[0]]), float(moments_T[known[-1]])
    if is_date and (first < _EARLIEST_S or last > _LATEST_S):
        return TimeTicks()
    wanted = (last - first) / max(1, most)
    marks, text, heading = (
        _dates(first, last, wanted) if is_date else _numbers(first, last, wanted, unit)
    )
    shares = known / max(1, len(moments_T) - 1)
    places = np.interp(marks, moments_T[known], shares)
    return TimeTicks(tuple(places.tolist()), tuple(map(text, marks)), heading)


_Marks = tuple[list[float], Callable[[float], str], str]


def _dates(first: float, last: float, wanted: float) -> _Marks:
    step = next((step for step in _CLOCK_STEPS if step >= wanted), None)
    if step is None:
        months = next((m for m in _MONTH_STEPS if m * _MONTH_S >= wanted), _MONTH_STEPS[-1])
        marks = list(_months(first, last, months))
        form = "%Y" if months >= 12 else "%b %Y"
        return marks, lambda mark: _date(mark).strftime(form), ""
    begin = _MONDAY_S if step % (7 * _DAY_S) == 0 else 0.0
    marks = _multiples(first, last, step, begin)
    if step >= _DAY_S:
        years = {_date(mark).year for mark in (first, last)}
        heading = str(years.pop()) if len(years) == 1 else ""
        return marks, lambda mark: _day(mark, with_year=not heading), heading
    is_one_day = first // _DAY_S == last // _DAY_S
    form = "%H:%M" if step % 60 == 0 else "%H:%M:%S"
    digits = max(0, math.ceil(-math.log10(step))) if step < 1 else 0

    def text(mark: float) -> str:
        if not is_one_day and mark % _DAY_S == 0:
            return _day(mark, with_year=False)
        date = _date(mark)
        fraction = f".{date.microsecond:06d}"[: digits + 1] if digits else ""
        return date.strftime(form) + fraction

    heading = _date(first).strftime("%a %Y-%m-%d")
    if not is_one_day:
        heading += _date(last).strftime(" to %m-%d")
    return marks, text, heading


def _numbers(first: float, last: float, wanted: float, unit: str) -> _Marks:
    power = 10.0 ** math.floor(math.log10(wanted))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= wanted * (1 - 1e-9))
    heading = "seconds" if unit == "s" else unit
    return _multiples(first, last, step), lambda mark: f"{mark:.10g}", heading


def _multiples(first: float, last: float, step: float, begin: float = 0.0) -> list[float]:
    low = math.ceil((first - begin) / step - 1e-9)
    high = math.floor((last - begin) / step + 1e-9)
    # Rounded, so that ten times a tenth is one.
    return [float(f"{begin + index * step:.15g}") for index in range(low, high + 1)]


def _months(first: float, last: float, step: int) -> Iterator[float]:
    date = _date(first)
    count = -(-(date.year * 12 + date.month - 1) // step) * step
    while count < 12 * 9999:
        mark = datetime(max(1, count // 12), count % 12 + 1, 1, tzinfo=UTC).timestamp()
        if mark > last:
            return
        if mark >= first:
            yield mark
        count += step


def _date(seconds: float) -> datetime:
    return _EPOCH + timedelta(seconds=seconds)


def _day(seconds: float, *, with_year: bool) -> str:
    date = _date(seconds)
    return f"{date:%b} {date.day}{f', {date.year}' if with_year else ''}"
