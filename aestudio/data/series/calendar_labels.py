"""Labels that the calendar gives: the day of the week, the month, the hour."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from aestudio.data.series.sample_times import SampleTimes
from aestudio.data.series.time_words import DAY_S, as_dates

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
_HOURS = tuple(f"{hour:02d} h" for hour in range(24))
_NAMES = {"weekday": _WEEKDAYS, "month": _MONTHS, "hour": _HOURS}
#: 1970-01-01 was a Thursday.
_WEEKDAY_OF_DAY_0 = 3

Labels = tuple[npt.NDArray[np.int64] | None, tuple[str, ...], tuple[str, ...]]


def calendar_labels(times: SampleTimes, field: str) -> Labels:
    """Return (N,) labels by when each sample begins, their names, and the fields there are.

    Without a ``field``, samples of about a day are labelled by the day of the week, shorter ones by
    the hour and longer ones by the month, unless all of them would be the same.
    """
    known = {name: _values(times.begins, name) for name in _NAMES}
    fields = tuple(name for name, values in known.items() if len(np.unique(values)) > 1)
    chosen = field or _usual(times.length * times.step)
    if chosen not in fields:
        return None, (), fields
    return known[chosen], _NAMES[chosen], fields


def _usual(span_s: float) -> str:
    if span_s < 0.9 * DAY_S:
        return "hour"
    return "weekday" if span_s < 1.5 * DAY_S else "month"


def _values(moments: npt.NDArray[np.float64], field: str) -> npt.NDArray[np.int64]:
    dates = as_dates(moments)
    days = dates.astype("datetime64[D]")
    if field == "weekday":
        values = (days.astype(np.int64) + _WEEKDAY_OF_DAY_0) % 7
    elif field == "month":
        values = dates.astype("datetime64[M]").astype(np.int64) % 12
    else:
        values = ((dates - days) / np.timedelta64(1, "h")).astype(np.int64)
    return np.asarray(values)
