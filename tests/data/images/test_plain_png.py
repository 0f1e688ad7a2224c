"""The short way through plain PNG files gives what Pillow gives, or nothing."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from aestudio.data.images import decoded_picture
from aestudio.data.images.decoded_picture import decode
from aestudio.data.images.plain_png import MOST_BYTES, open_plain
from aestudio.data.images.plan import ImagePlan
from tests.data.making import png_chunk


def png(pixels: np.ndarray, **how: Any) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "PNG", **how)
    return stream.getvalue()


def random_pixels(*shape: int) -> np.ndarray:
    return np.random.default_rng(sum(shape)).integers(0, 256, shape).astype(np.uint8)


def with_chunk(content: bytes, chunk: bytes) -> bytes:
    """Insert a chunk behind the header."""
    return content[:33] + chunk + content[33:]


def as_pillow_sees(content: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(content), formats=("PNG",))
    image.load()
    return image


@given(
    height=st.integers(1, 20),
    width=st.integers(1, 20),
    channels=st.sampled_from([0, 3]),
    level=st.integers(0, 9),
)
def test_plain_pictures_have_the_pixels_that_were_saved(
    height: int, width: int, channels: int, level: int
) -> None:
    pixels = random_pixels(*((height, width, channels) if channels else (height, width)))
    image = open_plain(png(pixels, compress_level=level))
    assert image is not None
    assert np.array_equal(np.asarray(image), pixels)


def test_the_five_filters_and_several_parts_are_undone() -> None:
    pixels = random_pixels(5, 4, 3)
    lines = b"".join(bytes([0]) + row.tobytes() for row in pixels)
    packed = zlib.compress(lines)
    content = png(pixels)[:33]
    for start in range(0, len(packed), 7):
        content += png_chunk(b"IDAT", packed[start : start + 7])
    content += png_chunk(b"IEND", b"")
    image = open_plain(content)
    assert image is not None
    assert np.array_equal(np.asarray(image), pixels)
    # A gradient, for which Pillow's own writer takes every filter in turn.
    gradient = np.add.outer(np.arange(64), np.arange(48))[..., None] * [1, 2, 3]
    smooth = (gradient % 256).astype(np.uint8)
    image = open_plain(png(smooth, optimize=True))
    assert image is not None
    assert np.array_equal(np.asarray(image), smooth)


def test_harmless_parts_are_passed_over() -> None:
    content = png(random_pixels(3, 3, 3))
    for chunk in (
        png_chunk(b"gAMA", struct.pack(">I", 45455)),
        png_chunk(b"sRGB", b"\0"),
        png_chunk(b"pHYs", struct.pack(">IIB", 1, 1, 0)),
    ):
        assert open_plain(with_chunk(content, chunk)) is not None


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x89PNG\r\n\x1a\n",
        png(random_pixels(4, 4, 4)),
        png(random_pixels(4, 4).astype(np.uint16) * 257),
        with_chunk(png(random_pixels(4, 4)), png_chunk(b"tRNS", b"\0\7")),
        with_chunk(png(random_pixels(4, 4)), png_chunk(b"tEXt", b"transparency\0x")),
        with_chunk(png(random_pixels(4, 4)), png_chunk(b"acTL", struct.pack(">II", 2, 0))),
        with_chunk(png(random_pixels(4, 4)), png_chunk(b"gAMA", b"\0")),
        with_chunk(png(random_pixels(4, 4)), png_chunk(b"sRGB", b"\0")[:-1] + b"?"),
        png(random_pixels(4, 4)) + b"more",
        png(random_pixels(4, 4))[:-1],
    ],
)
def test_everything_else_is_left_to_pillow(content: bytes) -> None:
    assert open_plain(content) is None


def test_too_many_pixels_are_left_to_pillow(monkeypatch: pytest.MonkeyPatch) -> None:
    content = png(random_pixels(4, 4))
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 15)
    assert open_plain(content) is None
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 16)
    assert open_plain(content) is not None


@given(place=st.integers(0, 200), value=st.integers(0, 255), kept=st.integers(40, 200))
def test_of_a_damaged_file_come_the_pixels_of_pillow_or_none(
    place: int, value: int, kept: int
) -> None:
    content = bytearray(png(random_pixels(7, 6, 3)))
    content[place % len(content)] = value
    for damaged in (bytes(content), bytes(content[:kept])):
        image = open_plain(damaged)
        if image is not None:
            assert image.tobytes() == as_pillow_sees(damaged).tobytes()


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("shape", [(9, 7), (9, 7, 3)])
@pytest.mark.parametrize("side", [5, 9])
def test_facts_and_pixels_are_those_of_the_long_way(
    monkeypatch: pytest.MonkeyPatch, channels: int, shape: tuple[int, ...], side: int
) -> None:
    wanted = ImagePlan(
        width=7,
        height=side,
        channels=channels,
        numbers="uint8",
        fit="letterbox",
        background="white",
    )
    content = png(random_pixels(*shape))
    short = decode(io.BytesIO(content), wanted)
    monkeypatch.setattr(decoded_picture, "open_plain", lambda content: None)
    assert decode(io.BytesIO(content), wanted) == short


def test_large_files_and_those_with_notes_take_the_long_way() -> None:
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Software", "x" * MOST_BYTES)
    pixels = random_pixels(2, 3)
    plan = ImagePlan(
        width=3, height=2, channels=1, numbers="uint8", fit="letterbox", background="white"
    )
    _, found = decode(io.BytesIO(png(pixels, pnginfo=notes)), plan)
    assert found == pixels.tobytes()
