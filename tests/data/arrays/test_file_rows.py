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
from aestudio.data.arrays.file_rows import file_rows
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
    reader.expect(chosen)
    found = reader.read(chosen)
    assert found.dtype == mapped.dtype
    assert np.array_equal(found, mapped[chosen])
    found[:] = -1  # a copy
    assert (mapped >= 0).all()


@pytest.mark.parametrize("no_wait", [True, False])
def test_rows_that_were_announced_and_others(
    mapped: np.ndarray, monkeypatch: pytest.MonkeyPatch, no_wait: bool
) -> None:
    if not no_wait:
        monkeypatch.setattr(module, "_NO_WAIT", 0)
    reader = file_rows(mapped)
    assert reader is not None
    first, second = np.array([7, 3, 4, 5]), np.array([2999, 0])
    for rows in (first, second, first, first):
        reader.expect(second)
        assert np.array_equal(reader.read(rows), mapped[rows])
    announced = first.copy()
    reader.expect(announced)
    announced[:] = 1
    assert np.array_equal(reader.read(announced), mapped[[1, 1, 1, 1]])
    reader.expect(first[:0])
    assert reader.read(first[:0]).shape == (0, 3, 4)


@pytest.mark.skipif(not hasattr(os, "RWF_NOWAIT"), reason="only Linux says what it holds")
@pytest.mark.parametrize("refusal", [BlockingIOError, OSError])
def test_what_would_have_to_be_waited_for_is_read_when_it_is_needed(
    mapped: np.ndarray, monkeypatch: pytest.MonkeyPatch, refusal: type[OSError]
) -> None:
    preadv = os.preadv
    num_tries = 0

    def held_partly(descriptor: int, parts: list[memoryview], position: int, flags: int = 0) -> int:
        nonlocal num_tries
        if flags:
            num_tries += 1
            if num_tries == 2:
                raise refusal
            if num_tries == 3:
                return preadv(descriptor, [parts[0][:5]], position)
        return preadv(descriptor, parts, position)

    reader = file_rows(mapped)
    assert reader is not None
    rows = np.array([9, 8, 7, 100, 6])
    with monkeypatch.context() as partly:
        partly.setattr(os, "preadv", held_partly)
        reader.expect(rows)
    assert num_tries == (2 if refusal is OSError else 5)
    assert np.array_equal(reader.read(rows), mapped[rows])


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
    reader.expect(np.array([5]))
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
