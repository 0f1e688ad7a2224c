"""Large sets of pictures are decoded once, and opened again in a moment."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from aestudio.data.dataset import Dataset
from aestudio.data.files import cache
from aestudio.data.images import set_decoding
from aestudio.data.images.plan import ImagePlan
from aestudio.data.isolation import decoder_pool
from aestudio.data.options import DataOptions
from aestudio.data.reading import read
from aestudio.data.request import ReadingCancelled
from aestudio.errors import DataError, StorageError

NUM_SOUND = 14


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Fourteen pictures, one whose end is cut off in the middle, and a text."""
    monkeypatch.setattr(set_decoding, "FEWEST_PICTURES", 10)
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

    monkeypatch.setattr(decoder_pool.DecoderPool, "in_parts", fail)


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
        few.setattr(set_decoding, "FEWEST_PICTURES", 1000)
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
    steps: list[tuple[int, int]] = []
    with pytest.raises(ReadingCancelled):
        read(
            folder,
            progress=lambda done, total: steps.append((done, total)),
            is_cancelled=lambda: bool(steps) and steps[-1][1] > 0,
        )
    assert entries(tmp_path) == []


@pytest.mark.parametrize("asked", [1, 2, 3, 5, 8])
def test_giving_up_is_heard_at_every_stage(folder: Path, tmp_path: Path, asked: int) -> None:
    num_asked = 0

    def is_cancelled() -> bool:
        nonlocal num_asked
        num_asked += 1
        return num_asked >= asked

    with pytest.raises(ReadingCancelled):
        read(folder, is_cancelled=is_cancelled)
    assert num_asked == asked
    assert entries(tmp_path) == []


@pytest.fixture
def mixed(folder: Path) -> Path:
    """Two small pictures among the others, and many texts."""
    for place in (1, 9):
        pixels = np.full((5, 4), 20 * place, np.uint8)
        Image.fromarray(pixels).save(folder / f"{place:02}.png")
    for place in range(20):
        (folder / "a" / f"{place:02}.txt").write_text("nothing to see")
    return folder


@pytest.mark.parametrize("is_kept", [True, False])
@pytest.mark.parametrize("num_guessed_from", [1, 2, 4])
def test_a_wrong_guess_at_the_form_is_put_right(
    mixed: Path, monkeypatch: pytest.MonkeyPatch, num_guessed_from: int, is_kept: bool
) -> None:
    monkeypatch.setattr(set_decoding, "FEWEST_PICTURES", 10 if is_kept else 1000)
    with monkeypatch.context() as all_looked_at:
        all_looked_at.setattr(set_decoding, "_GUESSED_FROM", 1000)
        whole = read(mixed, DataOptions(color="grey"))
    shutil.rmtree(mixed.parent / "cache", ignore_errors=True)
    monkeypatch.setattr(set_decoding, "_GUESSED_FROM", num_guessed_from)
    plans = []
    in_parts = decoder_pool.DecoderPool.in_parts

    def noted(self: decoder_pool.DecoderPool, paths: Sequence[str], plan: ImagePlan | None) -> Any:
        plans.append(plan)
        return in_parts(self, paths, plan)

    monkeypatch.setattr(decoder_pool.DecoderPool, "in_parts", noted)
    assert_same(read(mixed, DataOptions(color="grey")), whole)
    assert whole.num_samples == NUM_SOUND + 2
    decoded = [plan for plan in plans if plan is not None]
    assert [(plan.width, plan.height) for plan in decoded[-1:]] == [whole.shape[:0:-1]]
    if num_guessed_from == 1:
        assert len(decoded) == 2


def test_files_are_skipped_in_their_order(mixed: Path) -> None:
    (mixed / "a" / "02.png").write_bytes(b"x")
    said = " ".join(finding.text for finding in read(mixed).findings)
    assert said.index("02.png") < said.index("05.png")


def test_a_full_disk_is_no_reason_not_to_read(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache, "_RESERVED_BYTES", 2**60)
    assert read(folder).num_samples == NUM_SOUND
    monkeypatch.setattr(set_decoding, "memory_limit", lambda: 100)
    with pytest.raises(StorageError, match="are free"):
        read(folder)


def test_what_the_memory_does_not_hold_is_kept_on_the_disk(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = read(folder)
    monkeypatch.setattr(set_decoding, "FEWEST_PICTURES", 1000)
    monkeypatch.setattr(set_decoding, "memory_limit", lambda: 100)
    assert_same(read(folder), whole)


def test_a_set_without_one_sound_picture_is_refused(folder: Path, tmp_path: Path) -> None:
    for file in folder.rglob("*.png"):
        file.write_bytes(file.read_bytes()[:100])
    with pytest.raises(DataError, match="is a readable picture"):
        read(folder)
    assert entries(tmp_path) == []
