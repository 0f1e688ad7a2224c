"""A table of rows with a column per feature: what every table is that is nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from aestudio.data.dataset import Dataset, Kind
from aestudio.data.plain_words import data_error, printable
from aestudio.data.tables.cells import read_cells
from aestudio.data.tables.registry import PLAIN, table_use

if TYPE_CHECKING:
    from aestudio.data.request import Request
    from aestudio.data.tables.raw_table import RawTable


def _recognises(table: RawTable, request: Request) -> bool:
    return True


@table_use(name=PLAIN, recognises=_recognises, kinds=("table",), priority=-100)
def build(request: Request, table: RawTable) -> Dataset:
    """Build (N, D) of every column that holds numbers, categories or dates.

    Raises
    ------
    DataError
        No column does.
    """
    readings = []
    for name, values in zip(table.names, table.values, strict=True):
        request.check_cancelled()
        reading = read_cells(name, values)
        if reading is not None:
            readings.append(reading)
    if not readings:
        raise data_error(
            request.path,
            "no column holds numbers, categories or dates.",
            "Choose a table with at least one such column.",
        )
    return Dataset(
        name=printable(request.path.name),
        kind=Kind.TABLE,
        x=np.stack([reading.cells for reading in readings], axis=1),
        feature_names=tuple(reading.column.name for reading in readings),
        columns=tuple(reading.column for reading in readings),
        source=str(request.path),
    )
