"""Folders of data files without pictures."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from aestudio.data.readers import data_folder
from aestudio.data.reading import read
from aestudio.errors import DataError
from tests.data.making import save_picture, save_zarr

X = np.arange(240.0).reshape(60, 4)


def test_files_of_one_kind_are_joined(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", X)
    (tmp_path / "more").mkdir()
    np.savez(tmp_path / "more" / "b.npz", x=X + 1)
    (tmp_path / "notes.json").write_text("{}")
    (tmp_path / "model.pt").write_bytes(b"anything")
    dataset = read(tmp_path)
    assert (dataset.reader, dataset.source) == ("data-folder", str(tmp_path))
    np.testing.assert_array_equal(dataset.x, np.concatenate([X, X + 1]))
    assert dataset.label_names == ("a", "b")
    assert "2 of 4 files were skipped" in dataset.findings[0].text


def test_a_single_data_file_is_read_as_itself(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", x=X, y=np.arange(60) % 2)
    (tmp_path / "read me.md").write_text("hello")
    dataset = read(tmp_path)
    np.testing.assert_array_equal(dataset.x, X)
    assert dataset.label_names == ("0", "1")


def test_files_of_different_kinds_are_listed(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", X)
    np.save(tmp_path / "b.npy", X[:, :2])
    with pytest.raises(
        DataError, match=r"a.npy \(table, 60 of 4\), b.npy \(table, 60 of 2\)"
    ) as no:
        read(tmp_path)
    assert "one of them" in no.value.next_step


def test_pictures_make_a_folder_one_of_pictures(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", X)
    save_picture(tmp_path / "1.png")
    assert read(tmp_path).reader == "image-folder"


def test_folders_without_data_say_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.npy").write_bytes(b"no array")
    with pytest.raises(DataError, match=r"none of the 1 files is readable: a\.npy"):
        read(tmp_path)
    np.save(tmp_path / "b.npy", X)
    monkeypatch.setattr(data_folder, "_MOST_FILES", 1)
    with pytest.raises(DataError, match="2 files and no pictures"):
        read(tmp_path)


@pytest.mark.parametrize("name", ["README", "Read me.txt", "readme.md", "LICENSE-data.txt"])
def test_notes_beside_the_data_are_no_data(tmp_path: Path, name: str) -> None:
    np.save(tmp_path / "a.npy", X)
    (tmp_path / name).write_text("These were measured in spring.\nPlease cite us.\n")
    dataset = read(tmp_path)
    np.testing.assert_array_equal(dataset.x, X)
    assert f"1 of 2 files was skipped: {name}" in dataset.findings[0].text


def test_data_may_be_called_like_notes(tmp_path: Path) -> None:
    for name in ("license.csv", "changelog_counts.csv"):
        (tmp_path / name).write_text("a,b\n" + "".join(f"{row},{row % 7}\n" for row in range(30)))
    assert read(tmp_path).label_names == ("changelog_counts", "license")


def test_arrays_that_say_what_they_are_belong_together(tmp_path: Path) -> None:
    for part in ("train", "test"):
        np.save(tmp_path / f"X_{part}.npy", X)
        np.save(tmp_path / f"y_{part}.npy", np.arange(60) % 2)
    dataset = read(tmp_path)
    np.testing.assert_array_equal(dataset.x, X)
    assert dataset.label_names == ("0", "1")
    assert dataset.test is not None
    assert (dataset.reader, dataset.source) == ("data-folder", str(tmp_path))


def test_no_array_is_passed_over_because_others_belong_together(tmp_path: Path) -> None:
    for name, x in (("x", X), ("y", np.arange(60) % 2), ("spectra", X[:, :2])):
        np.save(tmp_path / f"{name}.npy", x)
    with pytest.raises(DataError, match=r"spectra\.npy"):
        read(tmp_path)


def test_a_store_among_files_is_one_of_them(tmp_path: Path) -> None:
    save_zarr(tmp_path / "stores" / "a.zarr", 3, X[:30])
    np.save(tmp_path / "b.npy", X[30:])
    dataset = read(tmp_path)
    assert dataset.num_samples == 60
    assert set(dataset.label_names) == {"a", "b"}
    assert dataset.findings == ()
    save_zarr(tmp_path / "stores" / "c.zarr", 3, X)
    assert read(tmp_path / "stores").num_samples == 90
