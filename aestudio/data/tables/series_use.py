"""A table whose rows are steps in time: a long series, or several side by side, cut into windows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from aestudio.data.arrays.array_kind import SERIES
from aestudio.data.dataset import Finding, Severity
from aestudio.data.files.plain_words import data_error, printable
from aestudio.data.labels import Labels, labels_from
from aestudio.data.series.series_set import OneSeries, SeriesSet
from aestudio.data.series.time_grid import Timeline, on_even_steps
from aestudio.data.series.windows import dataset_of_windows
from aestudio.data.tables.raw_table import is_text
from aestudio.data.tables.registry import table_use
from aestudio.data.tables.series_columns import (
    TimeColumn,
    group_column,
    groups_of,
    label_column,
    measured_columns,
    time_column,
)

if TYPE_CHECKING:
    from aestudio.data.dataset import Dataset
    from aestudio.data.request import Request
    from aestudio.data.tables.raw_table import RawTable

_NAME = "series"
#: Without a word from the person, a series has this many rows at least, ...
_FEWEST_ROWS = 50
#: ... this share of its steps is within a twentieth of the middle one, ...
_EVEN, _EVEN_FROM = 0.05, 0.5
#: ... or this share within a factor of it, in rows that follow each other: things that happen by
#: chance, such as orders, come far more irregularly than a logger that is late.
_NEAR, _NEAR_FROM = 4.0, 0.9
#: ... and at least this share of its columns are numbers.
_MEASURED_FROM = 0.5
_LISTED = 8


@dataclass(frozen=True, slots=True, eq=False)
class _Columns:
    """The table by what its columns are for."""

    time: TimeColumn | None
    group: str
    label: str
    names: tuple[str, ...]
    values: npt.NDArray[np.float64]  #: (N, C)
    left_out: tuple[str, ...]


def _recognises(table: RawTable, request: Request) -> bool:
    if request.options.kind == SERIES:
        return True
    time = time_column(table, request.options.time_column)
    if time is None or table.num_rows < _FEWEST_ROWS:
        return False
    if request.options.time_column:
        return True
    group = group_column(table, time)
    others = tuple(filter(None, (time.name, group, label_column(table, ""))))
    num_left = table.num_columns - len(others)
    measured, _ = measured_columns(table, request.options, others)
    if not measured or len(measured) < _MEASURED_FROM * num_left:
        return False
    return _goes_on(time.moments, None if not group else groups_of(table.column(group)))


def _goes_on(moments: npt.NDArray[np.float64], groups: npt.NDArray[np.int64] | None) -> bool:
    """Whether most steps from row to row, in the order of time, are of one length or nearly so."""
    if groups is not None:
        moments = moments[groups == np.argmax(np.bincount(groups))]
    moments = moments[np.isfinite(moments)]
    is_in_order = bool(np.all(np.diff(moments) >= 0))
    steps = np.diff(np.sort(moments))
    steps = steps[steps > 0]
    if len(steps) < _FEWEST_ROWS // 2 or len(steps) < len(moments) / 2:
        return False
    ratios = steps / np.median(steps)
    if np.mean(np.abs(ratios - 1) <= _EVEN) >= _EVEN_FROM:
        return True
    is_near = (ratios >= 1 / _NEAR) & (ratios <= _NEAR)
    return is_in_order and bool(np.mean(is_near) >= _NEAR_FROM)


@table_use(name=_NAME, recognises=_recognises, kinds=(SERIES,), priority=10)
def build(request: Request, table: RawTable) -> Dataset:
    """Order the rows by time, say what is odd about it, and cut windows.

    Raises
    ------
    DataError
        There are no numbers, no two different times, or too few rows for a window.
    OptionError
        A column that the person names is not there.
    """
    columns = _columns(request, table)
    if not columns.names:
        raise data_error(
            request.path,
            "no column beside the time holds numbers.",
            "Choose a table in which something was measured.",
        )
    found = _series_set(request, table, columns)
    if columns.left_out:
        shown = ", ".join(f"'{name}'" for name in columns.left_out[:_LISTED])
        note = Finding(
            Severity.NOTE,
            f"Only numbers can be followed in time; left out: {shown}.",
            "Name the columns to learn from under 'Columns' to change that.",
        )
        found = replace(found, findings=(*found.findings, note))
    return dataset_of_windows(found, request.options)


def _columns(request: Request, table: RawTable) -> _Columns:
    options = request.options
    time = time_column(table, options.time_column)
    group = "" if time is None else group_column(table, time)
    label = label_column(table, options.label_field)
    others = tuple(filter(None, ("" if time is None else time.name, group, label)))
    measured, left_out = measured_columns(table, options, others)
    request.check_cancelled()
    return _Columns(
        time=time,
        group=group,
        label=label,
        names=tuple(reading.column.name for reading in measured),
        values=np.stack([reading.cells for reading in measured], axis=1)
        if measured
        else np.empty((table.num_rows, 0)),
        left_out=tuple(left_out),
    )


def _series_set(request: Request, table: RawTable, columns: _Columns) -> SeriesSet:
    source = printable(request.path)
    labels = Labels()
    if columns.label:
        labels = _labels(table, columns.label, source)
    name = printable(request.path.name)
    whole = SeriesSet(
        name=name,
        source=str(request.path),
        reader=_NAME,
        series=(),
        channel_names=columns.names,
        step_label_names=labels.names,
        findings=labels.findings,
    )
    if columns.time is None:
        only = OneSeries(name=name, values=columns.values, step_labels=labels.indices)
        note = Finding(
            Severity.NOTE,
            "No column says when; each row was taken for one step.",
            "Set 'Time column' if one does.",
        )
        return replace(whole, series=(only,), findings=(*whole.findings, note))
    lines = list(_lines(request, table, columns, source))
    series = tuple(
        OneSeries(
            name=name if not columns.group else title,
            values=line.values,
            moments=line.moments,
            breaks=line.breaks,
            step_labels=_carried_over(labels, columns.time.moments, rows, line.moments),
        )
        for title, rows, line in lines
    )
    return replace(
        whole,
        series=series,
        is_date=columns.time.is_date,
        step=float(np.median([line.step for _, _, line in lines])),
        unit=columns.time.unit,
        labels=np.arange(len(series), dtype=np.int64) if columns.group else None,
        label_names=tuple(one.name for one in series) if columns.group else (),
        findings=(*whole.findings, *_findings_of(lines), *_about_groups(columns, len(series))),
        read_as=(("Time column", columns.time.name),),
    )


_Line = tuple[str, npt.NDArray[np.int64], Timeline]


def _lines(request: Request, table: RawTable, columns: _Columns, source: str) -> list[_Line]:
    """Bring each series to even steps."""
    time = columns.time
    if time is None:
        return []
    everything = np.arange(table.num_rows)
    parts = [("", everything)]
    if columns.group:
        groups = groups_of(table.column(columns.group))
        if groups is not None:
            order = np.argsort(groups, kind="stable")
            ends = np.flatnonzero(np.diff(groups[order])) + 1
            parts = [
                (_title(table, columns.group, int(part[0])), part) for part in np.split(order, ends)
            ]
    lines = []
    for title, rows in parts:
        line = Timeline(
            moments=time.moments[rows],
            values=columns.values[rows],
            is_date=time.is_date,
            unit=time.unit,
            check_cancelled=request.check_cancelled,
        )
        if columns.group and len(np.unique(line.moments[np.isfinite(line.moments)])) < 2:
            continue
        lines.append((title, rows, on_even_steps(line, request.options, source)))
    if not lines:
        raise data_error(
            request.path,
            f"no value of '{columns.group}' has two different times.",
            "Set data.kind to table.",
        )
    return lines


def _title(table: RawTable, group: str, row: int) -> str:
    value = table.column(group)[row]
    if is_text(table.column(group)):
        return printable(str(value or "nothing"))
    return f"{group} {value:g}"


def _findings_of(lines: list[_Line]) -> list[Finding]:
    """Say once what is odd about several series."""
    if len(lines) == 1:
        return list(lines[0][2].findings)
    odd = [(title, line.findings) for title, _, line in lines if line.findings]
    if not odd:
        return []
    title, findings = odd[0]
    worst = max(findings, key=lambda finding: finding.severity is Severity.WARNING)
    return [
        Finding(
            worst.severity,
            f"{len(odd):,} of {len(lines):,} series are uneven in time; of '{title}': {worst.text}",
            worst.next_step,
        )
    ]


def _about_groups(columns: _Columns, count: int) -> list[Finding]:
    if not columns.group:
        return []
    return [
        Finding(
            Severity.NOTE,
            f"Several rows have the same time: column '{columns.group}' was taken for the names of {count:,} series.",
            "Set 'Read as' to table if that is wrong.",
        )
    ]


def _labels(table: RawTable, name: str, source: str) -> Labels:
    values = table.column(name)
    if is_text(values):
        values = np.array([value or "" for value in values], np.str_)
    elif values.dtype == np.bool_:
        values = np.where(values, "true", "false")
    return labels_from(values, table.num_rows, source)


def _carried_over(
    labels: Labels,
    moments: npt.NDArray[np.float64],
    rows: npt.NDArray[np.int64],
    wanted: npt.NDArray[np.float64],
) -> npt.NDArray[np.int64] | None:
    """Return the label of the last row that is not after each wanted moment."""
    if labels.indices is None:
        return None
    known = rows[np.isfinite(moments[rows])]
    order = known[np.argsort(moments[known], kind="stable")]
    places = np.searchsorted(moments[order], wanted, side="right") - 1
    return np.asarray(labels.indices[order[places.clip(0)]])
