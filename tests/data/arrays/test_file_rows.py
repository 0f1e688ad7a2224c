"""Rows read from the file of a mapped array are those that the array holds."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aestudio.data.arrays import file_rows as module
from aestudio.data.arrays.file_rows import file_rows, reader_of_rows
from aestudio.data.files.mapped_file import map_array
from aestudio.errors import DataError

NUM_ROWS = 3000
#: Not a whole number of pages, as a header is not.
OFFSET = 70_003

pytestmark = pytest.mark.skipif(
    not hasattr(os, "preadv"), reason="this system reads through the mapping"
)


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("rows") / "x.bin"
    values = np.arange(NUM_ROWS * 12, dtype=np.float32)
    path.write_bytes(b"?" * OFFSET + values.tobytes())
    return path


@pytest.fixture(scope="module")
def mapped(path: Path) -> np.ndarray:
    with path.open("rb") as stream:
        return map_array(path, stream, np.dtype(np.float32), (NUM_ROWS, 3, 4), OFFSET, "C")


@given(
    rows=st.lists(st.integers(0, NUM_ROWS - 1), max_size=40),
    run=st.tuples(st.integers(0, NUM_ROWS - 50), st.integers(0, 50)),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_rows_in_any_order_and_number(
    mapped: np.ndarray, rows: list[int], run: tuple[int, int]
) -> None:
    chosen = np.array([*rows, *range(run[0], sum(run)), *rows[::-1]], dtype=np.int64)
    reader = file_rows(mapped)
    assert reader is not None
    reader.plan(chosen)
    reader.expect(chosen)
    found = reader.read(chosen)
    assert found.dtype == mapped.dtype
    assert np.array_equal(found, mapped[chosen])
    found[:] = -1  # a copy
    assert (mapped >= 0).all()


@given(
    seed=st.integers(0, 99),
    batch_size=st.integers(1, 90),
    begin=st.integers(0, 9),
    most_rows=st.integers(1, 400),
    detours=st.sets(st.integers(0, 30)),
    cold=st.sets(st.integers(0, NUM_ROWS - 1), max_size=60),
)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_batches_of_a_plan_whatever_happens_between_them(
    mapped: np.ndarray,
    seed: int,
    batch_size: int,
    begin: int,
    most_rows: int,
    detours: set[int],
    cold: set[int],
) -> None:
    order = np.random.default_rng(seed).permutation(NUM_ROWS)[:500]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_MOST_ROWS", most_rows)
        patch.setattr(os, "preadv", not_holding(cold))
        reader = file_rows(mapped)
        assert reader is not None
        reader.plan(order)
        given_out = []
        starts = range(begin * batch_size, len(order), batch_size)
        for place, start in enumerate(starts):
            rows = order[start : start + batch_size]
            found = reader.read(rows)
            assert np.array_equal(found, mapped[rows])
            found[:] = -1  # as a model may
            given_out.append(found)
            reader.expect(order[start + batch_size : start + 2 * batch_size])
            if place in detours:
                other = np.arange(place, place + 7)
                assert np.array_equal(reader.read(other), mapped[other])
                reader.plan(order)
        assert all((found == -1).all() for found in given_out)


def not_holding(rows: set[int]) -> Callable[..., int]:
    """Return ``os.preadv`` of a system to which some rows have to be fetched from a disk first."""
    preadv = os.preadv
    row_bytes = 48

    def held_partly(descriptor: int, parts: list[memoryview], position: int, flags: int = 0) -> int:
        if flags:
            row = (position - OFFSET) // row_bytes
            held = next((n for n in range(len(parts[0]) // row_bytes) if row + n in rows), None)
            if held == 0:
                raise BlockingIOError
            if held is not None:
                return preadv(descriptor, [parts[0][: held * row_bytes + 5]], position)
        return preadv(descriptor, parts, position)

    return held_partly


def test_many_batches_are_read_at_once_and_once(
    mapped: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader, preadv = file_rows(mapped), os.preadv
    assert reader is not None
    order = np.arange(0, 1000, 2)
    positions: list[int] = []

    def counted(descriptor: int, parts: list[memoryview], position: int, flags: int = 0) -> int:
        positions.append((position - OFFSET) // 48)
        return preadv(descriptor, parts, position, flags)

    monkeypatch.setattr(os, "preadv", counted)
    reader.plan(order)
    reader.expect(order[:50])
    assert positions == order.tolist() or not module._NO_WAIT
    for start in range(0, 500, 50):
        assert np.array_equal(reader.read(order[start : start + 50]), mapped[order[start:][:50]])
    assert positions == order.tolist()


@pytest.mark.skipif(not hasattr(os, "RWF_NOWAIT"), reason="only Linux says what it holds")
def test_what_is_not_held_is_fetched_meanwhile_and_no_more_than_a_few_batches(
    mapped: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetched: list[int] = []

    def advise(descriptor: int, position: int, length: int, advice: int) -> None:
        fetched.extend((position - OFFSET) // 48 + n for n in range(length // 48))

    reader = file_rows(mapped)
    assert reader is not None
    order = np.random.default_rng(1).permutation(1000)
    monkeypatch.setattr(os, "preadv", not_holding(set(range(2000))))
    monkeypatch.setattr(os, "posix_fadvise", advise)
    monkeypatch.setattr(reader, "_sweep", lambda: None)
    reader.plan(order)
    assert np.array_equal(reader.read(order[:10]), mapped[order[:10]])
    assert fetched == order[:40].tolist()
    for start in range(10, 1000, 10):
        rows = order[start : start + 10]
        assert np.array_equal(reader.read(rows), mapped[rows])
        assert set(fetched) <= set(order[: start + 50].tolist())


@pytest.mark.skipif(not hasattr(os, "RWF_NOWAIT"), reason="only Linux says what it holds")
@pytest.mark.parametrize("has_room", [True, False])
def test_in_the_end_the_whole_array_is_fetched_where_there_is_room(
    mapped: np.ndarray, monkeypatch: pytest.MonkeyPatch, has_room: bool
) -> None:
    swept: list[tuple[int, int]] = []
    reader = file_rows(mapped)
    assert reader is not None
    order = np.random.default_rng(1).permutation(1000)
    monkeypatch.setattr(module, "_SWEPT_BYTES", 48 * 200)
    monkeypatch.setattr(module, "_ADVISED_BYTES", 48 * 100)
    monkeypatch.setattr(module, "memory_limit", lambda: mapped.nbytes - (not has_room))
    monkeypatch.setattr(module, "_MOST_ROWS", 100)
    monkeypatch.setattr(os, "preadv", not_holding({int(row) for row in order[5::100]}))
    monkeypatch.setattr(reader, "_fetch", lambda runs: None)

    def note(_descriptor: int, at: int, length: int, how: int) -> None:
        if how == os.POSIX_FADV_WILLNEED:
            swept.append((at, length))

    monkeypatch.setattr(os, "posix_fadvise", note)
    reader.plan(order)
    for start in range(0, 1000, 10):
        rows = order[start : start + 10]
        assert np.array_equal(reader.read(rows), mapped[rows])
    pieces = [(OFFSET + 48 * row, 48 * 100) for row in range(0, NUM_ROWS, 100)]
    assert swept[: len(pieces)] == (pieces[: len(swept)] if has_room else [])
    assert len(swept) >= 2 * has_room


@pytest.mark.parametrize("refusal", [True, False])
def test_systems_that_cannot_say_what_they_hold(
    mapped: np.ndarray, monkeypatch: pytest.MonkeyPatch, refusal: bool
) -> None:
    preadv = os.preadv

    def refused(descriptor: int, parts: list[memoryview], position: int, flags: int = 0) -> int:
        if flags:
            raise OSError("not supported")
        return preadv(descriptor, parts, position)

    if refusal:
        monkeypatch.setattr(os, "preadv", refused)
    else:
        monkeypatch.setattr(module, "_NO_WAIT", 0)
    reader = file_rows(mapped)
    assert reader is not None
    order = np.array([9, 8, 7, 100, 6, 5, 4, 3])
    reader.plan(order)
    for start in (0, 3, 6):
        rows = order[start : start + 3]
        assert np.array_equal(reader.read(rows), mapped[rows])
    assert reader.read(order[:0]).shape == (0, 3, 4)


@pytest.mark.parametrize(
    "view",
    [lambda x: x[17:], lambda x: x.reshape(-1, 6), lambda x: x.reshape(-1)[5:], np.asarray],
)
def test_views_begin_where_they_begin(
    mapped: np.ndarray, view: Callable[[np.ndarray], np.ndarray]
) -> None:
    x = view(mapped)
    reader = file_rows(x)
    assert reader is not None
    chosen = np.array([0, 9, 1, 2, 3])
    assert np.array_equal(reader.read(chosen), x[chosen])


def test_what_is_not_in_a_file_row_after_row_is_left_alone(
    mapped: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert file_rows(mapped.copy()) is None
    assert file_rows(np.zeros((3, 2))) is None
    assert file_rows(mapped[::2]) is None
    assert file_rows(np.moveaxis(mapped, 1, 2)) is None
    assert file_rows(mapped[:0]) is None
    monkeypatch.setattr(module, "_CAN_READ_AT", False)
    assert file_rows(mapped) is None


def test_systems_that_take_no_advice_read_all_the_same(
    mapped: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_CAN_ADVISE", False)
    reader = file_rows(mapped)
    assert reader is not None
    monkeypatch.setattr(os, "preadv", not_holding({5}))
    reader.plan(np.array([5, 6]))
    assert np.array_equal(reader.read(np.array([5])), mapped[5:6])


def test_a_file_that_was_cut_off_is_told_and_the_process_lives(tmp_path: Path, path: Path) -> None:
    own = tmp_path / "x.bin"
    own.write_bytes(path.read_bytes())
    with own.open("rb") as stream:
        x = map_array(own, stream, np.dtype(np.float32), (NUM_ROWS, 3, 4), OFFSET, "C")
    reader = file_rows(x)
    assert reader is not None
    os.truncate(own, OFFSET + 100)
    with pytest.raises(DataError, match="changed while it was in use") as caught:
        reader.read(np.array([0, 1, 2, 3]))
    assert caught.value.subject == str(own)


def test_closing_leaves_no_descriptor_open(mapped: np.ndarray) -> None:
    reader = file_rows(mapped)
    assert reader is not None
    descriptor = reader._descriptor
    os.fstat(descriptor)
    del reader
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(descriptor)


def test_rows_are_given_past_the_mapping_where_there_is_one(
    mapped: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = np.array([2999, 0, 1, 2, 700])
    asked: list[int] = []
    preadv = os.preadv

    def counted(descriptor: int, parts: list[memoryview], *place: int) -> int:
        asked.append(len(parts[0]))
        return preadv(descriptor, parts, *place)

    monkeypatch.setattr(os, "preadv", counted)
    expected = np.asarray(mapped)[rows]
    np.testing.assert_array_equal(reader_of_rows(mapped)(rows), expected)
    assert sum(asked) == expected.nbytes
    for elsewhere in (expected.copy(), mapped.astype(">f4"), mapped[:, ::2]):
        asked.clear()
        few = np.array([1, 4])
        np.testing.assert_array_equal(reader_of_rows(elsewhere)(few), elsewhere[few])
        assert not asked
