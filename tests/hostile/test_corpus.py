"""What fuzzing once found is read again, and fuzzing itself is tried for a moment."""

from __future__ import annotations

import gzip
import io
import random
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from tests.hostile import guided
from tests.hostile.fuzz import CORPUS, damaged
from tests.hostile.in_process import decoding_in_process
from tests.hostile.minimising import minimised
from tests.hostile.mutating import Rewrap, as_gzip, as_png, as_zip
from tests.hostile.oracle import Target, fault, fault_in
from tests.hostile.seeds import all_seeds, sound_files
from tests.hostile.targets import TARGETS, target_of

#: With the note on what they are, which is no data either.
FOUND = sorted(CORPUS.iterdir())


@pytest.mark.parametrize("path", FOUND, ids=lambda path: path.name)
def test_what_was_found_once_is_read_or_refused(path: Path, tmp_path: Path) -> None:
    target = target_of(path.name)
    if target is None:
        assert fault(path) == ""
        return
    content = path.read_bytes()
    with decoding_in_process():
        for way in range(len(target.ways)):
            place = tmp_path / str(way)
            place.mkdir()
            assert fault_in(target, content, place, way) == ""
    # And as it comes to a person, decoding process and all.
    assert fault_in(target, content, tmp_path, target.way(content)) == ""


@pytest.mark.parametrize("target", TARGETS.values(), ids=lambda target: target.name)
def test_what_fuzzing_begins_with_is_sound(target: Target, tmp_path: Path) -> None:
    """In the process in which it is fuzzed, and in one way; every way is tried while fuzzing."""
    with decoding_in_process():
        for number, content in enumerate(target.seeds):
            place = tmp_path / str(number)
            place.mkdir()
            assert fault_in(target, content, place, target.way(content)) == ""


def test_a_change_gets_past_the_wrapping() -> None:
    """Whatever is changed, some of the results still unpack, which a change at random never does."""

    def flipped(content: bytes, most: int) -> bytes:
        return bytes([content[0] ^ 1]) + content[1:] if content else b"x"

    sound = all_seeds()
    wrapped: list[tuple[Rewrap, bytes, Callable[[bytes], object]]] = [
        (as_zip, sound["npz"][0], lambda content: zipfile.ZipFile(io.BytesIO(content)).testzip()),
        (as_gzip, sound["idx"][1], gzip.decompress),
        (as_png, sound["png"][0], lambda content: Image.open(io.BytesIO(content)).load()),
    ]
    for rewrap, content, unpack in wrapped:
        changed = {rewrap(content, flipped, 2**14, random.Random(seed)) for seed in range(30)}
        assert sum(_unpacks(unpack, one) for one in changed - {content}) >= 1


def _unpacks(unpack: Callable[[bytes], object], content: bytes) -> bool:
    try:
        unpack(content)
    except Exception:
        return False
    return True


def test_the_smallest_part_that_shows_it_is_found() -> None:
    content = bytes(200) + b"bad" + bytes(100) + b"worse" + bytes(50)
    shows = lambda part: b"bad" in part and b"worse" in part  # noqa: E731 - said once
    assert minimised(content, shows, is_over=lambda: False) == b"badworse"
    assert minimised(content, shows, is_over=lambda: True) == content


def test_every_format_is_sound_before_it_is_damaged(tmp_path: Path) -> None:
    for name, path in sound_files(tmp_path / "sound").items():
        # A picture by itself is too small to learn from, and that is a helpful refusal.
        assert fault(path.parent if name == "zarr" else path) == "", name


def test_damage_is_the_same_for_the_same_dice() -> None:
    content = bytes(range(200))
    once, again = (damaged(content, random.Random(7)) for _ in range(2))
    assert once == again != content


def test_a_fault_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> object:
        raise ZeroDivisionError

    monkeypatch.setattr("tests.hostile.oracle.inspect", broken)
    assert "ZeroDivisionError" in fault(tmp_path)


@pytest.mark.slow
def test_fuzzing_led_by_what_is_reached_runs(capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("atheris")
    assert guided.main(["2", "arrays"]) == 0
    said = capsys.readouterr().out
    assert re.match(r"arrays +\d+ s +[1-9][\d,]* executions +[1-9][\d,]* branches, 0 faults", said)
