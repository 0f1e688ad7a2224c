"""Columns of a table in which nearly every row says the same."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from aestudio.data.checks.registry import Examination, check
from aestudio.data.checks.table_columns import listed, sampled_cells, without
from aestudio.data.column_statistics import columns_of_table
from aestudio.data.dataset import Finding, Kind, Severity
from aestudio.data.missing_values import is_missing

#: A column in which more rows than this agree tells next to nothing.
_SHARE = 0.995
_FEWEST_ROWS = 200


@check(name="almost_constant", title="Almost constant columns", kinds=(Kind.TABLE,))
def look(examination: Examination) -> Iterator[Finding]:
    dataset = examination.dataset
    if dataset.num_samples < _FEWEST_ROWS:
        return
    cells_ND = sampled_cells(dataset)
    names: list[str] = []
    for column, cells in zip(columns_of_table(dataset), cells_ND.T, strict=False):
        examination.check_cancelled()
        there = cells[~is_missing(cells)]
        if not len(there):
            continue
        _, counts = np.unique(there, return_counts=True)
        if len(counts) > 1 and counts.max() > _SHARE * len(there):
            names.append(column.name)
    if names:
        yield Finding(
            Severity.NOTE,
            f"Almost every row says the same in {listed(names)}.",
            "The few other rows weigh much once such a column is scaled by its spread.",
            without(dataset, names),
        )
