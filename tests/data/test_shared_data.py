"""The real data sets, read as a person would drop them on the window."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from aestudio.data.dataset import Kind
from aestudio.data.options import DataOptions
from aestudio.data.reading import read
from aestudio.workflows.datasets.collection import Collection, survey

pytestmark = pytest.mark.shared_data


def test_mnist_is_two_parts_of_digits(shared_data: Path) -> None:
    dataset = read(shared_data / "mnist")
    assert (dataset.num_samples, dataset.shape) == (60_000, (1, 28, 28))
    assert dataset.x.dtype == np.uint8
    assert dataset.label_names == tuple("0123456789")
    assert dataset.findings == ()
    assert dataset.test is not None
    assert dataset.test.num_samples == 10_000
    assert dataset.test.label_names == dataset.label_names
    # The mean brightness that is published for this data set.
    assert dataset.x.mean() / 255 == pytest.approx(0.1307, abs=5e-5)


def test_one_file_of_mnist_finds_the_rest(shared_data: Path) -> None:
    dataset = read(shared_data / "mnist" / "t10k-images-idx3-ubyte.gz")
    assert dataset.num_samples == 10_000
    assert dataset.labels is not None
    assert dataset.test is None


@pytest.mark.parametrize(
    ("folder", "count", "channels"), [("blood-cells", 364, 3), ("emoji", 1433, 4)]
)
def test_folders_of_pictures_are_read(
    shared_data: Path, folder: str, count: int, channels: int
) -> None:
    dataset = read(shared_data / folder)
    assert (dataset.num_samples, dataset.shape) == (count, (channels, 64, 64))
    assert dataset.labels is None
    (finding,) = dataset.findings
    assert "brought to 64 x 64" in finding.text


def test_photographs_keep_their_look(shared_data: Path) -> None:
    from PIL import Image

    folder = shared_data / "blood-cells"
    dataset = read(folder, DataOptions(image_size=64, image_fit="stretch"))
    with Image.open(folder / dataset.sample_names[0]) as image:
        reference = np.asarray(image.resize((64, 64), Image.Resampling.BOX), dtype=np.float64)
    difference = np.moveaxis(dataset.x[0], 0, 2) - reference
    assert np.sqrt((difference**2).mean()) < 4


@pytest.mark.parametrize(
    ("name", "count", "columns"),
    [
        ("2_annthyroid", 7200, 6),
        ("20_letter", 1600, 32),
        ("26_optdigits", 5216, 64),
        ("45_wine", 129, 13),
    ],
)
def test_tables_of_anomalies_have_their_labels(
    shared_data: Path, name: str, count: int, columns: int
) -> None:
    dataset = read(shared_data / "adbench" / f"{name}.npz")
    assert dataset.kind is Kind.TABLE
    assert (dataset.num_samples, dataset.shape) == (count, (columns,))
    assert dataset.label_names == ("0", "1")


@pytest.mark.parametrize(
    ("folder", "count", "kinds"),
    [
        ("adbench", 14, {"table"}),
        ("nab", 5, {"sequences"}),
        ("series", 2, {"sequences"}),
        ("text", 2, {"tokens"}),
    ],
)
def test_every_data_set_of_a_folder_is_told_of(
    shared_data: Path, folder: str, count: int, kinds: set[str]
) -> None:
    found = survey(shared_data / folder)
    assert isinstance(found, Collection)
    assert len(found.entries) == count
    assert [entry.problem for entry in found.entries] == [None] * count
    assert {entry.kind for entry in found.entries} == kinds
    if folder == "adbench":
        assert {entry.labels for entry in found.entries} == {("0", "1")}
