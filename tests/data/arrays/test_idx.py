"""The IDX format: what MNIST's files look like, and what damaged ones do."""

from __future__ import annotations

import gzip
import struct
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from aestudio.data.arrays.idx_format import read_idx
from aestudio.data.dataset import Kind
from aestudio.data.files import folder_listing
from aestudio.data.files.doors import look, open_payload
from aestudio.data.options import DataOptions
from aestudio.data.reading import read
from aestudio.errors import DataError
from tests.data.making import IDX_CODES, idx_bytes, save_picture

rng = np.random.default_rng(0)
IMAGES = rng.integers(0, 256, (6, 5, 4), dtype=np.uint8)
LABELS = np.array([3, 1, 3, 0, 1, 3], dtype=np.uint8)


def save_mnist(folder: Path, *, packed: bool = False, separator: str = "-") -> Path:
    """Save a training and a test part under the names of MNIST's files."""
    folder.mkdir(exist_ok=True)
    for part, rows in (("train", slice(0, 4)), ("t10k", slice(4, 6))):
        for what, values, idx in (("images", IMAGES, "idx3"), ("labels", LABELS, "idx1")):
            name = f"{part}-{what}{separator}{idx}-ubyte" + (".gz" if packed else "")
            content = idx_bytes(values[rows])
            (folder / name).write_bytes(gzip.compress(content) if packed else content)
    return folder


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("separator", ["-", "."])
def test_a_folder_of_pairs_gives_training_and_test(
    tmp_path: Path, packed: bool, separator: str
) -> None:
    dataset = read(save_mnist(tmp_path / "mnist", packed=packed, separator=separator))
    assert dataset.name == "mnist"
    assert dataset.kind is Kind.IMAGES
    assert dataset.reader == "idx"
    np.testing.assert_array_equal(dataset.x, IMAGES[:4, None])
    assert dataset.labels is not None
    assert [dataset.label_names[index] for index in dataset.labels] == ["3", "1", "3", "0"]
    assert dataset.test is not None
    np.testing.assert_array_equal(dataset.test.x, IMAGES[4:, None])


def test_labels_of_both_parts_have_the_same_names(tmp_path: Path) -> None:
    dataset = read(save_mnist(tmp_path / "mnist"))
    assert dataset.test is not None
    assert dataset.test.labels is not None
    shown = [dataset.label_names[index] for index in dataset.test.labels]
    assert dataset.test.label_names == dataset.label_names
    assert shown == ["1", "3"]


def test_a_file_finds_its_twin_and_its_test_part(tmp_path: Path) -> None:
    folder = save_mnist(tmp_path / "mnist", packed=True)
    dataset = read(folder / "train-images-idx3-ubyte.gz")
    assert dataset.labels is not None
    assert dataset.test is not None
    alone = read(folder / "t10k-images-idx3-ubyte.gz")
    assert alone.num_samples == 2
    assert alone.test is None


def test_packed_and_plain_twins_find_each_other(tmp_path: Path) -> None:
    folder = save_mnist(tmp_path / "mnist")
    labels = folder / "train-labels-idx1-ubyte"
    labels.with_name(labels.name + ".gz").write_bytes(gzip.compress(labels.read_bytes()))
    labels.unlink()
    assert read(folder).labels is not None


def test_content_decides_not_the_name(tmp_path: Path) -> None:
    path = tmp_path / "no-suffix-at-all"
    path.write_bytes(idx_bytes(IMAGES))
    assert read(path).shape == (1, 5, 4)


def test_labels_alone_are_refused_with_a_way_out(tmp_path: Path) -> None:
    folder = save_mnist(tmp_path / "mnist")
    with pytest.raises(DataError, match="Choose the file of images"):
        read(folder / "train-labels-idx1-ubyte")


def test_another_number_of_labels_is_refused(tmp_path: Path) -> None:
    folder = save_mnist(tmp_path / "mnist")
    (folder / "train-labels-idx1-ubyte").write_bytes(idx_bytes(LABELS))
    with pytest.raises(DataError, match="4 samples but labels of shape"):
        read(folder)


def test_several_sets_in_one_folder_are_no_guess(tmp_path: Path) -> None:
    for name in ("a-images-idx3-ubyte", "b-images-idx3-ubyte"):
        (tmp_path / name).write_bytes(idx_bytes(IMAGES))
    with pytest.raises(DataError, match="several sets of images"):
        read(tmp_path)


@pytest.mark.parametrize("chosen", ["raw", "", ".."])
def test_files_are_found_where_programs_that_fetch_them_leave_them(
    tmp_path: Path, chosen: str
) -> None:
    (tmp_path / "data" / "MNIST").mkdir(parents=True)
    folder = save_mnist(tmp_path / "data" / "MNIST" / "raw")
    for path in list(folder.iterdir()):
        path.with_name(path.name + ".gz").write_bytes(gzip.compress(path.read_bytes()))
    dataset = read((folder.parent / chosen).resolve())
    assert dataset.reader == "idx"
    np.testing.assert_array_equal(dataset.x, IMAGES[:4, None])
    assert dataset.labels is not None
    assert dataset.test is not None
    assert Path(dataset.source) == (folder.parent / chosen).resolve()


