"""A table read for a model: in the model's columns and categories, however few rows there are."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from aestudio.data.columns import Column, ColumnKind
from aestudio.data.dataset import Dataset
from aestudio.data.options import DataOptions
from aestudio.data.reading import read
from aestudio.data.tables import csv_streamed
from aestudio.errors import DataError
from tests.data.tables.reading import said, saved

LEARNED = (
    Column("size"),
    Column("shade", ColumnKind.CATEGORICAL, ("dark", "light", "plain")),
    Column("sold", ColumnKind.BOOLEAN),
    Column("seen", ColumnKind.DATE),
)
HEADER = "sold,name,shade,size,seen\n"


def read_for(folder: Path, text: str, **options: object) -> Dataset:
    path = saved(folder, text)
    settings = DataOptions(source=str(path), **{"kind": "table", **options})
    return read(path, settings, columns=LEARNED)


def test_columns_are_found_by_name_and_counted_as_the_model_does(tmp_path: Path) -> None:
    rows = "yes,ann,light,1.5,2024-01-31\nno,bob,plain,2,2024-01-30\nno,cyd,dark,3,2024-01-29\n"
    dataset = read_for(tmp_path, HEADER + rows)
    assert dataset.columns == LEARNED
    expected = [[1.5, 1, 1, 19_753], [2, 2, 0, 19_752], [3, 0, 0, 19_751]]
    np.testing.assert_array_equal(dataset.x, expected)


def test_a_single_row_is_enough(tmp_path: Path) -> None:
    dataset = read_for(tmp_path, HEADER + "yes,ann,light,1.5,2024-01-31\n", header="yes")
    np.testing.assert_array_equal(dataset.x, [[1.5, 1, 1, 19_753]])


def test_what_the_model_does_not_know_counts_as_missing_and_is_told(tmp_path: Path) -> None:
    rows = "maybe,ann,crimson,big,soon\nno,bob,plain,2,2024-01-30\n"
    dataset = read_for(tmp_path, HEADER + rows)
    assert np.isnan(dataset.x[0]).all()
    assert not np.isnan(dataset.x[1, :3]).any()
    for words in (
        "'shade' hold what the model has not met (crimson)",
        "'size' are no numbers (big)",
    ):
        assert words in said(dataset)


def test_a_column_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="'shade', 'seen': not there, but the model"):
        read_for(tmp_path, "sold,size\nyes,1\nno,2\n")


def test_columns_without_names_stand_in_the_order_of_the_model(tmp_path: Path) -> None:
    dataset = read_for(tmp_path, "1.5,light,yes,2024-01-31\n2,dark,no,2024-01-30\n", header="no")
    np.testing.assert_array_equal(dataset.x[:, :3], [[1.5, 1, 1], [2, 0, 0]])


def test_labels_and_columns_that_are_left_out_need_not_be_there(tmp_path: Path) -> None:
    rows = HEADER + "yes,ann,light,1.5,2024-01-31\nno,bob,plain,2,2024-01-30\n"
    dataset = read_for(tmp_path, rows, label_field="species", leave_out="id, price")
    assert dataset.shape == (4,)
    assert dataset.labels is None


def test_it_is_the_same_for_tables_larger_than_the_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = "yes,ann,light,1.5,2024-01-31\nno,bob,crimson,2,2024-01-30\n"
    text = HEADER + row * 200
    there = read_for(tmp_path, text)
    monkeypatch.setenv("AESTUDIO_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(csv_streamed, "STREAM_FROM_BYTES", 1)
    streamed = read_for(tmp_path, text)
    assert isinstance(streamed.x, np.memmap)
    assert streamed.columns == LEARNED
    np.testing.assert_array_equal(streamed.x, there.x)


def test_ratings_are_read_in_the_items_of_the_model(tmp_path: Path) -> None:
    path = saved(tmp_path, "user,item,rating\nann,jam,5\nbob,tea,3\nbob,ham,1\n")
    learned = tuple(Column(name) for name in ("tea", "milk", "jam"))
    dataset = read(path, DataOptions(source=str(path), kind="table"), columns=learned)
    np.testing.assert_array_equal(dataset.x, [[np.nan, np.nan, 5], [3, np.nan, np.nan]])
    assert dataset.sample_names == ("ann", "bob")


def test_ratings_of_nothing_that_the_model_knows_are_refused(tmp_path: Path) -> None:
    path = saved(tmp_path, "user,item,rating\nann,jam,5\nbob,tea,3\n")
    with pytest.raises(DataError, match="none of what was rated is known"):
        read(path, DataOptions(source=str(path), kind="table"), columns=(Column("milk"),))
