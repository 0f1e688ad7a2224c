"""Tables of the UCR archive (NAME_TRAIN.tsv): one short series per row, its class in front.

https://www.cs.ucr.edu/~eamonn/time_series_data_2018/: no header; the first column is the class, a
whole number; the others are the steps. Series that end early are filled up with NaN.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from aestudio.data.arrays.array_dataset import with_test
from aestudio.data.arrays.array_kind import SERIES
from aestudio.data.dataset import Dataset, Finding, Kind, Severity
from aestudio.data.files.doors import look
from aestudio.data.files.plain_words import printable
from aestudio.data.labels import labels_from
from aestudio.data.series.archive_parts import is_archive_part, test_part_of
from aestudio.data.tables.raw_table import is_number
from aestudio.data.tables.registry import table_use

if TYPE_CHECKING:
    from aestudio.data.request import Request
    from aestudio.data.tables.raw_table import RawTable

_FEWEST_STEPS = 8


def _recognises(table: RawTable, request: Request) -> bool:
    """Whether it is called like a part of the archive and looks like one.

    Nothing but the name tells such a table from a plain one: both are numbers.
    """
    if not is_archive_part(request.path) or table.num_columns <= _FEWEST_STEPS:
        return False
    if not all(map(is_number, table.values)):
        return False
    classes = table.values[0]
    return bool(np.all(np.isfinite(classes) & (classes == np.rint(classes))))


@table_use(name="ucr", recognises=_recognises, kinds=("sequences", SERIES), priority=20)
def build(request: Request, table: RawTable) -> Dataset:
    """Build (N, T, 1) with its labels, and the part for testing where it lies beside.

    Raises
    ------
    DataError
        The part for testing cannot be read.
    """
    test = _test(request)
    x = np.stack(table.values[1:], axis=1)[:, :, None]
    if test is not None and test.shape[0] != x.shape[1]:
        # Each part is filled up to its own longest series.
        longest = max(test.shape[0], x.shape[1])
        x, test = _filled_up(x, longest), replace(test, x=_filled_up(test.x, longest))
    labels = labels_from(table.values[0], len(x), printable(request.path))
    note = Finding(
        Severity.NOTE,
        "Called like a part of the UCR archive, the table was taken for one series per row with its class in front.",
        "Set 'Read as' to table if that is wrong.",
    )
    dataset = Dataset(
        name=printable(request.path.name),
        kind=Kind.SEQUENCES,
        x=x,
        source=str(request.path),
        labels=labels.indices,
        label_names=labels.names,
        findings=(note, *labels.findings),
    )
    return dataset if test is None else with_test(dataset, test)


def _filled_up(x: np.ndarray, length: int) -> np.ndarray:
    return np.pad(x, ((0, 0), (0, length - x.shape[1]), (0, 0)), constant_values=np.nan)


def _test(request: Request) -> Dataset | None:
    path = test_part_of(request.path)
    if path is None:
        return None
    # Imported here: readers of tables know what tables are used for.
    from aestudio.data.readers.registry import find_reader

    glimpse = look(path)
    return find_reader(glimpse).read(replace(request, glimpse=glimpse))
