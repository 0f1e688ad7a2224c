"""Filled-in data in files, read again by other programs."""

from __future__ import annotations

import csv
from datetime import datetime
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from aestudio.data.columns import Column, ColumnKind
from aestudio.errors import OutputError
from aestudio.export.filled_table import FilledSamples, check_filled_place, write_filled

COLUMNS = (
    Column("colour", ColumnKind.CATEGORICAL, ("red", "=green")),
    Column("size"),
    Column("sold", ColumnKind.BOOLEAN),
    Column("day", ColumnKind.DATE),
    Column("time", ColumnKind.DATE),
)
TABLE = FilledSamples(
    np.array([[0.0, 0.1, 1.0, 0.0, 0.5], [1.0, -3.25, 0.0, 20_000.0, 20_000.25]]),
    COLUMNS,
    ("a", "b"),
    ("ann", "+bob"),
)


def test_a_table_is_written_in_its_own_words(tmp_path: Path) -> None:
    write_filled(tmp_path / "t.csv", TABLE)
    rows = list(csv.reader((tmp_path / "t.csv").read_text().splitlines()))
    assert rows[0] == ["sample", "label", "colour", "size", "sold", "day", "time"]
    assert rows[1] == ["ann", "a", "red", "0.1", "true", "1970-01-01", "1970-01-01T12:00:00"]
    # What a spreadsheet would compute is written so that it does not.
    assert rows[2][:3] == ["'+bob", "b", "'=green"]
    assert rows[2][3:] == ["-3.25", "false", "2024-10-04", "2024-10-04T06:00:00"]


def test_parquet_keeps_the_kinds(tmp_path: Path) -> None:
    write_filled(tmp_path / "t.parquet", TABLE)
    found = pq.read_table(tmp_path / "t.parquet").to_pydict()
    assert (found["sample"], found["label"]) == (["ann", "+bob"], ["a", "b"])
    assert found["colour"] == ["red", "=green"]
    assert found["size"] == [0.1, -3.25]
    assert found["sold"] == [True, False]
    assert found["time"] == [datetime(1970, 1, 1, 12), datetime(2024, 10, 4, 6)]


@pytest.mark.parametrize("suffix", ["npy", "npz"])
def test_arrays_are_written_as_they_are(tmp_path: Path, suffix: str) -> None:
    x = np.random.default_rng(0).normal(size=(3, 4, 2)).astype(np.float32)
    path = tmp_path / f"x.{suffix}"
    write_filled(path, FilledSamples(x, labels=("a", "b", "c")))
    found = np.load(path)
    np.testing.assert_array_equal(found if suffix == "npy" else found["x"], x)


def test_other_suffixes_are_refused_before_the_work(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"cannot be written as \.txt"):
        check_filled_place(tmp_path / "x.txt", is_table=True)
    with pytest.raises(OutputError, match=r"cannot be written as \.csv") as caught:
        check_filled_place(tmp_path / "x.csv", is_table=False)
    assert ".npz" in caught.value.next_step
