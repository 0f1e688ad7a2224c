"""What the columns of a table hold, in figures that are given in the table's own terms."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from aestudio.data.arrays.slicing import picked
from aestudio.data.columns import Column, ColumnKind, cell_text
from aestudio.data.missing_values import is_missing
from aestudio.data.splitting import evenly_spaced

if TYPE_CHECKING:
    from aestudio.data.dataset import Dataset

#: Of a larger table, the figures are those of so many rows, spread evenly.
MOST_ROWS = 50_000
#: Of a wider table, so many columns from the left.
MOST_COLUMNS = 2_000
NUM_BINS = 24
_MOST_CELLS = 5_000_000


@dataclass(frozen=True, slots=True)
class ColumnFigures:
    """One column; texts are empty where a figure has no meaning for its kind."""

    column: Column
    num_rows: int
    num_missing: int
    #: Different values.
    num_distinct: int
    lowest: str = ""
    middle: str = ""
    highest: str = ""
    mean: float | None = None
    #: Standard deviation over the rows (divided by their number).
    spread: float | None = None
    #: The most frequent category or truth value.
    most_frequent: str = ""
    #: Shares of the rows, by equal steps from lowest to highest or by category, in order.
    shares: tuple[float, ...] = ()

    @property
    def share_missing(self) -> float:
        return self.num_missing / max(1, self.num_rows)

    def to_json(self) -> dict[str, Any]:
        """Return everything but the shares."""
        found: dict[str, Any] = {
            "name": self.column.name,
            "kind": str(self.column.kind),
            "missing": self.num_missing,
            "distinct": self.num_distinct,
        }
        if self.column.kind in (ColumnKind.NUMERIC, ColumnKind.DATE):
            found |= {"min": self.lowest, "median": self.middle, "max": self.highest}
        if self.mean is not None:
            found |= {"mean": self.mean, "std": self.spread}
        if self.most_frequent:
            found["most_frequent"] = self.most_frequent
        return found


def columns_of_table(dataset: Dataset) -> tuple[Column, ...]:
    """Return what the columns of a table hold; numbered where they have no names."""
    if dataset.columns:
        return dataset.columns
    width = dataset.shape[-1]
    names = dataset.feature_names or tuple(str(place) for place in range(1, width + 1))
    return tuple(Column(name) for name in names)


def looked_at(dataset: Dataset) -> npt.NDArray[np.int64]:
    """Return the rows whose cells the figures are worked out from."""
    most = max(1_000, min(MOST_ROWS, _MOST_CELLS // max(1, dataset.shape[-1])))
    return evenly_spaced(np.arange(dataset.num_samples), most)


def column_figures(dataset: Dataset) -> Iterator[ColumnFigures]:
    """Yield the figures of a table's columns, at most :data:`MOST_COLUMNS` of them."""
    rows = looked_at(dataset)
    columns = columns_of_table(dataset)[:MOST_COLUMNS]
    x = picked(dataset.x, rows)[:, : len(columns)].astype(np.float64)
    for place, column in enumerate(columns):
        yield _figures(column, x[:, place])


def _figures(column: Column, cells: npt.NDArray[np.float64]) -> ColumnFigures:
    there = cells[~is_missing(cells)]
    num_missing = len(cells) - len(there)
    if not len(there):
        return ColumnFigures(column, len(cells), num_missing, 0)
    distinct, counts = np.unique(there, return_counts=True)
    if column.kind in (ColumnKind.CATEGORICAL, ColumnKind.BOOLEAN):
        size = len(column.categories) or 2
        places = np.clip(np.rint(there), 0, size - 1).astype(np.int64)
        shares = np.bincount(places, minlength=size) / len(cells)
        return ColumnFigures(
            column,
            len(cells),
            num_missing,
            len(distinct),
            most_frequent=cell_text(column, float(distinct[np.argmax(counts)])),
            shares=tuple(shares.tolist()),
        )
    low, high = float(distinct[0]), float(distinct[-1])
    is_number = column.kind is ColumnKind.NUMERIC
    return ColumnFigures(
        column,
        len(cells),
        num_missing,
        len(distinct),
        lowest=cell_text(column, low),
        middle=cell_text(column, float(np.median(there))),
        highest=cell_text(column, high),
        mean=float(np.mean(there)) if is_number else None,
        spread=float(np.std(there)) if is_number else None,
        shares=_shares(there, low, high, len(cells)),
    )


def _shares(
    there: npt.NDArray[np.float64], low: float, high: float, num_rows: int
) -> tuple[float, ...]:
    # Equal values, too far apart for any width, or so close that no numbers lie between.
    if not np.isfinite(high - low) or np.diff(np.linspace(low, high, NUM_BINS + 1)).min() <= 0:
        return (len(there) / num_rows,)
    counts, _ = np.histogram(there, bins=NUM_BINS, range=(low, high))
    return tuple((counts / num_rows).tolist())
