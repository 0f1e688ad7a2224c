"""A file that is cut off or rewritten while its array is in use is noticed before it is read."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from aestudio.data.dataset import Dataset
from aestudio.data.files import doors
from aestudio.data.files.mapped_file import check_unchanged
from aestudio.data.missing_values import count_missing
from aestudio.data.reading import read
from aestudio.errors import DataError


@pytest.fixture
def mapped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Dataset:
    """A table of 1,000 rows that stays in its file x.npy."""
    monkeypatch.setattr(doors, "MAP_FROM_BYTES", 1000)
    np.save(tmp_path / "x.npy", np.arange(4000.0).reshape(-1, 4))
    return read(tmp_path / "x.npy")


def cut(path: Path) -> None:
    os.truncate(path, 4096)


def rewrite(path: Path) -> None:
    os.utime(path, ns=(0, path.stat().st_mtime_ns + 1))


@pytest.mark.parametrize("change", [cut, rewrite])
def test_a_change_is_told_and_the_process_lives(
    mapped: Dataset, tmp_path: Path, change: Callable[[Path], None]
) -> None:
    check_unchanged(mapped.x)
    change(tmp_path / "x.npy")
    for use in (check_unchanged, count_missing):
        with pytest.raises(DataError, match="changed while it was in use") as caught:
            use(mapped.x)
        assert caught.value.subject == str(tmp_path / "x.npy")
    with pytest.raises(DataError, match="changed while it was in use"):
        _ = mapped.fingerprint


@pytest.mark.parametrize(
    "view",
    [
        lambda x: x[5:],
        lambda x: x.reshape(100, -1),
        lambda x: np.moveaxis(x, 1, 0),
        np.asarray,
        lambda x: np.asarray(x)[3:].T,
        lambda x: x.view(np.ndarray),
    ],
)
def test_views_know_the_file_too(
    mapped: Dataset, tmp_path: Path, view: Callable[[npt.NDArray], npt.NDArray]
) -> None:
    x = view(mapped.x)
    cut(tmp_path / "x.npy")
    with pytest.raises(DataError, match="changed while it was in use"):
        check_unchanged(x)


def test_a_file_replaced_by_another_does_no_harm(mapped: Dataset, tmp_path: Path) -> None:
    np.save(tmp_path / "other.npy", np.zeros(3))
    os.replace(tmp_path / "other.npy", tmp_path / "x.npy")
    check_unchanged(mapped.x)
    assert mapped.x[-1, -1] == 3999


def test_arrays_in_memory_have_no_file(tmp_path: Path) -> None:
    check_unchanged(np.zeros((2, 3))[1:])


@pytest.mark.skipif(
    not Path("/proc/self/fd").exists(), reason="open files are listed on Linux only"
)
def test_the_file_is_let_go_with_its_last_view(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(doors, "MAP_FROM_BYTES", 1000)
    np.save(tmp_path / "x.npy", np.arange(4000.0).reshape(-1, 4))

    def num_open() -> int:
        links = [Path("/proc/self/fd") / name for name in os.listdir("/proc/self/fd")]
        return sum(link.exists() and link.samefile(tmp_path / "x.npy") for link in links)

    view = read(tmp_path / "x.npy").x[3:]
    assert num_open() > 0
    del view
    assert num_open() == 0
