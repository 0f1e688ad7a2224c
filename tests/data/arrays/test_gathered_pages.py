"""What rows of a mapped array bring into memory is given back; arrays in memory are left alone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from aestudio.data.arrays import gathered_pages
from aestudio.data.arrays.gathered_pages import GatheredPages
from aestudio.data.files.mapped_file import is_mapped, map_array
from tests.data.arrays.memory import only_where_told, resident_bytes


@pytest.fixture
def mapped(tmp_path: Path) -> np.ndarray:
    path = tmp_path / "x.bin"
    path.write_bytes(np.arange(2**21, dtype=np.float32).tobytes())
    with path.open("rb") as stream:
        return map_array(path, stream, np.dtype(np.float32), (2**11, 2**10), 0, "C")


@only_where_told
def test_memory_is_given_back_and_the_numbers_stay(
    mapped: np.ndarray, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gathered_pages, "_MOST_BYTES", 2**23)
    path = tmp_path / "x.bin"
    whole = mapped.copy()
    assert resident_bytes(path) >= mapped.nbytes
    pages = GatheredPages(mapped)
    pages.count(100)
    assert resident_bytes(path) >= mapped.nbytes
    pages.count(100)
    assert resident_bytes(path) < mapped.nbytes // 8
    assert np.array_equal(mapped, whole)


def test_arrays_in_memory_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(x: np.ndarray) -> None:
        raise AssertionError

    monkeypatch.setattr(gathered_pages, "release", fail)
    x = np.zeros((8, 4))
    assert not is_mapped(x)
    GatheredPages(x).count(2**40)


def test_views_of_mapped_arrays_are_mapped(mapped: np.ndarray) -> None:
    assert is_mapped(mapped)
    assert is_mapped(mapped[3:, :5].reshape(-1, 5, 1))
    assert not is_mapped(mapped[[3, 4]].copy())
