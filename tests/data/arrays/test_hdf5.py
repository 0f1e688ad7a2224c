"""HDF5 files as h5py writes them, and as an attacker would."""

from __future__ import annotations

import struct
from contextlib import suppress
from pathlib import Path

import h5py
import numpy as np
import pytest

from aestudio.data.dataset import Kind
from aestudio.data.isolation import apart
from aestudio.data.options import DataOptions
from aestudio.data.reading import read
from aestudio.errors import DataError

X = np.arange(240.0).reshape(60, 4)
Y = np.arange(60) % 3
IMAGES = np.arange(60 * 8 * 8, dtype=np.uint8).reshape(60, 8, 8)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data.h5"


def options(**values: object) -> DataOptions:
    return DataOptions(**values)


def test_the_usual_names_are_found(path: Path) -> None:
    with h5py.File(path, "w") as file:
        file["x"], file["y"], file["other"] = X, Y, np.ones(3)
    dataset = read(path)
    assert (dataset.kind, dataset.reader) == (Kind.TABLE, "hdf5")
    np.testing.assert_array_equal(dataset.x, X)
    assert dataset.labels is not None
    np.testing.assert_array_equal(dataset.labels, Y)
    assert dataset.findings == ()


def test_groups_are_parts_and_chunks_are_unpacked(path: Path) -> None:
    with h5py.File(path, "w") as file:
        file.create_dataset("train/images", data=IMAGES, chunks=(7, 4, 3), compression="gzip")
        file["train/labels"] = ["cat", "dög"] * 30
        file.create_dataset("test/images", data=IMAGES[:9], compression="lzf", shuffle=True)
        file["test/labels"] = ["dög"] * 9
    dataset = read(path)
    np.testing.assert_array_equal(dataset.x[:, 0], IMAGES)
    assert dataset.label_names == ("cat", "dög")
    assert dataset.test is not None
    np.testing.assert_array_equal(dataset.test.x[:, 0], IMAGES[:9])
    assert dataset.test.labels is not None
    assert set(dataset.test.labels.tolist()) == {1}


@pytest.mark.parametrize("dtype", [">f8", "<f2", "i8", ">u2", "?", "f4"])
@pytest.mark.parametrize("chunks", [None, (11, 2)])
def test_numbers_arrive_in_the_computers_own_order(
    path: Path, dtype: str, chunks: tuple[int, int] | None
) -> None:
    values = (X % 50).astype(dtype)
    with h5py.File(path, "w") as file:
        file.create_dataset("x", data=values, chunks=chunks)
    dataset = read(path)
    assert dataset.x.dtype.isnative
    np.testing.assert_array_equal(dataset.x, values)


