"""Columns of a table in which every row says the same."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from aestudio.data.arrays.slicing import slices
from aestudio.data.checks.registry import Examination, check
from aestudio.data.checks.table_columns import listed, without
from aestudio.data.column_statistics import columns_of_table
from aestudio.data.dataset import Finding, Kind, Severity


@check(name="constant_columns", title="Constant columns", kinds=(Kind.TABLE,))
def look(examination: Examination) -> Iterator[Finding]:
    dataset = examination.dataset
    if dataset.num_samples < 2:
        return
    first = dataset.x[0]
    is_constant = np.ones(first.shape, dtype=np.bool_)
    for part in slices(dataset.x):
        examination.check_cancelled()
        is_constant &= (part == first).all(axis=0)
        if not is_constant.any():
            return
    columns = columns_of_table(dataset)
    names = [columns[place].name for place in np.flatnonzero(is_constant).tolist()]
    yield Finding(
        Severity.NOTE,
        f"Every row says the same in {listed(names)}.",
        "That teaches nothing and does no harm.",
        without(dataset, names) if len(names) < len(columns) else None,
    )
