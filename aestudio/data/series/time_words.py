"""Moments and lengths of time in words."""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt

DAY_S = 86_400.0
_UNITS = (
    (7 * DAY_S, "week"),
    (DAY_S, "day"),
    (3600.0, "hour"),
    (60.0, "minute"),
    (1.0, "second"),
    (1e-3, "millisecond"),
)
#: numpy's names of how finely a date is written, with the seconds that it can tell apart.
_Fineness = Literal["D", "m", "s", "ms"]
_FINENESS: tuple[tuple[float, _Fineness], ...] = (
    (DAY_S, "D"),
    (60.0, "m"),
    (1.0, "s"),
    (0.0, "ms"),
)
#: Dates beyond the years 0 to 9999 cannot be written.
_EARLIEST_S, _LATEST_S = -62_167_219_200.0, 253_402_300_799.0


def span_in_words(seconds: float) -> str:
    """Return a length of time in the largest unit that fits; weeks only where they are whole.

    >>> span_in_words(1800), span_in_words(86400), span_in_words(5400), span_in_words(0.25)
    ('30 minutes', '1 day', '1.5 hours', '250 milliseconds')
    """
    size, name = next(
        (
            (size, name)
            for size, name in _UNITS
            if seconds >= size * (1 - 1e-9) and (name != "week" or seconds % size == 0)
        ),
        _UNITS[-1],
    )
    count = f"{seconds / size:.4g}"
    return f"{count} {name}" if count == "1" else f"{count} {name}s"


def length_in_words(length: float, *, is_date: bool, unit: str) -> str:
    """Return a length on a time axis: of dates, of seconds, or in the source's own unit."""
    if is_date or unit == "s":
        return span_in_words(length)
    return f"{length:.6g} {unit}".rstrip()


def as_dates(
    moments: npt.NDArray[np.float64],
) -> np.ndarray[tuple[int, ...], np.dtype[np.datetime64[int]]]:
    """Return seconds since 1970 as dates to a thousandth of a second; NaT where there is none."""
    known = np.isfinite(moments)
    seconds = np.where(known, moments, 0.0).clip(_EARLIEST_S, _LATEST_S)
    dates = np.rint(seconds * 1e3).astype("datetime64[ms]")
    dates[~known] = np.datetime64("NaT")
    return np.asarray(dates)


def moments_in_words(
    moments: npt.NDArray[np.float64], *, is_date: bool, step: float, unit: str = ""
) -> list[str]:
    """Return each moment as a text, as finely as steps of that length need it.

    >>> moments_in_words(np.array([1404172800.0]), is_date=True, step=1800)
    ['2014-07-01 00:00']
    """
    if not is_date:
        # Rounded, because a hundredth is a little less or more than it.
        digits = int(np.clip(np.ceil(np.round(-np.log10(step), 6)) + 1, 0, 9)) if step > 0 else 6
        return [f"{moment:,.{digits}f} {unit}".rstrip() for moment in moments.tolist()]
    dates = as_dates(moments)
    # What falls between the steps' own fineness, such as steps of a day at noon, is not left out.
    offsets = np.abs(moments[np.isfinite(moments)])
    fineness = next(
        name
        for size, name in _FINENESS
        if size == 0 or (step >= size and not np.any(offsets % size))
    )
    texts = np.datetime_as_string(dates, unit=fineness).tolist()
    return [text.replace("T", " ") for text in texts]
