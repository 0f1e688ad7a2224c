import doctest
import os
from pathlib import Path
from typing import Literal

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from aestudio.data.arrays import chosen_rows
from aestudio.data.files.mapped_file import is_mapped, map_array
from aestudio.training import batches
from aestudio.training.arrays import TrainingArrays
from aestudio.training.batches import ResidentData, batch_bounds, epoch_order


@given(num_samples=st.integers(1, 300), batch_size=st.integers(1, 400))
def test_bounds_cover_every_sample_once(num_samples: int, batch_size: int) -> None:
    bounds = batch_bounds(num_samples, batch_size)
    covered = [row for start, stop in bounds for row in range(start, stop)]
    assert covered == list(range(num_samples))
    if batch_size > 1 and num_samples > 1:
        assert min(stop - start for start, stop in bounds) > 1


@given(seed=st.integers(0, 2**31 - 1), epoch=st.integers(1, 10**6), count=st.integers(1, 50))
def test_order_is_a_permutation_that_seed_and_epoch_decide(
    seed: int, epoch: int, count: int
) -> None:
    rows = np.arange(100, 100 + count)
    order = epoch_order(rows, seed, epoch)
    assert sorted(order) == rows.tolist()
    np.testing.assert_array_equal(order, epoch_order(rows, seed, epoch))


def test_epochs_and_seeds_differ() -> None:
    rows = np.arange(50)
    orders = {tuple(epoch_order(rows, seed, epoch)) for seed in range(5) for epoch in range(1, 6)}
    assert len(orders) == 25


@pytest.mark.parametrize("dtype", ["uint8", "uint16", "int64", "float32", "float64", ">f4", "bool"])
def test_batches_are_scaled_as_they_are_gathered(dtype: str) -> None:
    stored = np.random.default_rng(0).integers(0, 2, (20, 3, 2)).astype(dtype)
    stored.flags.writeable = False
    offset, scale = np.full((3, 1), 0.25, np.float32), np.full((3, 1), 4, np.float32)
    rows = np.arange(20)
    data = ResidentData(
        TrainingArrays(
            x=stored, train_rows=rows, validation_rows=rows[:0], offset=offset, scale=scale
        ),
        torch.device("cpu"),
    )
    picked = np.array([4, 0, 19])
    batch = data.batch(data.order(picked))
    expected = (stored[picked].astype(np.float64) - 0.25) * 4
    assert batch.x.dtype == torch.float32
    np.testing.assert_allclose(batch.x.numpy(), expected)
    # A batch is a copy: the model may work in place on it.
    batch.x.zero_()
    assert stored.sum() > 0


@pytest.mark.parametrize("dtype", ["uint8", "int64", "float32", "float64", ">f4"])
@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("is_large", [False, True])
def test_batches_from_a_file_are_those_from_memory(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    dtype: str,
    order: Literal["C", "F"],
    is_large: bool,
) -> None:
    if is_large:
        monkeypatch.setattr(batches, "_MOST_COPIED_BYTES", 0)
    stored = np.random.default_rng(0).integers(0, 200, (300, 5)).astype(dtype)
    path = tmp_path / "x.bin"
    path.write_bytes(b"head" + stored.tobytes(order))
    with path.open("rb") as stream:
        mapped = map_array(path, stream, stored.dtype, stored.shape, 4, order)
    assert is_mapped(mapped)
    rows = np.arange(300)
    offset, scale = np.full(5, 0.3, np.float32), np.full(5, 0.01, np.float32)
    kept, read = (
        ResidentData(
            TrainingArrays(
                x=x, train_rows=rows, validation_rows=rows[:0], offset=offset, scale=scale
            ),
            torch.device("cpu"),
        )
        for x in (stored, mapped)
    )
    chosen = read.order(epoch_order(rows, 3, 1))
    for start, stop in batch_bounds(300, 64):
        read.expect(chosen[stop : stop + 64])
        batch = read.batch(chosen[start:stop])
        assert torch.equal(batch.x, kept.batch(chosen[start:stop]).x)
        batch.x.zero_()
    assert np.array_equal(mapped, stored)


@pytest.mark.skipif(not hasattr(os, "preadv"), reason="this system reads through the mapping")
def test_a_small_file_is_read_once_and_may_then_be_cut_off(tmp_path: Path) -> None:
    stored = np.arange(60, dtype=np.float32).reshape(20, 3)
    path = tmp_path / "x.bin"
    path.write_bytes(stored.tobytes())
    with path.open("rb") as stream:
        mapped = map_array(path, stream, stored.dtype, stored.shape, 0, "C")
    rows = np.arange(20)
    nothing, one = np.zeros(3, np.float32), np.ones(3, np.float32)
    data = ResidentData(
        TrainingArrays(
            x=mapped, train_rows=rows, validation_rows=rows[:0], offset=nothing, scale=one
        ),
        torch.device("cpu"),
    )
    os.truncate(path, 0)
    assert np.array_equal(data.batch(data.order(rows)).x.numpy(), stored)


@pytest.mark.parametrize("is_large", [False, True])
def test_what_is_left_out_of_a_file_is_left_out_of_batches(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_large: bool
) -> None:
    monkeypatch.setattr(chosen_rows, "COPIED_BELOW", 0)
    if is_large:
        monkeypatch.setattr(batches, "_MOST_COPIED_BYTES", 0)
    stored = np.arange(600, dtype=np.float32).reshape(200, 3)
    path = tmp_path / "x.bin"
    path.write_bytes(stored.tobytes())
    with path.open("rb") as stream:
        mapped = map_array(path, stream, stored.dtype, stored.shape, 0, "C")
    kept = np.flatnonzero(np.arange(200) % 3)
    x = chosen_rows.chosen_rows(mapped, kept)
    assert x.base is mapped
    rows = np.arange(len(kept))
    nothing, one = np.zeros(3, np.float32), np.ones(3, np.float32)
    data = ResidentData(
        TrainingArrays(x=x, train_rows=rows, validation_rows=rows[:0], offset=nothing, scale=one),
        torch.device("cpu"),
    )
    order = data.order(epoch_order(rows, 1, 1))
    for rows_B in order.split(30):
        assert np.array_equal(data.batch(rows_B).x.numpy(), stored[kept[rows_B.numpy()]])


def test_large_values_keep_their_digits() -> None:
    stored = np.array([[1e9 + 1.5], [1e9 - 0.5]])
    data = ResidentData(
        TrainingArrays(
            x=stored,
            train_rows=np.arange(2),
            validation_rows=np.arange(0),
            offset=np.array([1e9], np.float32),
            scale=np.ones(1, np.float32),
        ),
        torch.device("cpu"),
    )
    assert data.batch(data.order(np.arange(2))).x.flatten().tolist() == [1.5, -0.5]


def test_examples_in_docstrings_hold() -> None:
    assert doctest.testmod(batches).failed == 0
