"""Going through mapped arrays: the same values, whatever has been given back in between."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from aestudio.data.arrays import slicing
from aestudio.data.arrays.slicing import picked, slices
from aestudio.data.files.doors import open_file
from aestudio.data.files.mapped_file import map_array, release
from aestudio.errors import DataError
from tests.data.arrays.memory import only_where_told, resident_bytes


@pytest.fixture
def values() -> np.ndarray:
    return np.arange(50_000 * 7, dtype=np.float32).reshape(50_000, 7)


def mapped(folder: Path, values: np.ndarray) -> np.ndarray:
    path = folder / "values"
    path.write_bytes(values.tobytes())
    with open_file(path) as stream:
        return map_array(path, stream, values.dtype, values.shape, 0, "C")


def test_picked_rows_are_those_of_the_array(tmp_path: Path, values: np.ndarray) -> None:
    rows = np.array([0, 49_999, 7, 7, *range(100, 9_000, 3)])
    for x in (values, mapped(tmp_path, values)):
        np.testing.assert_array_equal(picked(x, rows), values[rows])
    assert picked(values, rows[:0]).shape == (0, 7)


def test_slices_are_the_whole(
    tmp_path: Path, values: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slicing, "_SLICE_BYTES", 10_000)
    np.testing.assert_array_equal(np.concatenate(list(slices(mapped(tmp_path, values)))), values)


@only_where_told
def test_what_was_gone_through_is_given_back(tmp_path: Path, values: np.ndarray) -> None:
    x = mapped(tmp_path, values)
    assert x.sum() > 0
    assert resident_bytes(tmp_path / "values") > values.nbytes / 2
    release(x[3:])
    assert resident_bytes(tmp_path / "values") < values.nbytes / 10
    np.testing.assert_array_equal(x, values)


def test_a_plain_array_has_nothing_to_give_back(values: np.ndarray) -> None:
    release(values)
    assert values[1, 0] == 7


def test_picking_from_a_file_that_changed_is_refused(tmp_path: Path, values: np.ndarray) -> None:
    x = mapped(tmp_path, values)
    (tmp_path / "values").write_bytes(values.tobytes() + b"more")
    with pytest.raises(DataError, match="changed while it was in use"):
        picked(x, np.array([1]))
