"""Sound: what Python's own writer writes, other programs' forms, and damaged files."""

from __future__ import annotations

import struct
import wave
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aestudio.data.dataset import Kind
from aestudio.data.options import DataOptions
from aestudio.data.reading import read
from aestudio.data.series.wav_format import read_wav
from aestudio.errors import DataError, StudioError

pytestmark = pytest.mark.opens_files


def recorded(path: Path, x: np.ndarray, rate: int = 8000) -> Path:
    """Write (L, C) 16-bit numbers with Python's own writer."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(x.shape[1])
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(x.astype("<i2").tobytes())
    return path


def wav_bytes(
    content: bytes,
    *,
    code: int = 1,
    channels: int = 1,
    bits: int = 16,
    rate: int = 8000,
    claimed: int | None = None,
    extra: bytes = b"",
) -> bytes:
    frame = channels * bits // 8
    head = struct.pack("<HHIIHH", code, channels, rate, rate * frame, frame, bits) + extra
    size = len(content) if claimed is None else claimed
    body = b"fmt " + struct.pack("<I", len(head)) + head
    # A part of odd length is followed by a byte that is no content.
    body += b"LIST" + struct.pack("<I", 3) + b"abc\0"
    body += b"data" + struct.pack("<I", size) + content
    return b"RIFF" + struct.pack("<I", 4 + len(body)) + b"WAVE" + body


@pytest.fixture
def tone() -> np.ndarray:
    moments = np.arange(4000) / 8000
    return np.stack(
        [20_000 * np.sin(2 * np.pi * 440 * moments), 9_000 * np.cos(2 * np.pi * 100 * moments)], 1
    ).astype(np.int16)


def test_a_recording_is_cut_into_windows_with_times(tmp_path: Path, tone: np.ndarray) -> None:
    found = read(recorded(tmp_path / "tone.wav", tone), DataOptions(window=200))
    assert (found.kind, found.reader, found.x.shape) == (Kind.SEQUENCES, "wav", (20, 200, 2))
    assert np.array_equal(found.x.reshape(-1, 2), tone)
    assert found.feature_names == ("left", "right")
    assert found.times is not None
    assert np.allclose(found.times.of(np.array([3]))[0], (600 + np.arange(200)) / 8000)
    assert found.sample_names[3].startswith("0.075")
    assert found.sample_names[3].endswith(" s")
    assert ("Sampling rate", "8,000 Hz") in found.read_as


def test_without_a_word_windows_are_chosen(tmp_path: Path, tone: np.ndarray) -> None:
    found = read(recorded(tmp_path / "tone.wav", tone))
    assert found.windows is not None
    assert any("were chosen" in finding.text for finding in found.findings)


@pytest.mark.parametrize(
    ("code", "bits", "dtype"),
    [(1, 8, "u1"), (1, 16, "<i2"), (1, 32, "<i4"), (3, 32, "<f4"), (3, 64, "<f8")],
)
def test_every_plain_form_keeps_its_numbers(
    tmp_path: Path, code: int, bits: int, dtype: str
) -> None:
    rng = np.random.default_rng(0)
    x = (rng.normal(size=300) * 50 + 100).clip(0, 250).astype(dtype)
    path = tmp_path / "a.wav"
    path.write_bytes(wav_bytes(x.tobytes(), code=code, bits=bits))
    sound = read_wav(path)
    assert sound.values.dtype == np.dtype(dtype)
    assert np.array_equal(sound.values[:, 0], x)


def test_numbers_of_three_bytes_keep_their_value(tmp_path: Path) -> None:
    values = [0, 1, -1, 8_388_607, -8_388_608, 123_456]
    content = b"".join(value.to_bytes(3, "little", signed=True) for value in values)
    path = tmp_path / "a.wav"
    path.write_bytes(wav_bytes(content, bits=24))
    assert read_wav(path).values[:, 0].tolist() == values


def test_the_extensible_form_and_a_size_that_was_never_filled_in(tmp_path: Path) -> None:
    x = np.arange(100, dtype="<i2")
    extra = struct.pack("<HHIH", 22, 16, 4, 1) + b"\x00" * 14
    path = tmp_path / "a.wav"
    for claimed in (None, 0, 0xFFFFFFFF):
        path.write_bytes(wav_bytes(x.tobytes(), code=0xFFFE, extra=extra, claimed=claimed))
        assert np.array_equal(read_wav(path).values[:, 0], x)


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (wav_bytes(b"\0" * 10, claimed=1000), "claims 1,000 bytes of sound and there are 10"),
        (wav_bytes(b"\0" * 10, code=6, bits=8), "stored as A-law with 8 bits"),
        (wav_bytes(b"", channels=1), "holds no sound"),
        (wav_bytes(b"\0" * 10, channels=0), "claims 0 channels"),
        (b"RIFX" + wav_bytes(b"\0" * 10)[4:], "form RIFX"),
        (wav_bytes(b"\0" * 10)[:30], "claims 16 bytes"),
        (wav_bytes(b"\0" * 10)[:36], "there is no sound"),
    ],
)
def test_what_is_wrong_with_a_file_is_said(tmp_path: Path, content: bytes, what: str) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(content)
    with pytest.raises(DataError, match=what):
        read(path)


def test_a_folder_of_recordings_has_its_subfolders_as_classes(
    tmp_path: Path, tone: np.ndarray
) -> None:
    for name in ("bell/1.wav", "bell/2.wav", "horn/3.wav", "horn/4.wav"):
        path = tmp_path / "sounds" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        recorded(path, tone, rate=44100 if name.endswith("4.wav") else 8000)
    (tmp_path / "sounds" / "bell" / "5.wav").write_bytes(b"RIFF0000WAVEjunk")
    found = read(tmp_path / "sounds", DataOptions(window=1000))
    assert found.x.shape == (12, 1000, 2)
    assert found.label_names == ("bell", "horn")
    assert found.labels is not None
    assert found.labels.tolist() == [0] * 8 + [1] * 4
    assert found.sample_names[4].startswith("bell/2.wav")
    (left_out,) = [finding for finding in found.findings if "left out" in finding.text]
    assert "2 of 5 recordings" in left_out.text
    assert "44,100 Hz" in left_out.text


def test_a_large_recording_stays_in_its_file(
    tmp_path: Path, tone: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("aestudio.data.series.wav_format.MAP_FROM_BYTES", 1000)
    found = read(recorded(tmp_path / "tone.wav", tone), DataOptions(window=200, window_stride=10))
    assert np.array_equal(found.x[7], tone[70:270])
    from aestudio.data.files.mapped_file import check_unchanged

    check_unchanged(found.x)
    with (tmp_path / "tone.wav").open("ab") as file:
        file.write(b"more")
    with pytest.raises(DataError, match="changed"):
        check_unchanged(found.x)


@settings(max_examples=60)
@given(st.binary(max_size=60), st.integers(0, 80))
def test_whatever_is_written_over_its_header_it_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, noise: bytes, place: int
) -> None:
    content = wav_bytes(np.arange(200, dtype="<i2").tobytes())
    path = tmp_path_factory.mktemp("wav") / "a.wav"
    path.write_bytes(content[:place] + noise + content[place + len(noise) :])
    refusal: StudioError | None = None
    try:
        assert read(path, DataOptions(kind="series")).num_samples > 0
    except StudioError as error:
        refusal = error
    assert refusal is None or refusal.next_step
