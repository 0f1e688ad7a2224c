"""Zip archives of pictures, read in place."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import numpy as np
import pytest

from aestudio.data.dataset import Kind, Severity
from aestudio.data.files import doors
from aestudio.data.images.picture_files import member_address, split_address
from aestudio.data.options import DataOptions
from aestudio.data.reading import read
from aestudio.errors import DataError
from tests.data.making import picture, pixel_bomb, zip_bytes


def picture_bytes(mode: str = "RGB", size: tuple[int, int] = (9, 7)) -> bytes:
    stream = io.BytesIO()
    picture(mode, size).save(stream, "PNG")
    return stream.getvalue()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "pictures.zip"


def test_an_archive_is_read_as_the_folder_that_it_holds(tmp_path: Path, path: Path) -> None:
    members = {
        f"pets/{part}/{kind}/{index}.png": picture_bytes(size=(8 + index % 2, 8))
        for part in ("train", "test")
        for kind in ("cats", "dogs")
        for index in range(40)
    }
    path.write_bytes(zip_bytes(members))
    with zipfile.ZipFile(path) as archive:
        archive.extractall(tmp_path / "folder")
    packed, unpacked = read(path), read(tmp_path / "folder")
    assert packed.reader == "image-archive"
    np.testing.assert_array_equal(packed.x, unpacked.x)
    np.testing.assert_array_equal(packed.labels, unpacked.labels)
    assert packed.label_names == ("cats", "dogs")
    assert packed.findings == unpacked.findings
    assert packed.test is not None
    assert unpacked.test is not None
    np.testing.assert_array_equal(packed.test.x, unpacked.test.x)


def test_clutter_is_passed_over_and_damage_is_named(path: Path) -> None:
    members = {f"{index}.png": picture_bytes() for index in range(60)}
    clutter = {"__MACOSX/._1.png": b"x", ".hidden.png": b"x", "folder/": b"", "Thumbs.db": b"x"}
    odd = {"bad.png": picture_bytes()[:60], "bomb.png": pixel_bomb(), "read me.txt": b"hello"}
    path.write_bytes(zip_bytes({**members, **clutter, **odd}))
    dataset = read(path)
    assert (dataset.kind, dataset.num_samples) == (Kind.IMAGES, 60)
    warning, note = dataset.findings
    assert warning.severity is Severity.WARNING
    assert "2 of 63 files were skipped" in warning.text
    assert "bad.png (it is damaged" in warning.text
    assert "100,000,000 pixels" in warning.text
    assert "read me.txt" in note.text


def test_patches_are_cut_out_of_an_archive(path: Path) -> None:
    path.write_bytes(zip_bytes({"a.png": picture_bytes(size=(32, 32)), "b.png": picture_bytes()}))
    assert read(path, DataOptions(patch_size=8)).num_samples == 16


def test_many_members_are_few_enough_for_pictures(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = picture_bytes()
    path.write_bytes(zip_bytes({f"{index}.png": content for index in range(1500)}))
    assert read(path).num_samples == 1500
    monkeypatch.setattr(doors, "MAX_ARCHIVE_FILES", 1499)
    with pytest.raises(DataError, match="too many members"):
        read(path)


def test_a_member_with_another_checksum_is_skipped(path: Path) -> None:
    content = picture_bytes()
    packed = zip_bytes({"a.png": content, "b.png": content}, zipfile.ZIP_STORED)
    # The last byte of the first picture, which no decoder looks at: only the checksum knows it.
    end = packed.index(content) + len(content) - 1
    path.write_bytes(packed[:end] + b"\0" + packed[end + 1 :])
    dataset = read(path)
    assert dataset.sample_names == ("b.png",)
    assert "CRC" in dataset.findings[0].text


def test_an_archive_within_is_not_opened(path: Path) -> None:
    path.write_bytes(zip_bytes({"a.png": picture_bytes(), "more.zip": zip_bytes({"b.png": b"x"})}))
    dataset = read(path)
    assert dataset.sample_names == ("a.png",)
    assert any("more.zip" in finding.text for finding in dataset.findings)


def test_an_address_is_taken_apart_again() -> None:
    assert split_address(member_address("/a b.zip", "c/d.png")) == ("/a b.zip", "c/d.png")
    assert split_address("/a.png") == ("/a.png", "")
