"""Columns of a table with so many categories that little can be learned of each."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from aestudio.data.checks.registry import Examination, check
from aestudio.data.checks.table_columns import listed, sampled_cells, without
from aestudio.data.column_statistics import columns_of_table
from aestudio.data.dataset import Finding, Kind, Remedy, Severity
from aestudio.data.missing_values import is_missing

#: From here on most of what a network is given of a row are zeros of one column.
_MANY = 100


@check(name="many_categories", title="Columns of many categories", kinds=(Kind.TABLE,))
def look(examination: Examination) -> Iterator[Finding]:
    dataset = examination.dataset
    columns = columns_of_table(dataset)
    if not any(len(column.categories) >= _MANY for column in columns):
        return
    names: list[str] = []
    counts: list[str] = []
    for column, cells in zip(columns, sampled_cells(dataset).T, strict=False):
        examination.check_cancelled()
        if len(column.categories) < _MANY:
            continue
        share = np.count_nonzero(~is_missing(cells)) / max(1, len(cells))
        each = share * dataset.num_samples / len(column.categories)
        names.append(column.name)
        counts.append(f"{len(column.categories):,} categories, {each:.0f} rows for each")
    if not names:
        return
    leaving_out = without(dataset, names)
    yield Finding(
        Severity.NOTE,
        f"There are many categories in {listed(names)}: {'; '.join(counts[:3])}"
        f"{'; ...' if len(counts) > 3 else ''}.",
        "'Categories: embedded' in the recipe (network.categories) learns them in half the time, and "
        "is chosen from 1,000 on; or leave out what only names rows.",
        Remedy("Learn them as a few numbers each", "network.categories", "embedded"),
        () if leaving_out is None else (leaving_out,),
    )
