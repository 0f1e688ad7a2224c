"""Columns that count the rows."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from aestudio.data.checks.registry import Examination, check
from aestudio.data.checks.table_columns import listed, sampled_cells, without
from aestudio.data.column_statistics import columns_of_table, looked_at
from aestudio.data.columns import ColumnKind
from aestudio.data.dataset import Finding, Kind, Severity

_FEWEST_ROWS = 20


@check(name="row_numbers", title="Columns that count the rows", kinds=(Kind.TABLE,))
def look(examination: Examination) -> Iterator[Finding]:
    dataset = examination.dataset
    if dataset.num_samples < _FEWEST_ROWS:
        return
    rows = looked_at(dataset)
    cells_ND = sampled_cells(dataset)
    names = [
        column.name
        for column, cells in zip(columns_of_table(dataset), cells_ND.T, strict=False)
        if column.kind is ColumnKind.NUMERIC and _counts(cells, rows)
    ]
    if names:
        yield Finding(
            Severity.WARNING,
            f"The rows seem to be numbered in {listed(names)}.",
            "A number of a row says where it stood in the file, and nothing about it.",
            without(dataset, names),
        )


def _counts(cells: npt.NDArray[np.float64], rows: npt.NDArray[np.int64]) -> bool:
    """Whether whole numbers rise or fall by the same step from each row to the next."""
    if not np.isfinite(cells).all() or not (cells == np.rint(cells)).all():
        return False
    step = (cells[1] - cells[0]) / (rows[1] - rows[0])
    return bool(step != 0 and (cells - cells[0] == step * (rows - rows[0])).all())
