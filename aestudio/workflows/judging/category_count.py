"""How often the reconstruction of a category, or of a truth value, is the right one."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from aestudio.data.columns import ColumnKind
from aestudio.data.missing_values import is_missing
from aestudio.preprocess.table import TableScaling

_COUNTED = (ColumnKind.CATEGORICAL, ColumnKind.BOOLEAN)


class CategoryCount:
    """Counts over batches what is right, in cells that are there.

    Right is the likeliest category, and the truth value that is nearer.
    """

    def __init__(self, scaling: TableScaling) -> None:
        self._scaling = scaling
        self._places = [
            place for place, column in enumerate(scaling.table_columns) if column.kind in _COUNTED
        ]
        self._there = np.zeros(len(self._places), np.int64)
        self._right = np.zeros_like(self._there)
        self._frequent = np.zeros_like(self._there)

    def add(self, stored_ND: npt.NDArray[Any], output_NM: npt.NDArray[np.float32]) -> None:
        """Count one batch: cells as stored, and their reconstruction in model scale."""
        cells = np.asarray(stored_ND)[:, self._places]
        there = ~is_missing(cells)
        self._there += there.sum(0)
        guesses = np.rint(self._scaling.inverse(output_NM)[:, self._places])
        self._right += ((guesses == cells) & there).sum(0)
        frequent = [round(self._scaling.columns[place].typical) for place in self._places]
        self._frequent += ((cells == np.array(frequent)) & there).sum(0)

    def shares(self) -> dict[str, float]:
        """Return which share is right, of each column that has any cells, by its name."""
        columns = self._scaling.table_columns
        return {
            columns[place].name: float(right / there)
            for place, right, there in zip(self._places, self._right, self._there, strict=True)
            if there
        }

    def share_of_most_frequent(self) -> float | None:
        """Return the mean of these shares if every row had what most training rows have."""
        has_cells = self._there > 0
        if not has_cells.any():
            return None
        return float((self._frequent[has_cells] / self._there[has_cells]).mean())
