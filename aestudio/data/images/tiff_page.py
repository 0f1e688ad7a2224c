"""TIFF pictures of numbers that Pillow does not know; runs inside the decoding process.

They are floating point of 16 and 64 bits, signed bytes, whole numbers of 64 bits, and colour in any
of these; all are kept as floating point of 32 bits, values as they are.
"""

from __future__ import annotations

from typing import IO, Any

import numpy as np
import numpy.typing as npt
import tifffile
from PIL import Image

from aestudio.data.images.orientation import (
    ORIENTATION_TAG,
    is_on_its_side,
    known_orientation,
)
from aestudio.data.images.plan import ImageFacts
from aestudio.data.images.tiff_claims import refuse_impossible_claims
from aestudio.errors import DataError

_CHANNELS = (1, 3, 4)


def open_tiff(stream: IO[bytes]) -> Any:
    """Open a TIFF file for reading; a context that leaves the stream open."""
    stream.seek(0)
    try:
        # A file that was opened by its descriptor has a number for a name.
        return tifffile.TiffFile(stream, name="picture")
    except Exception as error:
        # The library raises many kinds of errors, those of Python among them.
        raise DataError(f"it begins like TIFF but is damaged ({error}).") from None


def probe_page(stream: IO[bytes]) -> ImageFacts:
    """Read what the first page's header says, without decoding a pixel.

    Raises
    ------
    DataError
        The file is damaged, has too many pixels, or channels that no picture has.
    """
    with open_tiff(stream) as file:
        page = _checked(file, stream)
        height, width = page.imagelength, page.imagewidth
        if is_on_its_side(orientation_of(page)):
            width, height = height, width
        return ImageFacts(
            width=width,
            height=height,
            channels=page.samplesperpixel,
            numbers="float32",
            has_more=len(file.pages) > 1,
        )


def decode_page(stream: IO[bytes]) -> npt.NDArray[np.float32]:
    """Decode the first page; returns (H, W, C), not yet turned upright."""
    with open_tiff(stream) as file:
        page = _checked(file, stream)
        with np.errstate(over="ignore"):
            stored = np.asarray(page.asarray()).astype(np.float32)
        return channels_last(stored, page.samplesperpixel)


def channels_last(stored: npt.NDArray[Any], num_channels: int) -> npt.NDArray[Any]:
    """Return (H, W, C) of what a page holds: (H, W), (H, W, C) or planes (C, H, W)."""
    if stored.ndim == 2:
        return stored[:, :, None]
    if stored.ndim != 3 or num_channels not in (stored.shape[0], stored.shape[2]):
        raise DataError("its layout of channels is unknown.")
    return stored if stored.shape[2] == num_channels else np.moveaxis(stored, 0, 2)


def read_orientation(stream: IO[bytes]) -> int:
    """Return the orientation of the first page, 1 to 8; 1 is upright."""
    with open_tiff(stream) as file:
        return orientation_of(file.pages.first)


def orientation_of(page: Any) -> int:
    """Return the orientation of a page, 1 to 8; 1 is upright."""
    return known_orientation(page.tags.valueof(ORIENTATION_TAG))


def _checked(file: Any, stream: IO[bytes]) -> Any:
    page = file.pages.first
    num_pixels = page.imagelength * page.imagewidth
    most = Image.MAX_IMAGE_PIXELS
    if most is not None and num_pixels > most:
        raise DataError(f"it has more than {most:,} pixels, the most that 'Most pixels' allows.")
    refuse_impossible_claims(num_pixels, int(page.compression), stream)
    if page.samplesperpixel not in _CHANNELS or page.imagedepth != 1:
        raise DataError(f"it has {page.samplesperpixel} channels; pictures have 1, 3 or 4.")
    if page.dtype is None or page.dtype.kind not in "biuf":
        raise DataError("its numbers are of a type that is not read.")
    return page
