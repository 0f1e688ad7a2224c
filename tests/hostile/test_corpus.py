"""What fuzzing once found is read again, and fuzzing itself is tried for a moment."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.hostile.fuzz import CORPUS, damaged, fault, sound_files

#: With the note on what they are, which is no data either.
FOUND = sorted(CORPUS.iterdir())


@pytest.mark.parametrize("path", FOUND, ids=lambda path: path.name)
def test_what_was_found_once_is_read_or_refused(path: Path) -> None:
    assert fault(path) == ""


def test_every_format_is_sound_before_it_is_damaged(tmp_path: Path) -> None:
    for name, path in sound_files(tmp_path / "sound").items():
        # A picture by itself is too small to learn from, and that is a helpful refusal.
        assert fault(path.parent if name == "zarr" else path) == "", name


def test_damage_is_the_same_for_the_same_dice() -> None:
    content = bytes(range(200))
    once, again = (damaged(content, random.Random(7)) for _ in range(2))
    assert once == again != content


def test_a_fault_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: object) -> object:
        raise ZeroDivisionError

    monkeypatch.setattr("tests.hostile.fuzz.read", broken)
    assert "ZeroDivisionError" in fault(tmp_path)
