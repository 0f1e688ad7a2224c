"""One picture file, decoded and brought to the common form; runs inside the decoding process.

mode of the file                        kept as
1, L, palette of greys                  1 channel of bytes
RGB, CMYK, YCbCr, palette               3 channels of bytes
LA, RGBA, anything with transparency    4 channels of bytes
I;16, 16-bit colour TIFF                the same channels of uint16
F, I                                    1 channel of float32, values as they are
other TIFF (see tiff_page)              the same channels of float32, values as they are
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import IO, Any

import numpy as np
import numpy.typing as npt
from PIL import (
    BmpImagePlugin,
    GifImagePlugin,
    Image,
    ImageFile,
    JpegImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
    UnidentifiedImageError,
    WebPImagePlugin,
)

from aestudio.data.images.colour import recoloured
from aestudio.data.images.geometry import fit_image, needed_size
from aestudio.data.images.magic import image_format
from aestudio.data.images.orientation import (
    ORIENTATION_TAG,
    is_on_its_side,
    known_orientation,
    upright_array,
    upright_image,
)
from aestudio.data.images.picture_claims import JPEG_PIXELS_PER_BYTE, refuse_more_pixels
from aestudio.data.images.plain_png import MOST_BYTES, open_plain
from aestudio.data.images.plan import FULL, ImageFacts, ImagePlan
from aestudio.data.images.tiff_claims import refuse_impossible_claims
from aestudio.errors import DataError

Array = npt.NDArray[Any]

#: Importing a decoder registers it; only these six are ever asked.
_DECODERS = (
    BmpImagePlugin,
    GifImagePlugin,
    JpegImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
    WebPImagePlugin,
)
_HEAD_BYTES = 16
_BITS_PER_SAMPLE_TAG = 258
_COMPRESSION_TAG = 259
_SAMPLE_FORMAT_TAG = 339
_SIGNED = 2
_MODES = {1: "L", 3: "RGB", 4: "RGBA"}


class _OtherTiffError(Exception):
    """Pillow does not know this kind of TIFF, or there is something wrong with it."""


def probe(stream: IO[bytes]) -> ImageFacts:
    """Read what the header says, without decoding a pixel.

    Raises
    ------
    DataError
        The content is no picture of an allowed format, or has too many pixels.
    """
    try:
        return _describe(_open(stream))
    except _OtherTiffError:
        from aestudio.data.images.tiff_page import probe_page

        return probe_page(stream)


def decode(stream: IO[bytes], plan: ImagePlan) -> tuple[ImageFacts, bytes]:
    """Decode the first picture of the file; returns (C, H, W) as bytes of ``plan.numbers``."""
    if plan.numbers == "uint8" and (plain := _open_plain(stream)) is not None:
        facts = _plain_facts(plain.width, plain.height, 1 if plain.mode == "L" else 3)
        return _decode_upright(plain, facts, plan)
    try:
        image = _open(stream)
    except _OtherTiffError:
        return _decode_other(stream, plan)
    facts = _describe(image)
    if facts.numbers == plan.numbers == "uint8":
        return _decode_bytes(image, facts, plan)
    return _decode_planes(image, facts, plan, stream)


def _open(stream: IO[bytes]) -> Image.Image:
    form = image_format(stream.read(_HEAD_BYTES))
    stream.seek(0)
    if form is None:
        raise DataError("it is no picture: its content is none of PNG, JPEG, WebP, BMP, GIF, TIFF.")
    try:
        image = Image.open(stream, formats=(form,))
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        raise DataError(
            f"it has more than {Image.MAX_IMAGE_PIXELS:,} pixels, the most that 'Most pixels' allows."
        ) from None
    except UnidentifiedImageError:
        if form == "TIFF":
            raise _OtherTiffError from None
        raise DataError(f"it begins like {form} but is damaged.") from None
    if isinstance(image, TiffImagePlugin.TiffImageFile):
        num_pixels = image.width * image.height
        refuse_impossible_claims(num_pixels, image.tag_v2.get(_COMPRESSION_TAG, 1), stream)
        # Pillow would take the signs of bytes for brightness.
        if image.mode == "L" and _SIGNED in image.tag_v2.get(_SAMPLE_FORMAT_TAG, (1,)):
            raise _OtherTiffError
    elif form == "JPEG":
        refuse_more_pixels(image.width * image.height, JPEG_PIXELS_PER_BYTE, stream)
    return image


def _open_plain(stream: IO[bytes]) -> Image.Image | None:
    content = stream.read(_HEAD_BYTES)
    if image_format(content) == "PNG":
        content += stream.read(MOST_BYTES)
        if len(content) <= MOST_BYTES and (image := open_plain(content)) is not None:
            return image
    stream.seek(0)
    return None


@lru_cache(maxsize=1024)
def _plain_facts(width: int, height: int, channels: int) -> ImageFacts:
    """Thousands of small pictures are alike; so are the facts about them."""
    return ImageFacts(width=width, height=height, channels=channels, numbers="uint8")


def _describe(image: Image.Image) -> ImageFacts:
    width, height = image.size
    if is_on_its_side(_orientation(image)):
        width, height = height, width
    numbers, is_reduced = _numbers(image)
    return ImageFacts(
        width=width,
        height=height,
        channels=_channels(image, numbers),
        numbers=numbers,
        has_more=image.format in ("GIF", "PNG", "WEBP", "TIFF")
        and getattr(image, "is_animated", False),
        is_reduced=is_reduced,
    )


def _numbers(image: Image.Image) -> tuple[str, bool]:
    """Return the number type, and whether the decoder drops the lower bits of it."""
    if image.mode.startswith("I;16") or (image.mode == "I" and image.format == "PNG"):
        return "uint16", False
    if image.mode in ("F", "I"):
        return "float32", False
    if image.format == "TIFF" and max(image.tag_v2.get(_BITS_PER_SAMPLE_TAG, (8,))) == 16:  # type: ignore[attr-defined] # only TIFF has tags
        return "uint16", False
    # The one place where Pillow says how a PNG stores its channels.
    tiles = image.tile if isinstance(image, ImageFile.ImageFile) else []
    is_reduced = image.format == "PNG" and any("16" in str(tile.args) for tile in tiles)
    return "uint8", is_reduced


def _channels(image: Image.Image, numbers: str) -> int:
    bands = image.getbands()
    if "A" in bands or "a" in bands:
        return 4
    if "transparency" in image.info and numbers == "uint8":
        return 4
    if image.mode == "P":
        return 1 if has_grey_palette(image) else 3
    return 1 if len(bands) == 1 else 3


def has_grey_palette(image: Image.Image) -> bool:
    """Whether every colour of a palette is a grey."""
    palette = image.getpalette("RGB") or []
    return palette[0::3] == palette[1::3] == palette[2::3]


def _orientation(image: Image.Image) -> int:
    if image.format == "TIFF":
        return 1  # Pillow turns these by itself and gives the size of the upright picture.
    if image.format == "PNG" and "exif" not in image.info:
        return 1  # Pillow would decode the whole picture to look behind it.
    try:
        return known_orientation(image.getexif().get(ORIENTATION_TAG))
    except Exception:
        # A damaged note of the camera is no reason to lose the picture, and Pillow lets every kind
        # of error out of it.
        return 1


def _decode_bytes(
    image: Image.Image, facts: ImageFacts, plan: ImagePlan
) -> tuple[ImageFacts, bytes]:
    # JPEG can be decoded at a half, a quarter or an eighth of its size, several times as fast.
    stored = (facts.width, facts.height)
    wanted = needed_size(stored, (plan.width, plan.height), plan.fit)
    if is_on_its_side(_orientation(image)):
        wanted = wanted[::-1]
    image.draft(None, (2 * wanted[0], 2 * wanted[1]))
    upright = _upright(image)
    upright.load()  # from here on its mode and size are what they will be
    return _decode_upright(upright, facts, plan)


def _decode_upright(
    upright: Image.Image, facts: ImageFacts, plan: ImagePlan
) -> tuple[ImageFacts, bytes]:
    white = 255 if plan.background == "white" else 0
    if facts.channels == 4:
        upright = _in_mode(upright, "RGBA")
        border: Any = (white, white, white, 0)
    else:
        upright = _in_mode(upright, _MODES[facts.channels])
        border = white if facts.channels == 1 else (white, white, white)
    fitted = fit_image(upright, (plan.width, plan.height), plan.fit, border)
    if facts.channels == 4:
        facts = replace(facts, is_opaque=upright.getchannel("A").getextrema() == (255, 255))
        fitted = _without_hidden_colours(fitted, white, keeps_alpha=plan.channels == 4)
    pixels = _in_mode(fitted, _MODES[plan.channels]).tobytes()
    if plan.channels == 1:
        return facts, pixels
    planes = np.frombuffer(pixels, np.uint8).reshape(-1, plan.channels).T.tobytes()
    if plan.channels == 3 and _are_equal_thirds(planes):
        facts = replace(facts, is_colourless=True)
    return facts, planes


def _in_mode(image: Image.Image, mode: str) -> Image.Image:
    """Convert; Pillow would copy the picture where there is nothing to convert."""
    return image if image.mode == mode else image.convert(mode)


def _are_equal_thirds(planes: bytes) -> bool:
    third = len(planes) // 3
    return planes[:third] == planes[third : 2 * third] == planes[2 * third :]


def _without_hidden_colours(image: Image.Image, white: int, *, keeps_alpha: bool) -> Image.Image:
    """Lay the picture over the background; where nothing is drawn, that is the colour it keeps."""
    alpha = image.getchannel("A")
    behind = Image.new("RGB", image.size, (white, white, white))
    if not keeps_alpha:
        behind.paste(image.convert("RGB"), mask=alpha)
        return behind
    drawn = alpha.point(lambda value: 255 if value else 0)
    behind.paste(image.convert("RGB"), mask=drawn)
    behind.putalpha(alpha)
    return behind


def _upright(image: Image.Image) -> Image.Image:
    return upright_image(image, _orientation(image))


def _decode_planes(
    image: Image.Image, facts: ImageFacts, plan: ImagePlan, stream: IO[bytes]
) -> tuple[ImageFacts, bytes]:
    """Decode where more than 8 bits are involved: every channel as a picture of 32-bit numbers."""
    full = FULL[facts.numbers]
    if facts.numbers == "uint16" and facts.channels > 1:
        stored, facts, full = _sixteen_bit_colour(image, facts, stream)
    elif facts.numbers == "uint8":
        stored = np.asarray(_upright(image).convert(_MODES[facts.channels]))
    else:
        stored = np.asarray(_upright(image))
    return facts, _fitted_planes(stored, full, plan)


def _decode_other(stream: IO[bytes], plan: ImagePlan) -> tuple[ImageFacts, bytes]:
    from aestudio.data.images.tiff_page import decode_page, probe_page, read_orientation

    facts = probe_page(stream)
    stored = upright_array(decode_page(stream), read_orientation(stream))
    return facts, _fitted_planes(stored, FULL["float32"], plan)


def _fitted_planes(stored: Array, full: float, plan: ImagePlan) -> bytes:
    """Bring (H, W) or (H, W, C) of which ``full`` is full brightness to the plan."""
    planes = stored.reshape(*stored.shape[:2], -1).astype(np.float32) / full
    white = 1.0 if plan.background == "white" else 0.0
    fitted = [
        fit_image(
            Image.fromarray(np.ascontiguousarray(planes[:, :, channel])),
            (plan.width, plan.height),
            plan.fit,
            0.0 if channel == 3 else white,
        )
        for channel in range(planes.shape[2])
    ]
    x = np.stack([np.asarray(plane) for plane in fitted])[None]
    x = recoloured(x, plan.channels, plan.background, 1.0) * np.float32(FULL[plan.numbers])
    if plan.numbers != "float32":
        x = np.rint(np.clip(x, 0, FULL[plan.numbers]))
    return x.astype(plan.numbers).tobytes()


def _sixteen_bit_colour(
    image: Image.Image, facts: ImageFacts, stream: IO[bytes]
) -> tuple[Array, ImageFacts, int]:
    """Read 16-bit colour with tifffile, because Pillow keeps only the upper 8 bits of it."""
    from aestudio.data.images.tiff_page import open_tiff, orientation_of

    try:
        with open_tiff(stream) as file:
            page = file.pages.first
            stored = np.asarray(page.asarray())
            orientation = orientation_of(page)
    except (ValueError, KeyError, ImportError):
        # A compression that needs more than what is installed: the upper bits are better than none.
        kept = np.asarray(_upright(image).convert(_MODES[facts.channels]))
        return kept, replace(facts, is_reduced=True), FULL["uint8"]
    if stored.ndim == 3 and stored.shape[2] not in (3, 4):
        stored = np.moveaxis(stored, 0, 2)
    if stored.ndim != 3 or stored.shape[2] not in (3, 4) or stored.dtype != np.uint16:
        raise DataError("its layout of 16-bit channels is unknown.")
    return upright_array(stored, orientation), facts, FULL["uint16"]
