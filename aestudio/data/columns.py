"""What the columns of a table hold, when not every one of them is a plain number.

The cells of a table are floats (N, D) in which NaN is missing, whatever a column holds:

===========  =====================================================================================
kind         cell
===========  =====================================================================================
numeric      the number itself
boolean      0 or 1
categorical  the place in :attr:`Column.categories`
date         days since 1970-01-01; the fraction is the time of day. In 32 bits a day of this century
             is still told to about three minutes.
===========  =====================================================================================
"""

from __future__ import annotations

import datetime
import math
from dataclasses import dataclass
from enum import StrEnum


class ColumnKind(StrEnum):
    """What the cells of one column stand for."""

    NUMERIC = "numeric"
    BOOLEAN = "boolean"
    CATEGORICAL = "categorical"
    DATE = "date"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table."""

    name: str
    kind: ColumnKind = ColumnKind.NUMERIC
    #: What the places 0, 1, ... of a categorical column stand for; empty for all other kinds.
    categories: tuple[str, ...] = ()


_EPOCH = datetime.datetime(1970, 1, 1)


def cell_text(column: Column, cell: float) -> str:
    """Return one cell as the table itself would write it; nothing where it is missing.

    >>> cell_text(Column("size", ColumnKind.CATEGORICAL, ("small", "large")), 1.0)
    'large'
    >>> cell_text(Column("seen", ColumnKind.DATE), 19_723.5)
    '2024-01-01 12:00'
    """
    if not math.isfinite(cell):
        return "" if math.isnan(cell) else str(cell)
    if column.kind is ColumnKind.CATEGORICAL:
        place = round(cell)
        return column.categories[place] if 0 <= place < len(column.categories) else ""
    if column.kind is ColumnKind.BOOLEAN:
        return "true" if cell >= 0.5 else "false"
    if column.kind is ColumnKind.DATE:
        return _date_text(cell)
    return f"{cell:.0f}" if cell == round(cell) and abs(cell) < 1e15 else f"{cell:.6g}"


def _date_text(days: float) -> str:
    try:
        moment = _EPOCH + datetime.timedelta(days=days)
    except OverflowError:
        return f"{days:.6g} days"
    # To the second: 64 bits of days hold no more without a rest.
    moment = (moment + datetime.timedelta(milliseconds=500)).replace(microsecond=0)
    if moment.time() == datetime.time():
        return moment.date().isoformat()
    return moment.isoformat(" ", "seconds" if moment.second else "minutes")
