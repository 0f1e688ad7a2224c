"""Rows of an array in a file behave as the copy that they stand for."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
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
from tests.data.arrays.memory import only_where_told, resident_bytes

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


@pytest.fixture(scope="module")
def lazy_and_copied(tmp_path_factory: pytest.TempPathFactory) -> tuple[ChosenRows, np.ndarray]:
    x = mapped(tmp_path_factory.mktemp("rows") / "x.bin")
    rows = np.array([3, 4, 9, 20, 29])
    return ChosenRows(x, rows), np.array(x)[rows]


@given(parts, others)
def test_they_are_indexed_as_numpy_does(
    lazy_and_copied: tuple[ChosenRows, np.ndarray], first: object, rest: tuple[object, ...]
) -> None:
    lazy, wanted = lazy_and_copied
    key = (first, *rest)
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


@only_where_told
def test_rows_that_are_asked_for_leave_nothing_of_the_file_in_memory(tmp_path: Path) -> None:
    path = tmp_path / "x.bin"
    np.arange(2**20, dtype=np.float32).tofile(path)
    with path.open("rb") as stream:
        x = map_array(path, stream, np.dtype(np.float32), (2**10, 2**10), 0, "C")
    lazy = ChosenRows(x, np.arange(0, 2**10, 2))
    before = resident_bytes(path)
    asked = (
        *(lazy[row] for row in range(0, 500, 7)),
        lazy[::3, :5],
        lazy[np.arange(0, 500, 3)],
        *list(lazy)[::9],
        np.asarray(lazy),
    )
    assert resident_bytes(path) == before
    np.testing.assert_array_equal(asked[-1], np.arange(2**20).reshape(x.shape)[::2])
    assert x[lazy.rows[:5]].sum() > 0
    assert resident_bytes(path) > before


def test_several_threads_may_ask_at_once(whole: np.ndarray) -> None:
    lazy = ChosenRows(whole, np.arange(29, -1, -1))
    copied = np.array(whole)[::-1]

    def all_rows(seed: int) -> bool:
        order = np.random.default_rng(seed).permutation(30)
        return all(np.array_equal(lazy[order[at:]], copied[order[at:]]) for at in range(30))

    with ThreadPoolExecutor(4) as threads:
        assert all(threads.map(all_rows, range(40)))


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
