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
