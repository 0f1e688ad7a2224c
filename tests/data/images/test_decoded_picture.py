"""What becomes of one picture: channels, depth, orientation, size."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

import numpy as np
import pytest
import tifffile
from PIL import Image

from aestudio.data.images.decoded_picture import decode, probe
from aestudio.data.images.plan import ImageFacts, ImagePlan
from aestudio.errors import DataError
from tests.data.making import picture, pixel_bomb, png_chunk


def plan(
    width: int = 6,
    height: int = 4,
    channels: int = 3,
    numbers: str = "uint8",
    fit: str = "letterbox",
    background: str = "white",
) -> ImagePlan:
    return ImagePlan(
        width=width,
        height=height,
        channels=channels,
        numbers=numbers,
        fit=fit,
        background=background,
    )


def saved(image: Image.Image, form: str = "PNG", **how: Any) -> io.BytesIO:
    stream = io.BytesIO()
    image.save(stream, form, **how)
    stream.seek(0)
    return stream


def decoded(stream: io.BytesIO, wanted: ImagePlan) -> tuple[ImageFacts, np.ndarray]:
    facts, pixels = decode(stream, wanted)
    assert len(pixels) == wanted.num_bytes
    shape = (wanted.channels, wanted.height, wanted.width)
    return facts, np.frombuffer(pixels, wanted.numbers).reshape(shape)


def channels_first(image: Image.Image) -> np.ndarray:
    x = np.asarray(image)
    return x[None] if x.ndim == 2 else np.moveaxis(x, 2, 0)


# --- channels -------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["PNG", "BMP", "TIFF", "GIF", "WEBP", "JPEG"])
def test_every_allowed_format_is_read(form: str) -> None:
    how = {"lossless": True} if form == "WEBP" else {}
    stream = saved(picture("L", (6, 4)), form, **how)
    facts = probe(stream)
    assert (facts.width, facts.height) == (6, 4)
    stream.seek(0)
    _, x = decoded(stream, plan(channels=1))
    tolerance = 8 if form == "JPEG" else 0
    expected = channels_first(picture("L", (6, 4))).astype(int)
    assert np.abs(x.astype(int) - expected).max() <= tolerance


@pytest.mark.parametrize(
    ("mode", "channels"),
    [("1", 1), ("L", 1), ("RGB", 3), ("P", 3), ("LA", 4), ("RGBA", 4)],
)
def test_modes_have_their_channels(mode: str, channels: int) -> None:
    stream = saved(picture("RGB" if mode == "P" else "RGBA", (6, 4)).convert(mode))
    assert probe(stream).channels == channels


def test_colours_are_kept_exactly_in_their_order() -> None:
    image = picture("RGB", (6, 4))
    _, x = decoded(saved(image), plan())
    np.testing.assert_array_equal(x, channels_first(image))


def test_grey_is_the_brightness_of_the_standard() -> None:
    image = picture("RGB", (6, 4))
    _, x = decoded(saved(image), plan(channels=1))
    expected = channels_first(image).T @ [0.299, 0.587, 0.114]
    assert np.abs(x[0] - expected.T).max() <= 1


def test_a_palette_of_greys_is_grey() -> None:
    image = picture("L", (6, 4)).convert("P")
    image.putpalette([value for grey in range(256) for value in (grey, grey, grey)])
    assert probe(saved(image)).channels == 1


def test_a_transparent_palette_entry_is_transparency() -> None:
    image = Image.new("P", (2, 1))
    image.putpalette([255, 0, 0, 0, 0, 255])
    image.putdata([0, 1])
    stream = saved(image, transparency=1)
    assert probe(stream).channels == 4
    stream.seek(0)
    _, x = decoded(stream, plan(2, 1, 4))
    assert x[:, 0, 0].tolist() == [255, 0, 0, 255]
    assert x[3, 0, 1] == 0


def test_a_transparent_grey_is_transparency() -> None:
    stream = saved(Image.fromarray(np.array([[0, 128]], np.uint8)), transparency=128)
    assert probe(stream).channels == 4
    stream.seek(0)
    _, x = decoded(stream, plan(2, 1, 4))
    assert x[3].tolist() == [[255, 0]]


@pytest.mark.parametrize(("background", "behind"), [("white", 255), ("black", 0)])
@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_transparency_is_laid_over_the_background(mode: str, background: str, behind: int) -> None:
    pixel = np.array([[[40, 40, 40, 51]]], np.uint8)
    image = Image.fromarray(pixel, "RGBA").convert(mode)
    _, x = decoded(saved(image), plan(1, 1, 3, background=background))
    assert np.abs(x.astype(int) - round(40 * 0.2 + behind * 0.8)).max() <= 1


def test_hidden_colours_behind_full_transparency_are_not_kept() -> None:
    pixels = np.array([[[9, 99, 199, 0], [9, 99, 199, 1]]], np.uint8)
    facts, x = decoded(saved(Image.fromarray(pixels, "RGBA")), plan(2, 1, 4))
    assert x[:, 0, 0].tolist() == [255, 255, 255, 0]
    assert x[:, 0, 1].tolist() == [9, 99, 199, 1]
    assert not facts.is_opaque


def test_opaque_and_colourless_pictures_say_so() -> None:
    image = picture("L", (6, 4))
    assert decoded(saved(image.convert("RGBA")), plan(channels=4))[0].is_opaque
    assert decoded(saved(image.convert("RGB")), plan())[0].is_colourless
    facts, _ = decoded(saved(picture("RGB", (6, 4))), plan())
    assert not facts.is_colourless


@pytest.mark.parametrize("form", ["JPEG", "TIFF"])
def test_cmyk_equals_its_reference(form: str) -> None:
    image = picture("CMYK", (16, 16))
    stream = saved(image, form)
    facts = probe(stream)
    assert facts.channels == 3
    stream.seek(0)
    _, x = decoded(stream, plan(16, 16))
    reference = Image.open(saved(image, form)).convert("RGB")
    np.testing.assert_array_equal(x, channels_first(reference))


# --- depth ----------------------------------------------------------------------------------------

RAMP = np.linspace(0, 65535, 24).astype(np.uint16).reshape(4, 6)


@pytest.mark.parametrize("form", ["PNG", "TIFF"])
def test_sixteen_bits_are_kept(form: str) -> None:
    stream = saved(Image.fromarray(RAMP), form)
    assert probe(stream).numbers == "uint16"
    stream.seek(0)
    _, x = decoded(stream, plan(channels=1, numbers="uint16"))
    np.testing.assert_array_equal(x[0], RAMP)


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("planar", ["contig", "separate"])
def test_sixteen_bits_of_colour_are_kept(order: str, planar: str) -> None:
    colour = np.stack([RAMP, 65535 - RAMP, RAMP // 2], axis=2)
    stream = io.BytesIO()
    shaped = colour if planar == "contig" else np.moveaxis(colour, 2, 0)
    tifffile.imwrite(stream, shaped.copy(), byteorder=order, photometric="rgb", planarconfig=planar)
    stream.seek(0)
    facts = probe(stream)
    assert (facts.numbers, facts.channels) == ("uint16", 3)
    stream.seek(0)
    facts, x = decoded(stream, plan(numbers="uint16"))
    np.testing.assert_array_equal(x, np.moveaxis(colour, 2, 0))
    assert not facts.is_reduced


def png_of_16_bit_colour() -> io.BytesIO:
    row = b"\0" + struct.pack(">6H", 0x1234, 0xFFFF, 0, 0x8000, 0x8000, 0x8000)
    return io.BytesIO(
        b"\x89PNG\r\n\x1a\n"
        + png_chunk(b"IHDR", struct.pack(">IIBBBBB", 2, 1, 16, 2, 0, 0, 0))
        + png_chunk(b"IDAT", zlib.compress(row))
        + png_chunk(b"IEND", b"")
    )


def test_bits_that_are_lost_are_admitted() -> None:
    facts, x = decoded(png_of_16_bit_colour(), plan(2, 1))
    assert facts.is_reduced
    assert x[:, 0, 0].tolist() == [0x12, 0xFF, 0]


def test_floating_point_values_stay_as_they_are() -> None:
    values = np.array([[-3.5, 0.0, 7e5]], np.float32)
    stream = saved(Image.fromarray(values), "TIFF")
    assert probe(stream).numbers == "float32"
    stream.seek(0)
    _, x = decoded(stream, plan(3, 1, 1, "float32"))
    np.testing.assert_array_equal(x[0], values)


@pytest.mark.parametrize(
    ("numbers", "expected"), [("uint16", [0, 257 * 51, 65535]), ("float32", [0, 0.2, 1])]
)
def test_bytes_among_deeper_pictures_span_the_same_range(
    numbers: str, expected: list[float]
) -> None:
    stream = saved(Image.fromarray(np.array([[0, 51, 255]], np.uint8)))
    _, x = decoded(stream, plan(3, 1, 1, numbers))
    np.testing.assert_allclose(x[0, 0], expected, rtol=1e-6)


def test_deep_pictures_among_bytes_are_not_clipped() -> None:
    _, x = decoded(saved(Image.fromarray(RAMP)), plan(channels=1))
    np.testing.assert_array_equal(x[0], np.rint(RAMP / 257))


def test_deep_transparency_is_laid_over_the_background() -> None:
    stream = saved(Image.fromarray(np.array([[[0, 0, 0, 0]]], np.uint8), "RGBA"))
    _, x = decoded(stream, plan(1, 1, 1, "uint16"))
    assert x.tolist() == [[[65535]]]


# --- orientation ----------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_cameras_orientation_is_undone(orientation: int, form: str) -> None:
    upright = Image.new("RGB", (32, 16), "black")
    upright.paste("white", (0, 0, 16, 8))
    turned = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    stored = upright if orientation == 1 else upright.transpose(turned[orientation])
    exif = Image.Exif()
    exif[0x0112] = orientation
    stream = saved(stored, form, exif=exif)
    facts = probe(stream)
    stream.seek(0)
    _, x = decoded(stream, plan(32, 16))
    assert (facts.width, facts.height) == (32, 16)
    assert np.abs(x.astype(int) - channels_first(upright)).max() < 40


def test_damaged_notes_of_the_camera_are_ignored() -> None:
    stream = saved(picture("RGB", (6, 4)), exif=b"Exif\0\0MM\0*\xff\xff\xff\xff" + bytes(50))
    assert probe(stream).width == 6
    stream.seek(0)
    decoded(stream, plan())


def test_a_damaged_colour_profile_is_ignored() -> None:
    stream = saved(picture("RGB", (6, 4)), "PNG", icc_profile=b"nonsense" * 1000)
    _, x = decoded(stream, plan())
    np.testing.assert_array_equal(x, channels_first(picture("RGB", (6, 4))))


# --- size -----------------------------------------------------------------------------------------


def test_letterbox_keeps_the_whole_picture_between_borders() -> None:
    image = Image.new("RGB", (40, 20), (200, 10, 10))
    _, x = decoded(saved(image), plan(8, 8, background="black"))
    assert (x[0, 2:6] == 200).all()
    assert (x[:, :2] == 0).all()
    assert (x[:, 6:] == 0).all()


def test_crop_fills_the_frame_with_the_middle() -> None:
    image = Image.new("L", (40, 20), 0)
    image.paste(255, (10, 0, 30, 20))
    _, x = decoded(saved(image), plan(8, 8, 1, fit="crop"))
    # A little of what was cut off reaches into the outermost pixels.
    assert (x[:, :, 1:-1] == 255).all()
    assert x.min() > 200


def test_stretch_fills_the_frame_with_everything() -> None:
    image = Image.new("L", (40, 20), 0)
    image.paste(255, (20, 0, 40, 20))
    _, x = decoded(saved(image), plan(8, 8, 1, fit="stretch"))
    assert (x[0, :, 0] == 0).all()
    assert (x[0, :, 7] == 255).all()


@pytest.mark.parametrize("size", [(1, 1), (1, 300), (300, 1), (3, 2)])
@pytest.mark.parametrize("fit", ["letterbox", "crop", "stretch"])
def test_odd_sizes_are_brought_to_the_frame(size: tuple[int, int], fit: str) -> None:
    _, x = decoded(saved(Image.new("L", size, 77)), plan(8, 8, 1, fit=fit))
    assert (x == 77).any()


def test_borders_of_transparent_pictures_are_transparent() -> None:
    _, x = decoded(saved(Image.new("RGBA", (4, 2), (1, 2, 3, 255))), plan(4, 4, 4))
    assert x[3, 0].tolist() == [0, 0, 0, 0]
    assert x[3, 1].tolist() == [255, 255, 255, 255]


def test_a_large_jpeg_is_the_same_picture_when_decoded_small() -> None:
    smooth = np.add.outer(np.arange(480) / 4, np.arange(640) / 6).astype(np.uint8)
    stream = saved(Image.fromarray(smooth), "JPEG", quality=95)
    _, x = decoded(stream, plan(64, 48, 1))
    reference = np.asarray(Image.fromarray(smooth).resize((64, 48), Image.Resampling.BOX))
    assert np.abs(x[0].astype(int) - reference).max() <= 4


def test_shrinking_deep_pictures_stays_in_range() -> None:
    sharp = np.where(np.indices((64, 64)).sum(axis=0) % 16 < 8, 0, 65535).astype(np.uint16)
    _, x = decoded(saved(Image.fromarray(sharp)), plan(20, 20, 1, "uint16"))
    assert x.min() >= 0
    assert x.max() > 60000


# --- refusals -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content", [b"", b"x", b"just a text", b"%PDF-1.4", b"%!PS-Adobe", b"8BPS\0\1", b"SIMPLE  ="]
)
def test_other_content_is_refused(content: bytes) -> None:
    with pytest.raises(DataError, match="no picture"):
        probe(io.BytesIO(content))


def test_only_the_beginning_of_a_picture_is_refused() -> None:
    with pytest.raises(DataError, match="begins like GIF but is damaged"):
        probe(io.BytesIO(b"GIF89a"))


def test_a_bomb_is_refused_before_it_is_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 10**8)
    with pytest.raises(DataError, match="more than 100,000,000 pixels"):
        probe(io.BytesIO(pixel_bomb()))


@pytest.mark.parametrize(("limit", "is_read"), [(24, True), (23, False)])
def test_the_limit_itself_is_allowed(
    monkeypatch: pytest.MonkeyPatch, limit: int, is_read: bool
) -> None:
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", limit)
    stream = saved(picture("RGB", (6, 4)))
    if is_read:
        assert probe(stream).width == 6
    else:
        with pytest.raises(DataError, match="more than 23 pixels"):
            probe(stream)


def test_several_pictures_in_a_file_are_noticed_without_reading_them() -> None:
    frames = [Image.new("L", (6, 4), value) for value in range(0, 200, 2)]
    for form in ("GIF", "PNG", "WEBP", "TIFF"):
        stream = saved(frames[0], form, save_all=True, append_images=frames[1:])
        assert probe(stream).has_more, form
        stream.seek(0)
        _, x = decoded(stream, plan(channels=1))
        assert x.max() == 0
        stream = saved(frames[0], form)
        assert not probe(stream).has_more, form


def sixteen_bit_colour(**how: Any) -> io.BytesIO:
    stream = io.BytesIO()
    tifffile.imwrite(stream, np.stack([RAMP] * 3, axis=2), photometric="rgb", **how)
    stream.seek(0)
    return stream


def test_without_the_means_to_unpack_the_upper_bits_are_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def cannot(*_: object) -> None:
        raise ValueError("requires the 'imagecodecs' package")

    monkeypatch.setattr(tifffile.TiffPage, "asarray", cannot)
    facts, x = decoded(sixteen_bit_colour(), plan(numbers="uint16"))
    assert facts.is_reduced
    assert np.abs(x[0].astype(int) - RAMP).max() <= 257


def test_an_unknown_layout_of_sixteen_bits_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tifffile.TiffPage, "asarray", lambda *_: RAMP)
    with pytest.raises(DataError, match="layout of 16-bit channels"):
        decode(sixteen_bit_colour(), plan(numbers="uint16"))


@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_orientation_of_sixteen_bit_colour_is_undone(orientation: int) -> None:
    tags = [(0x0112, "H", 1, orientation, True)]
    _, deep = decoded(
        sixteen_bit_colour(extratags=tags),
        plan(6, 6, numbers="uint16", fit="stretch"),
    )
    shallow = io.BytesIO()
    tifffile.imwrite(
        shallow,
        (np.stack([RAMP] * 3, axis=2) // 257).astype(np.uint8),
        photometric="rgb",
        extratags=tags,
    )
    shallow.seek(0)
    _, bytes_too = decoded(shallow, plan(6, 6, fit="stretch"))
    assert np.abs(deep / 257 - bytes_too).max() < 3


@pytest.mark.parametrize("orientation", [0, 9, 300])
def test_an_orientation_that_does_not_exist_is_taken_for_upright(orientation: int) -> None:
    tags = [(0x0112, "H", 1, orientation, True)]
    _, x = decoded(sixteen_bit_colour(extratags=tags), plan(numbers="uint16"))
    np.testing.assert_array_equal(x[0], RAMP)
    exif = Image.Exif()
    exif[0x0112] = orientation
    facts = probe(saved(picture("L", (6, 4)), "JPEG", exif=exif))
    assert (facts.width, facts.height) == (6, 4)


def test_a_tiff_whose_directories_run_in_a_circle_is_read_once() -> None:
    content = bytearray(saved(picture("RGB", (6, 4)), "TIFF").getvalue())
    (start,) = struct.unpack_from("<I", content, 4)
    (num_entries,) = struct.unpack_from("<H", content, start)
    struct.pack_into("<I", content, start + 2 + 12 * num_entries, start)
    _, x = decoded(io.BytesIO(bytes(content)), plan())
    np.testing.assert_array_equal(x, channels_first(picture("RGB", (6, 4))))


def test_ten_megabytes_of_notes_are_ignored() -> None:
    notes = b"Exif\0\0II*\0\x08\0\0\0" + bytes(10_000_000)
    _, x = decoded(saved(picture("RGB", (6, 4)), exif=notes), plan())
    np.testing.assert_array_equal(x, channels_first(picture("RGB", (6, 4))))


def tiff_of_height(height: int, compression: str) -> bytes:
    """A TIFF of 9 x 8 bytes whose header claims another height."""
    stream = io.BytesIO()
    picture("L", (9, 8)).save(stream, "TIFF", compression=compression)
    tag = struct.pack("<HHI", 257, 3, 1)
    whole = stream.getvalue()
    if tag not in whole:
        tag = struct.pack("<HHI", 257, 4, 1)
    at = whole.index(tag)
    return whole[:at] + struct.pack("<HHII", 257, 4, 1, height) + whole[at + 12 :]


@pytest.mark.parametrize("compression", ["raw", "packbits", "tiff_lzw", "tiff_adobe_deflate"])
def test_a_tiff_that_claims_more_than_its_bytes_can_hold_is_refused_by_its_header(
    compression: str,
) -> None:
    content = tiff_of_height(9_000_000, compression)
    with pytest.raises(DataError, match="claims 81,000,000 pixels"):
        probe(io.BytesIO(content))


@pytest.mark.parametrize(
    "compression", ["raw", "packbits", "tiff_lzw", "tiff_adobe_deflate", "group4"]
)
def test_a_blank_tiff_may_be_packed_as_tightly_as_its_compression_can(compression: str) -> None:
    stream = io.BytesIO()
    Image.new("1", (8000, 8000)).save(stream, "TIFF", compression=compression)
    facts = probe(io.BytesIO(stream.getvalue()))
    assert (facts.width, facts.height) == (8000, 8000)


def test_a_jpeg_that_claims_more_than_its_bytes_can_hold_is_refused_by_its_header() -> None:
    """Decoders fill what is missing with grey, which takes them as long as pixels would."""
    whole = saved(picture("RGB", (9, 8)), "JPEG").getvalue()
    at = whole.index(b"\xff\xc0") + 5
    content = whole[:at] + struct.pack(">HH", 9000, 9000) + whole[at + 4 :]
    with pytest.raises(DataError, match="claims 81,000,000 pixels"):
        probe(io.BytesIO(content))


@pytest.mark.parametrize("progressive", [False, True])
@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_a_blank_jpeg_may_be_packed_as_tightly_as_it_can(mode: str, progressive: bool) -> None:
    stream = io.BytesIO()
    blank = Image.new(mode, (4096, 4096))
    blank.save(stream, "JPEG", quality=1, optimize=True, progressive=progressive)
    facts = probe(io.BytesIO(stream.getvalue()))
    assert (facts.width, facts.height) == (4096, 4096)
