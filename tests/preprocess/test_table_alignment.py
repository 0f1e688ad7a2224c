"""Another table in the form of the one that was learned: by names, not by places."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from aestudio.data.columns import Column, ColumnKind
from aestudio.data.dataset import Dataset, Kind
from aestudio.errors import DataError
from aestudio.preprocess.table_alignment import aligned

COLOURS = Column("colour", ColumnKind.CATEGORICAL, ("red", "green"))
AGE, DAY = Column("age"), Column("day", ColumnKind.DATE)
WANTED = (COLOURS, AGE)


def table(cells: list[list[float]], *columns: Column) -> Dataset:
    is_plain = all(column.kind is ColumnKind.NUMERIC for column in columns)
    return Dataset(
        name="other",
        kind=Kind.TABLE,
        x=np.array(cells, np.float64),
        source="other.csv",
        feature_names=tuple(column.name for column in columns),
        columns=() if is_plain else columns,
    )


def test_columns_and_categories_are_matched_by_name() -> None:
    other = Column("colour", ColumnKind.CATEGORICAL, ("blue", "green", "red"))
    found = aligned(
        table([[1, 30, 2], [2, 40, 1], [3, 50, 0], [4, 60, np.nan]], Column("extra"), AGE, other),
        WANTED,
    )
    np.testing.assert_array_equal(found.x, [[0, 30], [1, 40], [np.nan, 50], [np.nan, 60]])
    assert found.columns == WANTED
    assert found.feature_names == ("colour", "age")
    assert [str(finding) for finding in found.findings] == [
        "Warning: The model knows no 'blue' in the column 'colour'. Such cells count as missing."
    ]


def test_the_same_columns_stay_as_they_are() -> None:
    own = table([[0, 30]], *WANTED)
    assert aligned(own, WANTED) is own
    bare = Dataset(name="x", kind=Kind.TABLE, x=np.zeros((2, 2)), source="x.npy")
    assert aligned(bare, WANTED) is bare


def test_plain_columns_are_put_in_order() -> None:
    other = table([[1, 2], [3, 4]], Column("b"), Column("a"))
    found = aligned(other, (Column("a"), Column("b")))
    assert found.x.tolist() == [[2, 1], [4, 3]]
    assert found.columns == ()
    assert found.fingerprint != other.fingerprint


def test_numbers_can_be_names() -> None:
    sizes = Column("size", ColumnKind.CATEGORICAL, ("36", "38", "L"))
    found = aligned(
        table([[38, 0], [36, 1], [np.nan, 1], [99, 1]], Column("size"), COLOURS), (sizes,)
    )
    np.testing.assert_array_equal(found.x[:, 0], [1, 0, np.nan, np.nan])


@pytest.mark.parametrize(
    ("given", "wanted", "reason"),
    [
        ((COLOURS,), (AGE,), "no column called 'age'"),
        ((Column("age", ColumnKind.DATE),), (AGE,), "'age' is date, and the model has learned"),
        ((Column("colour", ColumnKind.BOOLEAN),), (COLOURS,), "is boolean"),
        ((Column("age", ColumnKind.CATEGORICAL, ("x",)),), (AGE,), "is categorical"),
    ],
)
def test_other_tables_are_refused(given: Any, wanted: Any, reason: str) -> None:
    with pytest.raises(DataError, match=reason) as caught:
        aligned(table([[0]], *given), wanted)
    assert caught.value.subject == "other.csv"
