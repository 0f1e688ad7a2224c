"""The scaling of a table whose columns are not all alike: each column has a map of its own.

Shapes: N samples, D columns as stored, M numbers in model scale: one for each column, and of
categories one for each of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from aestudio.data.columns import Column, ColumnKind
from aestudio.data.missing_values import is_missing
from aestudio.errors import DataError
from aestudio.preprocess.column_scaling import ColumnScaling
from aestudio.preprocess.scaling import Scaling
from aestudio.preprocess.table_layout import TableLayout

Floats = npt.NDArray[np.float32]

#: Columns in model scale; more than this is a mistake in what was taken for categories.
MOST_NUMBERS = 65_536


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class TableScaling(Scaling):
    """What :class:`~aestudio.preprocess.scaling.Scaling` is for one map, for one in each column.

    ``offset`` and ``scale`` are those that change nothing; what is done is in ``columns``.
    """

    columns: tuple[ColumnScaling, ...]

    @classmethod
    def of(cls, columns: Sequence[ColumnScaling], low: float, high: float) -> Self:
        """``low`` and ``high`` are the range of the training samples in model scale."""
        width = len(columns)
        return cls(
            offset=np.zeros(width, np.float32),
            scale=np.ones(width, np.float32),
            fill=np.array([column.typical for column in columns], np.float32),
            low=low,
            high=high,
            columns=tuple(columns),
        )

    @property
    def table_columns(self) -> tuple[Column, ...]:
        return tuple(column.column for column in self.columns)

    @property
    def widths(self) -> tuple[int, ...]:
        """How many numbers each column is in model scale, (D,)."""
        return tuple(column.width for column in self.columns)

    @property
    def layout(self) -> TableLayout:
        """Which of the numbers in model scale are what."""
        ends = np.cumsum(self.widths).tolist()
        places = [(end - width, end) for end, width in zip(ends, self.widths, strict=True)]
        columns = list(zip(self.columns, places, strict=True))
        return TableLayout(
            columns=tuple(places),
            categories=tuple(place for column, place in columns if column.method == "one_hot"),
            truths=tuple(place[0] for column, place in columns if column.is_truth),
            fill=tuple(self.scaled_fill.tolist()),
        )

    @property
    def scaled_fill(self) -> Floats:
        """What stands in for missing cells, (M,): the mean of each number in model scale."""
        return np.array([value for column in self.columns for value in column.fill], np.float32)

    def model_shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        return (sum(self.widths),)

    def forward(self, x: npt.ArrayLike) -> Floats:
        """Bring stored cells (..., D) to model scale (..., M); missing cells are NaN."""
        cells = np.asarray(x)
        rows_ND = cells.reshape(-1, len(self.columns))
        parts = [column.forward(rows_ND[:, place]) for place, column in enumerate(self.columns)]
        with np.errstate(over="ignore"):
            scaled_NM = np.concatenate(parts, axis=1).astype(np.float32)
        return scaled_NM.reshape(*cells.shape[:-1], sum(self.widths))

    def inverse(self, y: npt.ArrayLike) -> Floats:
        """Bring model scale (..., M) back to the table's own units, (..., D).

        Of categories the place of the likeliest comes back.
        """
        scaled = np.asarray(y, np.float64)
        rows_NM = np.broadcast_to(scaled, (*scaled.shape[:-1], sum(self.widths)))
        shape = rows_NM.shape[:-1]
        rows_NM = rows_NM.reshape(-1, rows_NM.shape[-1])
        ends = np.cumsum(self.widths)[:-1]
        parts = zip(self.columns, np.split(rows_NM, ends, axis=1), strict=True)
        cells = [column.inverse(part_NW) for column, part_NW in parts]
        return np.stack(cells, axis=1).astype(np.float32).reshape(*shape, len(self.columns))

    def categories_of(self, scaled_NM: Floats) -> dict[int, Floats]:
        """Return the numbers of all categories of a column, (N, C), by the column's place."""
        return {
            place: scaled_NM[:, start:stop]
            for place, (start, stop) in enumerate(self.layout.columns)
            if self.columns[place].method == "one_hot"
        }

    def cells_at(self, low: float, high: float) -> tuple[Floats, Floats]:
        """Return the cells (D,) between which each column is drawn: those at two ends in model scale.

        Categories are drawn from the first to the last.
        """
        ends = []
        for column in self.columns:
            if column.method == "one_hot":
                ends.append((0.0, column.width - 1.0))
            elif column.column.kind is ColumnKind.BOOLEAN:
                ends.append((0.0, 1.0))
            else:
                ends.append(tuple(column.inverse(np.array([[low], [high]])).tolist()))
        lows, highs = np.array(ends, np.float32).T
        return lows, highs

    def forward_filled(self, x: npt.ArrayLike) -> Floats:
        scaled = self.forward(x)
        return np.where(np.isnan(scaled), self.scaled_fill, scaled)

    def counted(self, x: npt.ArrayLike) -> npt.NDArray[np.bool_]:
        return np.repeat(~is_missing(np.asarray(x)), self.widths, axis=-1)

    def to_json(self) -> dict[str, Any]:
        columns = [column.to_json() for column in self.columns]
        return {"columns": columns, "low": self.low, "high": self.high}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        """Read what :meth:`to_json` gave; raises :class:`DataError` where it is something else."""
        try:
            columns = tuple(map(ColumnScaling.from_json, values["columns"]))
            low, high = float(values["low"]), float(values["high"])
            if not np.isfinite([low, high]).all():
                raise ValueError("a number is not finite")
            if not 0 < sum(column.width for column in columns) <= MOST_NUMBERS:
                raise ValueError("it has no columns, or too many")
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
            raise DataError(
                f"the saved scaling is damaged: {error}.",
                subject="preprocess.scaling",
                next_step="Use another copy of the run.",
            ) from None
        return cls.of(columns, low, high)
