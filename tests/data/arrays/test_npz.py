"""The .npz format: arrays by the names that people give them."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest

from aestudio.data.dataset import Kind, Remedy
from aestudio.data.options import DataOptions
from aestudio.data.reading import read
from aestudio.errors import DataError
from tests.data.making import npy_bytes, zip_bytes

X = np.arange(240.0).reshape(60, 4)
Y = np.arange(60) % 3


def saved(path: Path, **arrays: np.ndarray) -> Path:
    np.savez_compressed(path, **arrays)  # type: ignore[arg-type] # no array is called so
    return path


@pytest.mark.parametrize("data", ["x", "X", "data", "images", "features", "x_train", "arr_0"])
@pytest.mark.parametrize("labels", ["y", "Y", "labels", "targets", "y_train"])
def test_the_usual_names_are_found(tmp_path: Path, data: str, labels: str) -> None:
    dataset = read(saved(tmp_path / "d.npz", **{data: X, labels: Y, "other": np.ones(3)}))
    np.testing.assert_array_equal(dataset.x, X)
    assert dataset.labels is not None
    np.testing.assert_array_equal(dataset.labels, Y)
    assert dataset.label_names == ("0", "1", "2")
    assert dataset.reader == "npz"


def test_an_only_array_may_have_any_name(tmp_path: Path) -> None:
    dataset = read(saved(tmp_path / "d.npz", whatever=X))
    np.testing.assert_array_equal(dataset.x, X)
    assert dataset.labels is None


def test_without_a_telling_name_the_largest_is_taken_and_the_others_are_told(
    tmp_path: Path,
) -> None:
    path = saved(tmp_path / "d.npz", first=X[:, :2], second=X, axis=np.ones(4))
    dataset = read(path)
    np.testing.assert_array_equal(dataset.x, X)
    assert dataset.read_as == (("Array", "second"),)
    warning = dataset.findings[0]
    assert "'second' was taken, the largest. There is also first." in warning.text
    assert warning.remedy == Remedy("Take 'first'", "data.array", "first")
    np.testing.assert_array_equal(read(path, DataOptions(array="first")).x, X[:, :2])


def test_arrays_without_rows_are_no_data(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"first, second"):
        read(saved(tmp_path / "d.npz", first=X[0], second=X[0]))


def test_a_test_part_is_kept_apart(tmp_path: Path) -> None:
    path = saved(tmp_path / "d.npz", x_train=X[:50], y_train=Y[:50], x_test=X[50:], y_test=Y[50:])
    dataset = read(path)
    assert dataset.num_samples == 50
    assert dataset.test is not None
    np.testing.assert_array_equal(dataset.test.x, X[50:])
    assert dataset.test.label_names == dataset.label_names


def test_texts_are_good_labels_and_names(tmp_path: Path) -> None:
    names = np.array(["cat", "dog", "öchse"])
    path = saved(tmp_path / "d.npz", x=X, y=names[Y], feature_names=np.array(list("abcd")))
    dataset = read(path)
    assert dataset.label_names == ("cat", "dog", "öchse")
    assert dataset.feature_names == ("a", "b", "c", "d")
    bytes_too = read(saved(tmp_path / "e.npz", x=X, y=np.array([b"cat", b"dog"])[Y % 2]))
    assert bytes_too.label_names == ("cat", "dog")


def test_texts_are_no_data(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="it holds texts"):
        read(saved(tmp_path / "d.npz", x=np.array(["cat", "dog"])))


def test_one_label_per_sample_is_required(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="60 samples but labels"):
        read(saved(tmp_path / "d.npz", x=X, y=Y[:-1]))


def test_colour_images_of_64_bit_numbers_become_bytes(tmp_path: Path) -> None:
    images = np.arange(60 * 8 * 8 * 3).reshape(60, 8, 8, 3) % 256
    dataset = read(saved(tmp_path / "d.npz", images=images))
    assert dataset.kind is Kind.IMAGES
    assert dataset.x.dtype == np.uint8
    np.testing.assert_array_equal(dataset.x, np.moveaxis(images, 3, 1))


def test_pickled_members_are_refused(tmp_path: Path) -> None:
    stream = io.BytesIO()
    np.savez(stream, x=np.array([{"a": 1}], dtype=object))
    (tmp_path / "d.npz").write_bytes(stream.getvalue())
    with pytest.raises(DataError, match="could run code"):
        read(tmp_path / "d.npz")


def test_a_torch_file_named_npz_is_refused(tmp_path: Path) -> None:
    (tmp_path / "d.npz").write_bytes(zip_bytes({"archive/data.pkl": b"\x80\x02}."}))
    with pytest.raises(DataError, match="can run code"):
        read(tmp_path / "d.npz")


def test_an_archive_in_an_archive_is_refused(tmp_path: Path) -> None:
    inner = zip_bytes({"x.npy": npy_bytes(X)})
    (tmp_path / "d.npz").write_bytes(zip_bytes({"x.npy": inner}))
    with pytest.raises(DataError, match="does not begin like"):
        read(tmp_path / "d.npz")
    (tmp_path / "e.npz").write_bytes(zip_bytes({"inner.npz": inner}))
    with pytest.raises(DataError, match="Unpack it"):
        read(tmp_path / "e.npz")


def test_an_empty_archive_is_refused(tmp_path: Path) -> None:
    (tmp_path / "d.npz").write_bytes(zip_bytes({}))
    with pytest.raises(DataError, match="archive"):
        read(tmp_path / "d.npz")


def test_a_test_part_may_have_no_labels(tmp_path: Path) -> None:
    dataset = read(saved(tmp_path / "d.npz", x_train=X[:50], y_train=Y[:50], x_test=X[50:]))
    assert dataset.labels is not None
    assert dataset.test is not None
    assert dataset.test.labels is None


@pytest.mark.parametrize("order", "<>")
@pytest.mark.parametrize("role", ["y", "feature_names"])
def test_texts_with_letters_that_do_not_exist_are_refused(
    tmp_path: Path, role: str, order: str
) -> None:
    """Python itself cannot make a text of them, and says so with an error that is no exception."""
    texts = npy_bytes(np.full(60, "a", f"{order}U1"))
    forged = texts.replace(np.array(ord("a"), f"{order}u4").tobytes(), b"\xff" * 4, 1)
    (tmp_path / "d.npz").write_bytes(zip_bytes({"x.npy": npy_bytes(X), f"{role}.npy": forged}))
    with pytest.raises(DataError, match="letters that do not exist"):
        read(tmp_path / "d.npz")


def test_a_test_part_of_another_shape_is_left_out_and_told(tmp_path: Path) -> None:
    images = np.zeros((30, 8, 8), np.uint8)
    path = saved(tmp_path / "d.npz", x_train=images, x_test=images[:9, :, :6])
    dataset = read(path)
    assert dataset.test is None
    assert any(
        "images of 1 x 8 x 6, the others images of 1 x 8 x 8" in str(f) for f in dataset.findings
    )
    assert read(path, DataOptions(image_size=8)).test is not None
