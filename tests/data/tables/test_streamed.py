"""Tables larger than the memory: the same as in memory, in 32 bits, kept and used again (row C04)."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from aestudio.data.dataset import Dataset
from aestudio.data.files.cache import cache_folder
from aestudio.data.options import DataOptions
from aestudio.data.reading import ReadingCancelled, read
from aestudio.data.tables import csv_streamed, streamed_table
from aestudio.errors import DataError, StorageError
from tests.data.tables.reading import said, saved


@pytest.fixture
def streams(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every table be too large for the memory, and keep what is cached apart."""
    monkeypatch.setenv("AESTUDIO_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(csv_streamed, "STREAM_FROM_BYTES", 1)
    monkeypatch.setattr(csv_streamed, "STREAM_FROM_COMPRESSED_BYTES", 1)


def frame(num: int = 3000) -> pd.DataFrame:
    rng = np.random.default_rng(3)
    made = pd.DataFrame(
        {
            "id": range(num),
            "size": rng.normal(size=num).round(3),
            "count": rng.integers(0, 9, num).astype(object),
            "shade": rng.choice(["light", "dark", "none at all"], num),
            "sold": rng.choice(["yes", "no"], num),
            "seen": pd.date_range("2001-01-01", periods=num).strftime("%d.%m.%Y")[
                rng.permutation(num)
            ],
            "price": [f"{value:,}" for value in rng.integers(1, 10**6, num)],
            "species": rng.choice(["cat", "dog"], num),
        }
    )
    made.loc[::50, "count"] = "NA"
    return made


def in_memory(path: Path, monkeypatch: pytest.MonkeyPatch) -> Dataset:
    with monkeypatch.context() as patch:
        patch.setattr(csv_streamed, "STREAM_FROM_BYTES", 2**60)
        patch.setattr(csv_streamed, "STREAM_FROM_COMPRESSED_BYTES", 2**60)
        return read(path, DataOptions(source=str(path), kind="table"))


@pytest.mark.usefixtures("streams")
@pytest.mark.parametrize("is_compressed", [False, True])
def test_c04_it_is_the_table_that_reading_into_memory_gives(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_compressed: bool
) -> None:
    text = frame().to_csv(index=False).encode()
    path = (
        saved(tmp_path, gzip.compress(text), "t.csv.gz") if is_compressed else saved(tmp_path, text)
    )
    there = in_memory(path, monkeypatch)
    streamed = read(path, DataOptions(source=str(path)))
    assert isinstance(streamed.x, np.memmap)
    assert streamed.columns == there.columns
    np.testing.assert_array_equal(streamed.x, there.x.astype(np.float32))
    assert there.labels is not None
    np.testing.assert_array_equal(streamed.labels, there.labels)
    assert streamed.label_names == there.label_names
    assert "too large for the memory" in said(streamed)


@pytest.mark.usefixtures("streams")
def test_c04_it_is_read_once_and_used_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = saved(tmp_path, frame().to_csv(index=False))
    first = read(path)

    def never(*args: object) -> None:
        raise AssertionError("it was read a second time")

    monkeypatch.setattr(streamed_table, "_build", never)
    assert read(path).fingerprint == first.fingerprint


@pytest.mark.usefixtures("streams")
def test_c04_a_changed_file_or_another_choice_is_read_anew(tmp_path: Path) -> None:
    path = saved(tmp_path, frame().to_csv(index=False))
    first = read(path)
    fewer = read(path, DataOptions(source=str(path), leave_out="price, seen"))
    assert fewer.shape == (first.shape[0] - 2,)
    frame(2000).to_csv(path, index=False)
    assert read(path).num_samples == 2000


@pytest.mark.usefixtures("streams")
def test_c04_what_does_not_fit_later_counts_as_missing_and_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streamed_table, "SAMPLE_BLOCKS", 1)
    rows = "".join(f"{n % 13}.5,{n % 7},2024-01-{n % 28 + 1:02}\n" for n in range(600_000))
    path = saved(tmp_path, "a,b,day\n" + rows + "late,3,2024-01-01 12:00\n1.5,,never\n")
    dataset = read(path)
    assert np.isnan(dataset.x[-2, 0])
    assert dataset.x[-1, 0] == 1.5
    assert np.isnan(dataset.x[-1, 1])
    assert dataset.x[-2, 2] == dataset.x[0, 2] + 0.5
    assert np.flatnonzero(np.isnan(dataset.x[:, 2])).tolist() == [600_001]
    assert "1 cells of 'a' do not fit (numeric)" in said(dataset)
    assert "1 cells of 'day' do not fit (date)" in said(dataset)


@pytest.mark.usefixtures("streams")
def test_c04_cancelling_leaves_nothing_behind(tmp_path: Path) -> None:
    path = saved(tmp_path, frame().to_csv(index=False))
    asked = iter([False] * 12)
    with pytest.raises(ReadingCancelled):
        read(path, is_cancelled=lambda: next(asked, True))
    assert not cache_folder().exists() or not list(cache_folder().iterdir())


@pytest.mark.usefixtures("streams")
def test_c04_a_ragged_line_is_refused_and_leaves_nothing_behind(tmp_path: Path) -> None:
    path = saved(tmp_path, frame(50).to_csv(index=False) + "1,2\n")
    with pytest.raises(DataError, match="line 52 has 2 cells"):
        read(path)
    assert list(cache_folder().iterdir()) == []


@pytest.mark.usefixtures("streams")
def test_c04_a_damaged_cache_is_thrown_away(tmp_path: Path) -> None:
    path = saved(tmp_path, frame().to_csv(index=False))
    read(path)
    (entry,) = cache_folder().iterdir()
    (entry / "cells.f4").write_bytes(b"cut off")
    with pytest.raises(DataError, match="was thrown away"):
        read(path)
    assert read(path).num_samples == 3000


@pytest.mark.usefixtures("streams")
def test_c04_a_full_disk_is_told_before_it_is_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("aestudio.data.files.cache._RESERVED_BYTES", 2**60)
    path = saved(tmp_path, frame().to_csv(index=False))
    with pytest.raises(StorageError, match="are free") as caught:
        read(path)
    assert "AESTUDIO_CACHE" in caught.value.next_step


@pytest.mark.usefixtures("streams")
def test_c04_the_oldest_entries_make_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = saved(tmp_path, frame(100).to_csv(index=False), "first.csv")
    read(first)
    (old,) = cache_folder().iterdir()
    monkeypatch.setattr("aestudio.data.files.cache.MAX_BYTES", 1)
    read(saved(tmp_path, frame(200).to_csv(index=False), "second.csv"))
    assert old not in list(cache_folder().iterdir())
    assert len(list(cache_folder().iterdir())) == 1
