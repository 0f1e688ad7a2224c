"""Rows of an array in a file behave as the copy that they stand for."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aestudio.data.arrays import chosen_rows as module
from aestudio.data.arrays.chosen_rows import ChosenRows, chosen_rows, whole_array
from aestudio.data.arrays.slicing import picked, slices
from aestudio.data.files.mapped_file import check_unchanged, is_mapped, map_array
from aestudio.errors import DataError

SHAPE = (30, 4, 3)


def mapped(path: Path) -> np.ndarray:
    np.arange(np.prod(SHAPE), dtype=np.float32).tofile(path)
    with path.open("rb") as stream:
        return map_array(path, stream, np.dtype(np.float32), SHAPE, 0, "C")


@pytest.fixture
def whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> np.ndarray:
    monkeypatch.setattr(module, "COPIED_BELOW", 0)
    return mapped(tmp_path / "x.bin")


parts = st.one_of(
    st.integers(-5, 4),
    st.slices(5),
    st.lists(st.integers(0, 4), min_size=1, max_size=6).map(np.array),
    st.lists(st.booleans(), min_size=5, max_size=5).map(np.array),
)
others = st.one_of(
    st.just(()), st.tuples(st.slices(4)), st.tuples(st.integers(0, 3), st.slices(3)),
    st.tuples(st.slices(4), st.just(np.array([2, 0]))), st.tuples(st.integers(0, 3), st.integers(0, 2)),
)  # fmt: skip


@given(parts, others)
def test_they_are_indexed_as_numpy_does(first: object, rest: tuple[object, ...]) -> None:
    x = np.arange(np.prod(SHAPE)).reshape(SHAPE)
    rows = np.array([3, 4, 9, 20, 29])
    key = (first, *rest)
    wanted = x[rows]
    lazy = ChosenRows(x, rows)
    try:
        expected = wanted[key]
    except IndexError:
        with pytest.raises(IndexError):
            lazy[key]
        return
    np.testing.assert_array_equal(lazy[key], expected)


def test_the_array_stays_in_its_file(whole: np.ndarray) -> None:
    rows = np.delete(np.arange(30), 7)
    lazy = chosen_rows(whole, rows)
    assert isinstance(lazy, ChosenRows)
    assert is_mapped(lazy)
    assert (lazy.shape, lazy.dtype, len(lazy), lazy.size) == ((29, 4, 3), whole.dtype, 29, 348)
    copied = np.asarray(whole)[rows]
    np.testing.assert_array_equal(np.asarray(lazy), copied)
    np.testing.assert_array_equal(np.asarray(lazy, np.int64), copied.astype(np.int64))
    np.testing.assert_array_equal(np.concatenate(list(slices(lazy))), copied)
    np.testing.assert_array_equal(picked(lazy, np.array([2, 28])), copied[[2, 28]])
    np.testing.assert_array_equal(lazy[..., 0], copied[..., 0])
    np.testing.assert_array_equal(np.stack(list(lazy)), copied)


def test_rows_of_rows_are_rows_of_the_array(whole: np.ndarray) -> None:
    lazy = chosen_rows(chosen_rows(whole, np.arange(5, 30)), np.array([0, 24]))
    found, rows = whole_array(lazy)
    assert found is whole
    assert rows is not None
    assert rows.tolist() == [5, 29]
    assert whole_array(whole)[1] is None


def test_what_is_small_or_in_memory_is_copied(tmp_path: Path) -> None:
    rows = np.arange(3)
    assert type(chosen_rows(np.zeros(SHAPE), rows)) is np.ndarray
    assert not isinstance(chosen_rows(mapped(tmp_path / "x.bin"), rows), ChosenRows)


def test_a_changed_file_is_noticed(whole: np.ndarray, tmp_path: Path) -> None:
    lazy = chosen_rows(whole, np.arange(20))
    check_unchanged(lazy)
    with (tmp_path / "x.bin").open("ab") as stream:
        stream.write(b"more")
    with pytest.raises(DataError, match="changed"):
        np.asarray(lazy)
