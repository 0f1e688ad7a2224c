"""Columns that give the label away."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from aestudio.data.checks.registry import Examination, check
from aestudio.data.checks.table_columns import listed, sampled_cells, without
from aestudio.data.column_statistics import columns_of_table, looked_at
from aestudio.data.dataset import Finding, Kind, Severity
from aestudio.data.missing_values import is_missing

_FEWEST_ROWS = 20
#: Values that are nearly all different tell rows apart, and with them everything.
_ROWS_PER_VALUE = 4


@check(name="label_copies", title="Columns that give the label away", kinds=(Kind.TABLE,))
def look(examination: Examination) -> Iterator[Finding]:
    dataset = examination.dataset
    if dataset.labels is None or dataset.num_samples < _FEWEST_ROWS:
        return
    labels = dataset.labels[looked_at(dataset)]
    if len(np.unique(labels[labels >= 0])) < 2:
        return
    cells_ND = sampled_cells(dataset)
    names: list[str] = []
    for column, cells in zip(columns_of_table(dataset), cells_ND.T, strict=False):
        examination.check_cancelled()
        known = (labels >= 0) & ~is_missing(cells)
        values = np.unique(cells[known])
        if not 2 <= len(values) <= known.sum() // _ROWS_PER_VALUE:
            continue
        pairs = np.unique(np.stack([cells[known], labels[known]]), axis=1)
        if pairs.shape[1] == len(values) and len(np.unique(pairs[1])) > 1:
            names.append(column.name)
    if names:
        yield Finding(
            Severity.WARNING,
            f"The label follows from {listed(names)} alone.",
            "A map that separates the labels then shows nothing new.",
            without(dataset, names),
        )
