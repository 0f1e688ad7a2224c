"""A table of rows with a column per feature: what every table is that is nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from aestudio.data.dataset import Dataset, Kind
from aestudio.data.files.plain_words import printable
from aestudio.data.labels import Labels
from aestudio.data.tables.cells import distinct_texts
from aestudio.data.tables.raw_table import RawTable, Values, is_text
from aestudio.data.tables.registry import PLAIN, table_use
from aestudio.data.tables.roles import roles_of

if TYPE_CHECKING:
    from aestudio.data.request import Request
    from aestudio.data.tables.cells import Reading

#: Tables of this size are kept in 32 bits: twice as many rows in the same memory.
_NARROW_FROM_BYTES = 2**29
#: More rows than this are known by their number.
_MOST_NAMED_ROWS = 1_000_000


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
    roles = roles_of(request, table)
    labels = class_labels(table.column(roles.label)) if roles.label else Labels()
    columns = tuple(reading.column for reading in roles.features)
    return Dataset(
        name=printable(request.path.name),
        kind=Kind.TABLE,
        x=_stacked(request, roles.features),
        labels=labels.indices,
        label_names=labels.names,
        label_fields=roles.label_fields,
        sample_names=_row_names(table, roles.row_names),
        feature_names=tuple(column.name for column in columns),
        columns=columns,
        findings=roles.findings,
        source=str(request.path),
    )


def class_labels(values: Values) -> Labels:
    """Return the values of a column as classes, -1 where there is none."""
    if is_text(values):
        names = distinct_texts(values, len(values)) or ()
        place = {name: index for index, name in enumerate(names)}
        codes = [-1 if value is None else place[value] for value in values]
        return Labels(np.array(codes, dtype=np.int64), names)
    numbers = values.astype(np.float64)
    is_known = np.isfinite(numbers)
    distinct, codes_known = np.unique(numbers[is_known], return_inverse=True)
    indices = np.full(len(values), -1, dtype=np.int64)
    indices[is_known] = codes_known
    is_truth = values.dtype == np.bool_
    return Labels(indices, tuple(str(bool(one)) if is_truth else f"{one:.15g}" for one in distinct))


def _stacked(request: Request, features: tuple[Reading, ...]) -> npt.NDArray[np.floating]:
    """Return (N, D), filled column by column so that nothing is there twice."""
    num_rows = len(features[0].cells)
    is_large = num_rows * len(features) * 8 >= _NARROW_FROM_BYTES
    x = np.empty((num_rows, len(features)), np.float32 if is_large else np.float64)
    for place, reading in enumerate(features):
        request.check_cancelled()
        x[:, place] = reading.cells
    return x


def _row_names(table: RawTable, column: str) -> tuple[str, ...]:
    if not column or table.num_rows > _MOST_NAMED_ROWS:
        return ()
    values = table.column(column)
    if is_text(values):
        return tuple("" if value is None else str(value) for value in values)
    return tuple(f"{value:.15g}" for value in values.tolist())
