"""What each column of a plain table is for: a feature, the label, a name for the row, or nothing.

The person's word wins (``data.columns``, ``data.label_field``). Otherwise the label is a column that
is called like one, or the only column of categories among numbers; and what only names or counts
the rows is left out. Nothing of this is silent: each guess is a finding with the way to change it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from aestudio.data.columns import ColumnKind
from aestudio.data.dataset import Finding, Remedy, Severity
from aestudio.data.files.plain_words import data_error
from aestudio.data.labels import MAX_CLASSES
from aestudio.data.tables.cells import (
    FEW_CATEGORIES,
    Reading,
    distinct_texts,
    read_cells,
    read_cells_as,
)
from aestudio.data.tables.column_choice import names_of, written_names
from aestudio.data.tables.raw_table import RawTable, Values, is_number, is_text
from aestudio.errors import OptionError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aestudio.data.request import Request

#: Numbers with more different values than this are measurements, not classes.
MAX_NUMBERED_CLASSES = 50
_LABEL_NAMES = frozenset(
    {
        "label", "labels", "class", "classes", "target", "targets", "y", "category", "species",
        "outcome", "diagnosis", "klasse", "anomaly", "is_anomaly", "outlier", "ground_truth",
        "fraud", "is_fraud", "ylabel", "class_label", "digit",
    }
)  # fmt: skip
_ROW_NAMES = frozenset(
    {"id", "index", "idx", "row", "row_id", "rowid", "row id", "nr", "no", "number", "uuid", "key"}
)
_FEW_ROWS = 5
_LISTED = 8
#: A longer list of names than this is nothing to put into a form.
_MOST_WRITTEN = 200


@dataclass(frozen=True, slots=True, eq=False)
class Roles:
    """The columns of a table by what they are for."""

    features: tuple[Reading, ...]
    label: str
    label_fields: tuple[str, ...]
    #: The column that tells rows apart, if there is one.
    row_names: str
    findings: tuple[Finding, ...]


def roles_of(request: Request, table: RawTable, *, is_beginning: bool = False) -> Roles:
    """Decide what every column is for, perhaps by the beginning of the table alone.

    Raises
    ------
    DataError
        There is nothing to learn from, or not what the model has learned from.
    OptionError
        A column that the person names is not there, or cannot be learned from.
    """
    roles = (
        _learned_roles(request, table)
        if request.columns
        else _own_roles(request, table, is_beginning=is_beginning)
    )
    if not roles.features:
        raise data_error(
            request.path,
            "no column holds numbers, categories or dates to learn from.",
            "Check how it is read, such as delimiter and header, or name the columns (data.columns).",
        )
    return roles


def _own_roles(request: Request, table: RawTable, *, is_beginning: bool) -> Roles:
    """Decide what the columns are for by what they hold, and by what the person says."""
    options = request.options
    chosen = names_of(options.columns, table.names, "data.columns")
    readings: dict[str, Reading | None] = {}
    for name, values in zip(table.names, table.values, strict=True):
        request.check_cancelled()
        readings[name] = read_cells(name, values)
    label_fields = tuple(
        name
        for name, values in zip(table.names, table.values, strict=True)
        if _can_label(values, readings[name])
    )
    label = _label(options.label_field, label_fields, readings)
    if chosen:
        return Roles(
            features=tuple(_wanted(name, readings[name]) for name in chosen),
            label=label,
            label_fields=label_fields,
            row_names="",
            findings=tuple(_misfits(readings[name] for name in chosen)),
        )
    left = _LeftOut([], [], [])
    features = []
    for name, values in zip(table.names, table.values, strict=True):
        reading = readings[name]
        if name == label:
            continue
        if reading is None:
            left.texts.append(name)
        elif not np.isfinite(reading.cells).any():
            left.empty.append(name)
        elif _only_names_rows(name, values):
            left.rows.append(name)
        else:
            features.append(reading)
    named = [*left.rows, *(name for name in left.texts if _is_unique(table.column(name)))]
    return Roles(
        features=tuple(features),
        label=label,
        label_fields=label_fields,
        row_names=named[-1] if named else "",
        findings=(
            *_about_label(label, options.label_field, features),
            *left.findings(table.num_rows if is_beginning else None),
            *_misfits(features),
        ),
    )


def _learned_roles(request: Request, table: RawTable) -> Roles:
    """Read the columns that a model has learned from as it has learned them."""
    wanted = {column.name: column for column in request.columns}
    values = dict(zip(table.names, table.values, strict=True))
    if not set(wanted) & set(values) and len(wanted) == len(values):
        # Without names, or under others, columns are taken in the order of the model.
        values = dict(zip(wanted, table.values, strict=True))
    absent = [name for name in wanted if name not in values]
    if absent:
        raise data_error(
            request.path,
            f"{_listed(absent)}: not there, but the model has learned from "
            f"{'it' if len(absent) == 1 else 'them'}.",
            "Give a table with the columns of the run's own data.",
        )
    features = []
    for name, column in wanted.items():
        request.check_cancelled()
        features.append(read_cells_as(column, values[name]))
    others = {
        name: read_cells(name, values) for name, values in values.items() if name not in wanted
    }
    fields = tuple(name for name, reading in others.items() if _can_label(values[name], reading))
    return Roles(
        features=tuple(features),
        label=_label(request.options.label_field, fields, others),
        label_fields=fields,
        row_names="",
        findings=tuple(_misfits(features)),
    )


@dataclass(frozen=True, slots=True)
class _LeftOut:
    """Names of columns that nothing is learned from, by reason."""

    texts: list[str]
    rows: list[str]
    empty: list[str]

    def findings(self, num_first: int | None) -> list[Finding]:
        """Tell of them; ``num_first`` is how many rows were looked at where there may be more."""
        how = "Name the columns to learn from under 'Columns' (data.columns) to change that."
        found = []
        if self.texts:
            text = f"{_listed(self.texts)}: too many different values to be categories, so not learned from."
            alone = "'Read as: tokens' (data.kind) learns from the texts of such a column instead."
            found.append(Finding(Severity.NOTE, text, alone))
        if self.rows:
            text = (
                f"{_listed(self.rows)}: there only to number or name the rows, so not learned from."
            )
            found.append(Finding(Severity.NOTE, text, how))
        if self.empty:
            where = "any row" if num_first is None else f"the first {num_first:,} rows"
            text = f"{_listed(self.empty)}: no value in {where}, so left out."
            found.append(Finding(Severity.WARNING, text, how if num_first else ""))
        return found


def _wanted(name: str, reading: Reading | None) -> Reading:
    if reading is None:
        raise OptionError(
            f"column '{name}' holds texts with too many different values to be categories.",
            subject="data.columns",
            next_step="Leave it out, or read the data as text.",
        )
    return reading


def _label(wanted: str, fields: tuple[str, ...], readings: dict[str, Reading | None]) -> str:
    """Return the column to take for the label; nothing where none is like one."""
    if wanted:
        return wanted if wanted in fields else ""
    named = [name for name in fields if name.strip().casefold() in _LABEL_NAMES]
    if named:
        return named[-1]
    kinds = {name: reading.column.kind for name, reading in readings.items() if reading}
    # Hundreds of them are rather places or products than classes.
    categorical = [
        name
        for name, reading in readings.items()
        if reading is not None and 0 < len(reading.column.categories) <= FEW_CATEGORIES
    ]
    numeric = [name for name, kind in kinds.items() if kind is ColumnKind.NUMERIC]
    is_only_one = len(categorical) == 1 and len(numeric) >= 2 and len(kinds) == len(numeric) + 1
    return categorical[0] if is_only_one and categorical[0] in fields else ""


def _can_label(values: Values, reading: Reading | None) -> bool:
    """Whether a column has few enough different values to be classes."""
    if reading is None:
        return (
            is_text(values)
            and distinct_texts(values, min(MAX_CLASSES, len(values) // 2)) is not None
        )
    if reading.column.kind in (ColumnKind.BOOLEAN, ColumnKind.CATEGORICAL):
        return True
    if reading.column.kind is ColumnKind.DATE:
        return False
    # A look at the beginning spares most columns of measurements the whole way.
    return _is_few_whole(reading.cells[:10_000]) and _is_few_whole(reading.cells)


def _is_few_whole(cells: npt.NDArray[np.floating]) -> bool:
    present = cells[~np.isnan(cells)]
    if not len(present) or not (np.isfinite(present) & (present == np.round(present))).all():
        return False
    return len(np.unique(present)) <= min(MAX_NUMBERED_CLASSES, max(2, len(present) // 2))


def _only_names_rows(name: str, values: Values) -> bool:
    """Whether a column counts the rows, or is called like a key and never repeats."""
    if not is_number(values) or len(values) < _FEW_ROWS:
        return False
    cells = np.asarray(values, dtype=np.float64)
    if not np.isfinite(cells).all() or not (cells == np.round(cells)).all():
        return False
    steps = np.diff(cells)
    # One that only counts up may be a measurement of time, unless it begins as counting does.
    if (steps == 1).all() and cells[0] in (0, 1):
        return True
    called = name.strip().casefold()
    is_key = called in _ROW_NAMES or called.endswith(("_id", " id"))
    return is_key and len(np.unique(cells)) == len(cells)


def _is_unique(values: Values) -> bool:
    if not is_text(values):
        return False
    return len(set(values.tolist())) == len(values)


def _misfits(readings: Iterable[Reading | None]) -> list[Finding]:
    return [
        Finding(
            Severity.WARNING,
            f"{reading.num_misfits:,} cells of '{reading.column.name}' {_WHAT_MISFITS[reading.column.kind]} ({', '.join(reading.misfits)}) and count as missing.",
        )
        for reading in readings
        if reading is not None and reading.num_misfits
    ]


_WHAT_MISFITS = {
    ColumnKind.NUMERIC: "are no numbers",
    ColumnKind.BOOLEAN: "are neither true nor false",
    ColumnKind.CATEGORICAL: "hold what the model has not met",
    ColumnKind.DATE: "are no dates",
}


def _about_label(label: str, wanted: str, features: list[Reading]) -> list[Finding]:
    if not label or wanted:
        return []
    names = [label, *(reading.column.name for reading in features)]
    remedy = Remedy("Learn from it too", "data.columns", written_names(names))
    return [
        Finding(
            Severity.NOTE,
            f"Column '{label}' is taken for the label, and not learned from.",
            "Choose another 'Label field' (data.label_field) if another one is meant.",
            remedy if len(names) <= _MOST_WRITTEN else None,
        )
    ]


def _listed(names: list[str]) -> str:
    shown = ", ".join(f"'{name}'" for name in names[:_LISTED])
    more = f" and {len(names) - _LISTED:,} more" if len(names) > _LISTED else ""
    return f"{'Column' if len(names) == 1 else 'Columns'} {shown}{more}"
