"""What the columns of a table are for when its rows are steps in time.

One column says when, the columns of numbers are what was measured, and where several things were
measured at the same moments another column says which.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from aestudio.data.columns import ColumnKind
from aestudio.data.tables.cells import distinct_texts, read_cells
from aestudio.data.tables.column_choice import names_of
from aestudio.data.tables.raw_table import RawTable, Values, is_number, is_text, is_time
from aestudio.errors import OptionError
from aestudio.options import suggest

if TYPE_CHECKING:
    from aestudio.data.options import DataOptions
    from aestudio.data.tables.cells import Reading

Doubles = npt.NDArray[np.float64]

#: More different things than this are not measured side by side in one table.
MAX_SERIES = 1000
_TIME_NAMES = frozenset(
    {
        "time", "timestamp", "timestamps", "date", "datetime", "date_time", "t", "ts", "epoch",
        "seconds", "sec", "time_s", "time (s)", "time [s]", "unix", "unixtime", "zeit", "datum",
    }
)  # fmt: skip
#: Numbers of this size under such a name are seconds, or thousandths, since 1970.
_EPOCH_S, _EPOCH_MS = (3e8, 4.2e9), (3e11, 4.2e12)
_LABEL_NAMES = frozenset(
    {"label", "labels", "class", "target", "anomaly", "is_anomaly", "outlier", "activity", "event"}
)
#: A row in twenty may be at the moment of another without there being several series.
_FEW_TWINS = 0.05
_SECONDS = ("seconds", "sec", "time_s", "time (s)", "time [s]")


@dataclass(frozen=True, slots=True, eq=False)
class TimeColumn:
    """When each row was, (N,): seconds since 1970 for dates, NaN where nothing is known."""

    name: str
    moments: Doubles
    is_date: bool
    unit: str = ""


def time_column(table: RawTable, wanted: str) -> TimeColumn | None:
    """Return the column that was asked for, or the only one that can be a time.

    Raises
    ------
    OptionError
        The column that was asked for is not there, or is no time.
    """
    if wanted:
        if wanted not in table.names:
            raise OptionError(
                f"no column is called '{wanted}'.",
                subject="data.time_column",
                next_step=suggest(wanted, list(table.names[:20])),
            )
        found = _as_time(wanted, table.column(wanted))
        if found is None:
            raise OptionError(
                f"column '{wanted}' holds neither dates nor numbers.",
                subject="data.time_column",
                next_step="Name a column that says when each row was.",
            )
        return found
    dates = [name for name in table.names if is_time(table.column(name))]
    if dates:
        # Of several dates the one that is called a time, or else the first.
        called = [name for name in dates if name.strip().casefold() in _TIME_NAMES]
        return _as_time((called or dates)[0], table.column((called or dates)[0]))
    for name in table.names:
        if name.strip().casefold() in _TIME_NAMES and is_number(table.column(name)):
            return _as_time(name, table.column(name))
    return None


def _as_time(name: str, values: Values) -> TimeColumn | None:
    if is_time(values):
        nanoseconds = values.astype("datetime64[ns]").astype(np.int64)
        return TimeColumn(name, np.where(np.isnat(values), np.nan, nanoseconds / 1e9), True)
    if not is_number(values):
        return None
    moments = np.asarray(values, np.float64)
    known = moments[np.isfinite(moments)]
    for (low, high), per_second in ((_EPOCH_S, 1.0), (_EPOCH_MS, 1e3)):
        if len(known) and low <= known.min() and known.max() <= high:
            return TimeColumn(name, moments / per_second, True)
    unit = "s" if name.strip().casefold() in _SECONDS else ""
    return TimeColumn(name, moments, False, unit)


def measured_columns(
    table: RawTable, options: DataOptions, others: tuple[str, ...]
) -> tuple[list[Reading], list[str]]:
    """Return the columns of numbers beside ``others``, and the names of what cannot be measured.

    Raises
    ------
    OptionError
        A column that the person names is not there.
    """
    chosen = names_of(options.columns, table.names, "data.columns")
    measured, left_out = [], []
    for name in chosen or table.names:
        if name in others and not chosen:
            continue
        reading = read_cells(name, table.column(name))
        is_measured = reading is not None and reading.column.kind in (
            ColumnKind.NUMERIC,
            ColumnKind.BOOLEAN,
        )
        if reading is not None and is_measured and np.isfinite(reading.cells).any():
            measured.append(reading)
        else:
            left_out.append(name)
    return measured, left_out


def label_column(table: RawTable, wanted: str) -> str:
    """Return the column of labels, step by step; nothing where there is none."""
    if wanted in table.names:
        return wanted
    named = [name for name in table.names if name.strip().casefold() in _LABEL_NAMES]
    return named[-1] if named else ""


def group_column(table: RawTable, time: TimeColumn) -> str:
    """Return the column that tells apart what was measured at the same moments, if there is one."""
    if _share_of_twins(time.moments) <= _FEW_TWINS:
        return ""
    for name in table.names:
        if name == time.name:
            continue
        groups = groups_of(table.column(name))
        if groups is None:
            continue
        order = np.lexsort((time.moments, groups))
        is_twin = (np.diff(groups[order]) == 0) & (np.diff(time.moments[order]) == 0)
        if np.mean(is_twin) <= _FEW_TWINS:
            return name
    return ""


def groups_of(values: Values) -> npt.NDArray[np.int64] | None:
    """Return (N,) which of a few different values each is; None where they are no names."""
    if is_text(values):
        if distinct_texts(values, MAX_SERIES) is None:
            return None
        texts = np.array([value or "" for value in values], np.str_)
        return np.unique(texts, return_inverse=True)[1].astype(np.int64)
    if not is_number(values):
        return None
    cells = np.asarray(values, np.float64)
    if not (np.isfinite(cells) & (cells == np.rint(cells))).all():
        return None
    distinct, groups = np.unique(cells, return_inverse=True)
    return groups.astype(np.int64) if 1 < len(distinct) <= MAX_SERIES else None


def _share_of_twins(moments: Doubles) -> float:
    known = moments[np.isfinite(moments)]
    return 1 - len(np.unique(known)) / max(1, len(known))
