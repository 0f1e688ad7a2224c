"""Large sets of pictures are decoded once, and opened again in a moment."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from aestudio.data.dataset import Dataset
from aestudio.data.files import cache
from aestudio.data.images import picture_set
from aestudio.data.isolation import decoder_pool
from aestudio.data.options import DataOptions
from aestudio.data.reading import read
from aestudio.data.request import ReadingCancelled
from aestudio.errors import DataError, StorageError

NUM_SOUND = 14


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Fourteen pictures, one whose end is cut off in the middle, and a text."""
    monkeypatch.setattr(picture_set, "FEWEST_PICTURES", 10)
    monkeypatch.setenv("AESTUDIO_CACHE", str(tmp_path / "cache"))
    folder = tmp_path / "pictures"
    random = np.random.default_rng(4)
    for label in ("a", "b"):
        (folder / label).mkdir(parents=True)
    for place in range(NUM_SOUND + 1):
        pixels = random.integers(0, 255, (12, 10, 3)).astype(np.uint8)
        Image.fromarray(pixels).save(folder / "ab"[place % 2] / f"{place:02}.png")
    cut = folder / "b" / "05.png"
    cut.write_bytes(cut.read_bytes()[:-150])
    (folder / "notes.txt").write_text("nothing to see")
    return folder


def entries(tmp_path: Path) -> list[Path]:
    at = tmp_path / "cache"
    return sorted(at.iterdir()) if at.exists() else []


def decodes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise AssertionError("a decoder was started")

    monkeypatch.setattr(decoder_pool.DecoderPool, "run", fail)


def assert_same(a: Dataset, b: Dataset) -> None:
    assert np.array_equal(a.x, b.x)
    assert a.x.dtype == b.x.dtype
    assert (a.sample_names, a.label_names, a.findings) == (
        b.sample_names,
        b.label_names,
        b.findings,
    )
    assert a.labels is not None
    assert b.labels is not None
    assert np.array_equal(a.labels, b.labels)


def test_the_second_time_nothing_is_decoded(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as few:
        few.setattr(picture_set, "FEWEST_PICTURES", 1000)
        plain = read(folder)
    assert entries(tmp_path) == []
    first = read(folder)
    assert_same(first, plain)
    assert first.num_samples == NUM_SOUND
    assert any("05.png" in finding.text for finding in first.findings)
    decodes_nothing(monkeypatch)
    assert_same(read(folder), plain)


def test_other_wishes_and_changed_files_are_decoded_anew(folder: Path, tmp_path: Path) -> None:
    read(folder)
    assert len(entries(tmp_path)) == 1
    assert read(folder, DataOptions(color="grey")).shape == (1, 12, 10)
    assert len(entries(tmp_path)) == 2
    pixels = np.full((12, 10, 3), 7, np.uint8)
    Image.fromarray(pixels).save(folder / "a" / "00.png")
    os.utime(folder / "a" / "00.png", ns=(1, 1))
    assert (read(folder).x[0] == 7).all()
    assert len(entries(tmp_path)) == 3


@pytest.mark.parametrize("damage", ["pixels", "facts.json"])
def test_a_damaged_entry_is_built_again(folder: Path, tmp_path: Path, damage: str) -> None:
    whole = read(folder)
    (entry,) = entries(tmp_path)
    (entry / damage).write_bytes((entry / damage).read_bytes()[:-7])
    assert_same(read(folder), whole)
    (again,) = entries(tmp_path)
    assert (again / "pixels").stat().st_size == whole.x.nbytes


def test_giving_up_leaves_nothing_behind(folder: Path, tmp_path: Path) -> None:
    steps: list[int] = []
    with pytest.raises(ReadingCancelled):
        read(
            folder,
            progress=lambda done, total: steps.append(done),
            is_cancelled=lambda: bool(steps) and steps[-1] > NUM_SOUND,
        )
    assert entries(tmp_path) == []


def test_a_full_disk_is_no_reason_not_to_read(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache, "_RESERVED_BYTES", 2**60)
    assert read(folder).num_samples == NUM_SOUND
    monkeypatch.setattr(picture_set, "memory_limit", lambda: 100)
    with pytest.raises(StorageError, match="are free"):
        read(folder)


def test_what_the_memory_does_not_hold_is_kept_on_the_disk(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = read(folder)
    monkeypatch.setattr(picture_set, "FEWEST_PICTURES", 1000)
    monkeypatch.setattr(picture_set, "memory_limit", lambda: 100)
    assert_same(read(folder), whole)


def test_a_set_without_one_sound_picture_is_refused(folder: Path, tmp_path: Path) -> None:
    for file in folder.rglob("*.png"):
        file.write_bytes(file.read_bytes()[:100])
    with pytest.raises(DataError, match="is a readable picture"):
        read(folder)
    assert entries(tmp_path) == []
