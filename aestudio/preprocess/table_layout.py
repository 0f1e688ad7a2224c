"""Which numbers of a row in model scale belong together, and what they stand for."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TableLayout:
    """The M numbers of a row, column by column: (start, stop) of each of the D columns."""

    columns: tuple[tuple[int, int], ...]
    #: Those of the columns that are the one-hot of a category.
    categories: tuple[tuple[int, int], ...] = ()
    #: Places of truth values, which are 0 or 1.
    truths: tuple[int, ...] = ()
    #: What stands in for missing cells, (M,).
    fill: tuple[float, ...] = ()