def test_a_large_plain_array_is_mapped(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with h5py.File(path, "w") as file:
        file["x"] = X
    monkeypatch.setattr(apart, "MAP_FROM_BYTES", X.nbytes)
    dataset = read(path)
    assert isinstance(dataset.x, np.memmap)
    np.testing.assert_array_equal(dataset.x, X)


def test_another_array_and_another_label_can_be_chosen(path: Path) -> None:
    with h5py.File(path, "w") as file:
        file["x"], file["y"], file["more/z"], file["age"] = X, Y, X + 1, Y * 2
    dataset = read(path, options(array="more/z", label_field="age"))
    np.testing.assert_array_equal(dataset.x, X + 1)
    assert dataset.label_names == ("0", "2", "4")
    assert dataset.label_fields == ("age", "y")
    with pytest.raises(DataError, match="no array called 'zz'"):
        read(path, options(array="zz"))


def test_the_only_array_with_rows_is_taken_and_that_is_said(path: Path) -> None:
    with h5py.File(path, "w") as file:
        file["spectra"], file["wavelengths"] = X, np.ones(4)
    dataset = read(path)
    np.testing.assert_array_equal(dataset.x, X)
    assert "'spectra' was taken for the data" in dataset.findings[0].text


def test_labels_of_other_data_than_was_asked_for_are_none(path: Path) -> None:
    with h5py.File(path, "w") as file:
        file["images"] = np.zeros((20, 8, 8), np.uint8)
        file["label"] = np.arange(20) % 3
        file["spectra"] = X
        file["kind"] = np.arange(60) % 2
    assert read(path).label_names == ("0", "1", "2")
    options = {"source": str(path), "array": "spectra"}
    spectra = read(path, DataOptions(**options))
    assert spectra.labels is None
    assert spectra.label_fields == ("kind",)
    assert read(path, DataOptions(**options, label_field="kind")).label_names == ("0", "1")


# --- what an attacker would write -----------------------------------------------------------------


def test_nothing_outside_the_file_is_read(tmp_path: Path, path: Path) -> None:
    (tmp_path / "secret.bin").write_bytes(bytes(8 * 60))
    with h5py.File(tmp_path / "other.h5", "w") as file:
        file["x"] = X
    layout = h5py.VirtualLayout(shape=(60, 4), dtype="f8")
    layout[:] = h5py.VirtualSource(str(tmp_path / "other.h5"), "x", shape=(60, 4))
    with h5py.File(path, "w") as file:
        file["linked"] = h5py.ExternalLink(str(tmp_path / "other.h5"), "x")
        file.create_virtual_dataset("viewed", layout)
        file.create_dataset(
            "stored", (60, 1), "f8", external=[(str(tmp_path / "secret.bin"), 0, 480)]
        )
        file["soft"] = h5py.SoftLink("/linked")
    with pytest.raises(DataError, match="holds no array of plain numbers"):
        read(path)


def test_groups_within_themselves_end(path: Path) -> None:
    with h5py.File(path, "w") as file:
        group = file.create_group("a")
        group["b"] = file["/"]
        group["x"] = X
    np.testing.assert_array_equal(read(path).x, X)


def test_a_claim_of_gigabytes_is_refused_before_memory_is_reserved(path: Path) -> None:
    with h5py.File(path, "w") as file:
        file.create_dataset("x", (10**6, 10**5), "f8", chunks=(100, 100), fillvalue=1.0)
    with pytest.raises(DataError, match="would unpack"):
        read(path)


def test_unknown_filters_are_not_loaded(path: Path) -> None:
    with h5py.File(path, "w") as file:
        file.create_dataset("x", data=X, chunks=(60, 4), compression="gzip", shuffle=True)
    content = path.read_bytes()
    # The filter's number in its message (HDF5 file format, IV.A.2.l); 1 is deflate.
    changed = content.replace(
        struct.pack("<HHHH", 1, 8, 1, 1), struct.pack("<HHHH", 32008, 8, 1, 1)
    )
    assert changed != content
    path.write_bytes(changed)
    with pytest.raises(DataError, match="filter that is not part of HDF5"):
        read(path)


@pytest.mark.parametrize("dtype", [h5py.ref_dtype, np.dtype([("a", "f8")]), np.dtype("c16")])
def test_other_types_are_no_data(path: Path, dtype: np.dtype) -> None:
    with h5py.File(path, "w") as file:
        file.create_dataset("x", (60, 4), dtype)
    with pytest.raises(DataError, match="no array of plain numbers"):
        read(path)


def test_every_cut_is_refused(path: Path) -> None:
    with h5py.File(path, "w") as file:
        file["x"] = X
    content = path.read_bytes()
    for share in (0.1, 0.3, 0.6, 0.9):
        path.write_bytes(content[: int(share * len(content))])
        with pytest.raises(DataError):
            read(path)


def test_damage_anywhere_is_read_or_refused(path: Path) -> None:
    with h5py.File(path, "w") as file:
        file.create_dataset("x", data=X, chunks=(20, 4), compression="gzip")
        file["y"] = Y
    content = path.read_bytes()
    for start in np.random.default_rng(0).integers(8, len(content), 8).tolist():
        path.write_bytes(content[:start] + b"\xff" * 4 + content[start + 4 :])
        with suppress(DataError):
            assert read(path).num_samples >= 1
