"""Folders of data files without pictures."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from aestudio.data.readers import data_folder
from aestudio.data.reading import read
from aestudio.errors import DataError
from tests.data.making import save_picture

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
