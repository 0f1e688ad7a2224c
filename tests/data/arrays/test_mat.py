"""MATLAB files as scipy writes them (version 5), and by hand as MATLAB does since (version 7.3)."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
import scipy.io
import scipy.sparse

from aestudio.data.arrays.matlab_layout import samples_first
from aestudio.data.dataset import Kind
from aestudio.data.reading import read
from aestudio.errors import DataError
from tests.data.making import save_matlab_7_3

X = np.arange(240.0).reshape(60, 4)
Y = np.arange(60) % 3
#: (H, W, C, N), as MATLAB keeps pictures.
IMAGES = np.random.default_rng(0).integers(0, 256, (16, 12, 3, 60)).astype(np.uint8)


@pytest.mark.parametrize("packed", [False, True])
def test_tables_of_version_5(tmp_path: Path, packed: bool) -> None:
    scipy.io.savemat(tmp_path / "d.mat", {"X": X, "y": Y[:, None]}, do_compression=packed)
    dataset = read(tmp_path / "d.mat")
    assert (dataset.kind, dataset.reader) == (Kind.TABLE, "mat")
    np.testing.assert_array_equal(dataset.x, X)
    np.testing.assert_array_equal(dataset.labels, Y)


def test_pictures_behind_each_other(tmp_path: Path) -> None:
    scipy.io.savemat(tmp_path / "d.mat", {"X": IMAGES, "y": Y[None]})
    dataset = read(tmp_path / "d.mat")
    np.testing.assert_array_equal(dataset.x, IMAGES.transpose(3, 2, 0, 1))
    assert dataset.label_names == ("0", "1", "2")


def test_texts_in_cells_and_characters_are_labels(tmp_path: Path) -> None:
    names = np.array(["cat", "dög"])[Y % 2]
    scipy.io.savemat(tmp_path / "d.mat", {"fea": X.T, "gnd": names.astype(object)})
    dataset = read(tmp_path / "d.mat")
    np.testing.assert_array_equal(dataset.x, X)
    assert dataset.label_names == ("cat", "dög")
    scipy.io.savemat(tmp_path / "e.mat", {"x": X > 9, "labels": np.array(["a", "long"])[Y % 2]})
    dataset = read(tmp_path / "e.mat")
    np.testing.assert_array_equal(dataset.x, X > 9)
    assert dataset.label_names == ("a", "long")


def test_sparse_arrays_are_filled_and_others_passed_over(tmp_path: Path) -> None:
    arrays = {"x": scipy.sparse.csc_matrix(X), "s": {"field": 1}, "title": "hello"}
    scipy.io.savemat(tmp_path / "d.mat", arrays)
    np.testing.assert_array_equal(read(tmp_path / "d.mat").x, X)


def test_version_7_3_is_in_matlabs_order(tmp_path: Path) -> None:
    save_matlab_7_3(tmp_path / "d.mat", X=(X, "double"), y=(1.0 * Y[:, None], "double"))
    dataset = read(tmp_path / "d.mat")
    np.testing.assert_array_equal(dataset.x, X)
    np.testing.assert_array_equal(dataset.labels, Y)


def test_pictures_and_texts_of_version_7_3(tmp_path: Path) -> None:
    save_matlab_7_3(tmp_path / "d.mat", X=(IMAGES, "uint8"), y=(["cat", "dög"] * 30, "cell"))
    dataset = read(tmp_path / "d.mat")
    np.testing.assert_array_equal(dataset.x, IMAGES.transpose(3, 2, 0, 1))
    assert dataset.label_names == ("cat", "dög")


@pytest.mark.parametrize(
    ("shape", "labels", "is_moved"),
    [
        ((32, 32, 3, 60), None, True),
        ((60, 32, 32, 3), None, False),
        ((28, 28, 60), None, True),
        ((60, 28, 28), None, False),
        ((60, 4), None, False),
        ((4, 60), 60, True),
        ((60, 60), 60, False),
        ((60, 32, 32), 60, False),
    ],
)
def test_the_axis_of_samples_is_found(
    shape: tuple[int, ...], labels: int | None, is_moved: bool
) -> None:
    arrays = {"data": np.zeros(shape)}
    if labels is not None:
        arrays["labels"] = np.zeros((labels, 1))
    found = samples_first(arrays)["data"]
    assert found.shape == ((shape[-1], *shape[:-1]) if is_moved else shape)


def test_damage_anywhere_is_read_or_refused(tmp_path: Path) -> None:
    path = tmp_path / "d.mat"
    scipy.io.savemat(path, {"x": X, "y": Y}, do_compression=True)
    content = path.read_bytes()
    for start in (128, 132, 136, 140, 160, 200):
        path.write_bytes(content[:start] + b"\xff" * 4 + content[start + 4 :])
        with suppress(DataError):
            assert read(path).num_samples >= 1


def test_a_bomb_and_a_file_without_arrays_are_refused(tmp_path: Path) -> None:
    scipy.io.savemat(tmp_path / "d.mat", {"x": np.zeros((3000, 3000))}, do_compression=True)
    with pytest.raises(DataError, match="would unpack"):
        read(tmp_path / "d.mat")
    scipy.io.savemat(tmp_path / "e.mat", {"s": {"field": 1}})
    with pytest.raises(DataError, match="no array of plain numbers"):
        read(tmp_path / "e.mat")
    scipy.io.savemat(tmp_path / "f.mat", {"x": 1j * X})
    with pytest.raises(DataError, match="complex"):
        read(tmp_path / "f.mat")
