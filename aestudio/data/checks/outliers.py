"""Rows of a table with a value far outside of what its column usually holds."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from aestudio.data.checks.registry import Examination, check
from aestudio.data.checks.table_columns import sampled_cells
from aestudio.data.column_statistics import columns_of_table, looked_at
from aestudio.data.columns import ColumnKind, cell_text
from aestudio.data.dataset import Finding, Kind, Remedy, Severity
from aestudio.data.missing_values import is_missing
from aestudio.data.sample_choice import numbers_of, written_numbers

#: Distances from the nearer quartile, in distances between the quartiles. Tukey 1977, Exploratory
#: Data Analysis, section 2D, calls 3 "far out"; measurements with long tails reach further.
_FAR = 10.0
_FEWEST_ROWS = 50
#: Where more rows than this are far out, the column has a long tail and no faults.
_MOST_SHARE = 0.01
_A_FEW = 3
_MOST_ROWS = 1_000


@check(name="outliers", title="Values far outside", kinds=(Kind.TABLE,))
def look(examination: Examination) -> Iterator[Finding]:
    dataset = examination.dataset
    if dataset.num_samples < _FEWEST_ROWS:
        return
    rows = looked_at(dataset)
    cells_ND = sampled_cells(dataset)
    far = np.zeros(len(rows), np.float64)
    where = np.zeros(len(rows), np.int64)
    columns = columns_of_table(dataset)
    for place, cells in enumerate(cells_ND.T):
        examination.check_cancelled()
        if columns[place].kind is not ColumnKind.NUMERIC:
            continue
        distance = _distance(cells)
        if np.count_nonzero(distance > _FAR) > max(_A_FEW, _MOST_SHARE * len(rows)):
            continue
        where = np.where(distance > far, place, where)
        far = np.maximum(far, distance)
    found = np.flatnonzero(far > _FAR)
    if not 0 < len(found) <= _MOST_ROWS:
        return
    worst = int(np.argmax(far))
    column = columns[int(where[worst])]
    what = f"{len(found):,} rows have" if len(found) > 1 else "One row has"
    yield Finding(
        Severity.NOTE,
        f"{what} a value far outside of its column, such as "
        f"{cell_text(column, float(cells_ND[worst, where[worst]]))} in '{column.name}'.",
        "A fault of the instrument, or what is looked for? Faults pull at the scale of the column.",
        Remedy(
            "Leave the rows out" if len(found) > 1 else "Leave the row out",
            "data.exclude",
            written_numbers(numbers_of(dataset, rows[found])),
            adds=True,
        ),
    )


def _distance(cells: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return how far each value lies outside of the quartiles, in their distance; 0 where missing."""
    there = ~is_missing(cells)
    if there.sum() < _FEWEST_ROWS:
        return np.zeros_like(cells)
    low, high = np.quantile(cells[there], (0.25, 0.75))
    if not high > low:
        return np.zeros_like(cells)
    values = np.where(there, cells, low)
    outside = np.maximum(np.maximum(low - values, values - high), 0.0)
    return np.asarray(outside / (high - low), np.float64)
