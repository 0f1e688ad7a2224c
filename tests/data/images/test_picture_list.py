"""Text files and tables that name pictures, with labels or without."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from aestudio.data.dataset import Kind
from aestudio.data.options import DataOptions
from aestudio.data.reading import read
from aestudio.errors import DataError
from tests.data.making import save_picture

COUNT = 20


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for index in range(COUNT):
        save_picture(tmp_path / "list" / "pictures" / f"{index}.png", "RGB", (8, 8 + index % 2))
    return tmp_path / "list"


def rows(line: str) -> str:
    """One line for every picture; ``{i}`` is its number, ``{c}`` its class."""
    return "".join(line.format(i=i, c="cd"[i % 2]) + "\n" for i in range(COUNT))


@pytest.mark.parametrize(
    ("name", "content", "labels"),
    [
        ("a.csv", "file,kind,age\n" + rows("pictures/{i}.png,{c},{i}"), ("c", "d")),
        ("b.csv", "path,age,label\n" + rows("pictures/{i}.png,1.5,{c}"), ("c", "d")),
        ("c.csv", rows("pictures/{i}.png;{c}"), ("c", "d")),
        ("d.tsv", "name\tclass\n" + rows("{i}.png\t{c}"), ("c", "d")),
        ("e.txt", rows("pictures/{i}.png"), ()),
        ("f.txt", rows("pictures/{i}.png {c}"), ("c", "d")),
        ("g.csv", "file,label\n" + rows("pictures\\{i}.png,{c}"), ("c", "d")),
    ],
)
def test_lists_are_read_with_their_labels(
    folder: Path, name: str, content: str, labels: tuple[str, ...]
) -> None:
    (folder / name).write_text(content)
    dataset = read(folder / name)
    assert (dataset.kind, dataset.shape, dataset.num_samples) == (Kind.IMAGES, (3, 9, 9), COUNT)
    assert dataset.label_names == labels
    if labels:
        assert dataset.labels is not None
        np.testing.assert_array_equal(dataset.labels, np.arange(COUNT) % 2)
    in_order = read(folder / "pictures")
    order = [in_order.sample_names.index(f"{index}.png") for index in range(COUNT)]
    np.testing.assert_array_equal(dataset.x, in_order.x[order])


def test_another_column_can_be_the_label(folder: Path) -> None:
    (folder / "a.csv").write_text("file,label,age\n" + rows("pictures/{i}.png,{c},7"))
    dataset = read(folder / "a.csv", DataOptions(label_field="age"))
    assert dataset.label_names == ("7",)
    assert dataset.label_fields == ("label", "age")


def test_nothing_outside_the_folder_of_the_list_is_read(folder: Path, tmp_path: Path) -> None:
    outside = save_picture(tmp_path / "secret.png")
    (folder / "away").symlink_to(tmp_path)
    paths = [
        "../secret.png",
        str(outside),
        "away/secret.png",
        "http://example.org/a.png",
        "\\\\server\\share\\a.png",
        "pictures/../../secret.png",
    ]
    (folder / "a.csv").write_text("file,label\n" + "".join(f"{path},x\n" for path in paths))
    with pytest.raises(DataError, match="no file of the list lies in the folder"):
        read(folder / "a.csv")
    (folder / "a.csv").write_text(
        "file,label\npictures/1.png,x\n" + "".join(f"{path},x\n" for path in paths)
    )
    dataset = read(folder / "a.csv")
    assert dataset.num_samples == 1
    assert "6 files of the list were skipped" in str(dataset.findings)


def test_missing_and_damaged_files_are_skipped_and_keep_labels_in_place(folder: Path) -> None:
    (folder / "pictures" / "1.png").write_bytes(b"text")
    (folder / "pictures" / "2.png").unlink()
    (folder / "a.csv").write_text("file,label\n" + rows("pictures/{i}.png,{i}"))
    dataset = read(folder / "a.csv")
    assert dataset.num_samples == COUNT - 2
    assert dataset.labels is not None
    named = [dataset.label_names[label] for label in dataset.labels]
    assert named == [str(index) for index in range(COUNT) if index not in (1, 2)]
    assert "2 of 20 files were skipped" in str(dataset.findings)


def test_a_table_that_only_mentions_pictures_is_a_table(folder: Path) -> None:
    (folder / "a.csv").write_text("a,b\n" + "".join(f"{i},{i * i}\n" for i in range(30)))
    assert read(folder / "a.csv").kind is Kind.TABLE
