"""Parquet tables: what comes back, and row C13 of the reliability matrix; C14 by the way."""

from __future__ import annotations

import datetime
import pickle
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import feather, parquet

from aestudio.data.columns import ColumnKind
from aestudio.data.options import DataOptions
from aestudio.data.reading import read
from aestudio.errors import DataError
from tests.data.tables.reading import said


def written(folder: Path, table: pa.Table) -> Path:
    path = folder / "table.parquet"
    parquet.write_table(table, path)
    return path


def plain_table(num_rows: int = 60) -> pa.Table:
    rows = range(num_rows)
    return pa.table(
        {
            "size": pa.array([None if row == 3 else row * 0.5 + row % 3 for row in rows]),
            "count": pa.array([row % 7 + 0 for row in rows], pa.int16()),
            "kind": pa.array(["abc"[row % 3] for row in rows]).dictionary_encode(),
            "shade": pa.array([None if row == 1 else "xy"[row % 2] for row in rows]),
            "flag": pa.array([row % 4 == 0 for row in rows]),
            "maybe": pa.array([None if row == 2 else row % 3 == 0 for row in rows]),
            "seen": pa.array([datetime.date(2024, 1, 28 - row % 28) for row in rows]),
        }
    )


def read_table(path: Path) -> object:
    return read(path, DataOptions(source=str(path), kind="table"))


def test_every_kind_of_column_comes_back(tmp_path: Path) -> None:
    path = written(tmp_path, plain_table())
    dataset = read(path, DataOptions(source=str(path), kind="table"))
    kinds = {column.name: column.kind for column in dataset.columns}
    assert kinds == {
        "size": ColumnKind.NUMERIC,
        "count": ColumnKind.NUMERIC,
        "kind": ColumnKind.CATEGORICAL,
        "shade": ColumnKind.CATEGORICAL,
        "flag": ColumnKind.BOOLEAN,
        "maybe": ColumnKind.BOOLEAN,
        "seen": ColumnKind.DATE,
    }
    x = dict(zip(kinds, dataset.x.T, strict=True))
    assert np.flatnonzero(np.isnan(x["size"])).tolist() == [3]
    assert np.flatnonzero(np.isnan(x["shade"])).tolist() == [1]
    assert np.flatnonzero(np.isnan(x["maybe"])).tolist() == [2]
    assert x["maybe"][3] == 1
    assert x["seen"][0] == (datetime.date(2024, 1, 28) - datetime.date(1970, 1, 1)).days
    assert dataset.reader == "parquet"


def test_lists_of_one_length_become_columns(tmp_path: Path) -> None:
    table = plain_table().select(["size"])
    vectors = [[float(row), row * 2.0, 7.0 - row] for row in range(60)]
    path = written(tmp_path, table.append_column("vector", pa.array(vectors)))
    dataset = read(path, DataOptions(source=str(path), kind="table"))
    assert dataset.feature_names[-2:] == ("vector[1]", "vector[2]")
    np.testing.assert_array_equal(dataset.x[:, -1], [row[2] for row in vectors])


def test_columns_without_plain_values_are_left_out_and_told(tmp_path: Path) -> None:
    structs = pa.array([{"a": row} for row in range(60)])
    path = written(tmp_path, plain_table().append_column("odd", structs))
    dataset = read(path, DataOptions(source=str(path), kind="table"))
    assert "odd" not in dataset.feature_names
    assert "1 columns hold no plain values and are left out (odd)" in said(dataset)


class Gadget:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return print, ("ran code",)


def test_c13_a_pickled_type_is_refused_unopened(tmp_path: Path) -> None:
    metadata = {
        b"ARROW:extension:name": b"arrow.py_extension_type",
        b"ARROW:extension:metadata": pickle.dumps(Gadget()),
    }
    field = pa.field("trap", pa.int64(), metadata=metadata)
    path = written(tmp_path, pa.table([pa.array([1, 2, 3])], schema=pa.schema([field])))
    with pytest.raises(DataError, match="'trap' holds Python objects"):
        read(path)


@pytest.mark.parametrize("place", [-5, -9, -30, 40])
def test_c13_a_flipped_byte_ends_in_data_or_a_refusal(tmp_path: Path, place: int) -> None:
    path = written(tmp_path, plain_table())
    content = bytearray(path.read_bytes())
    content[place] ^= 0xFF
    path.write_bytes(content)
    try:
        read_table(path)
    except DataError as error:
        assert_told(error)


def assert_told(error: DataError) -> None:
    assert "table.parquet" in error.subject
    assert error.next_step


@pytest.mark.parametrize("kept", [4, 8, 200, -1, -8])
def test_c13_a_cut_file_is_refused(tmp_path: Path, kept: int) -> None:
    path = written(tmp_path, plain_table())
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(DataError) as caught:
        read(path)
    assert_told(caught.value)


def test_c13_too_many_columns_are_refused(tmp_path: Path) -> None:
    path = written(tmp_path, plain_table())
    with pytest.raises(DataError, match="more than 3 columns"):
        read(path, DataOptions(source=str(path), max_columns=3))


@pytest.mark.parametrize("name", ["table.feather", "table.arrow", "no-suffix"])
def test_c14_arrow_files_are_refused_with_a_way_out(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    feather.write_feather(plain_table(), str(path))
    with pytest.raises(DataError, match="Parquet"):
        read(path)