def test_files_of_two_folders_below_are_no_guess(tmp_path: Path) -> None:
    for name in ("MNIST", "FashionMNIST"):
        (tmp_path / name).mkdir()
        save_mnist(tmp_path / name / "raw")
    with pytest.raises(DataError, match="several of its folders hold data") as caught:
        read(tmp_path)
    assert "FashionMNIST/raw, MNIST/raw" in caught.value.reason.replace("\\", "/")
    assert read(tmp_path / "MNIST").num_samples == 4


def test_pictures_beside_the_folder_of_files_are_no_guess(tmp_path: Path) -> None:
    save_mnist(tmp_path / "raw")
    save_picture(tmp_path / "drawn" / "1.png")
    with pytest.raises(DataError, match="several of its folders hold data: drawn, raw"):
        read(tmp_path)


def test_pictures_in_the_folder_itself_are_what_is_meant(tmp_path: Path) -> None:
    save_mnist(tmp_path / "raw")
    save_picture(tmp_path / "1.PNG")
    assert read(tmp_path).reader == "image-folder"


def test_a_first_look_below_ends_where_there_are_many_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_mnist(tmp_path / "a")
    monkeypatch.setattr(folder_listing, "MOST_GLIMPSED", 4)
    assert len(look(tmp_path).below) == 4
    monkeypatch.setattr(folder_listing, "MOST_GLIMPSED", 3)
    assert look(tmp_path).below == ()


def test_a_table_and_colour_images_have_their_dimensions(tmp_path: Path) -> None:
    (tmp_path / "table.idx").write_bytes(idx_bytes(IMAGES.reshape(6, 20)))
    assert read(tmp_path / "table.idx").kind is Kind.TABLE
    (tmp_path / "colour.idx").write_bytes(idx_bytes(IMAGES.reshape(2, 4, 5, 3)))
    assert read(tmp_path / "colour.idx").shape == (3, 4, 5)
    flat = read(tmp_path / "colour.idx", DataOptions(kind="table"))
    assert flat.shape == (60,)


@pytest.mark.parametrize(
    ("head", "reason"),
    [
        (struct.pack(">HBBI", 1, 8, 1, 1), "does not begin like an IDX file"),
        (struct.pack(">HBBI", 0, 10, 1, 1), "unknown code 0x0A"),
        (struct.pack(">HBB", 0, 8, 0), "0 dimensions"),
        (struct.pack(">HBB", 0, 8, 255), "255 dimensions"),
        (struct.pack(">HBBI", 0, 8, 1, 2), "claims 10 bytes but there are 9"),
        (struct.pack(">HBB4I", 0, 14, 4, *[2**32 - 1] * 4), "claims 2,722,258"),
    ],
)
def test_impossible_headers_are_refused(tmp_path: Path, head: bytes, reason: str) -> None:
    path = tmp_path / "x-idx1-ubyte"
    path.write_bytes(head + b"\0")
    with pytest.raises(DataError, match=reason):
        read(path)


def test_every_cut_is_refused(tmp_path: Path) -> None:
    whole = idx_bytes(IMAGES)
    path = tmp_path / "x-idx3-ubyte"
    for cut in range(len(whole)):
        path.write_bytes(whole[:cut])
        with pytest.raises(DataError):
            read(path)


@pytest.mark.parametrize("cut", [3, 20, 60])
def test_a_truncated_gz_names_the_file_and_the_reason(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "train-images-idx3-ubyte.gz"
    path.write_bytes(gzip.compress(idx_bytes(IMAGES))[:cut])
    with pytest.raises(DataError, match="damaged or cut off") as caught:
        read(path)
    assert caught.value.subject.endswith("train-images-idx3-ubyte.gz")
    assert caught.value.next_step


@given(
    st.sampled_from(sorted(IDX_CODES)).flatmap(
        lambda code: hnp.arrays(code, hnp.array_shapes(min_dims=1, max_dims=4, max_side=4))
    ),
    st.booleans(),
)
def test_what_is_written_is_read(
    tmp_path_factory: pytest.TempPathFactory, x: np.ndarray, packed: bool
) -> None:
    path = tmp_path_factory.getbasetemp() / "round-trip.idx"
    path.write_bytes(gzip.compress(idx_bytes(x)) if packed else idx_bytes(x))
    with open_payload(path) as payload:
        stored = read_idx(payload)
    assert stored.dtype == x.dtype
    assert stored.dtype.isnative
    np.testing.assert_array_equal(stored, x)
