"""The pages of a TIFF file as one array of pictures (tifffile, and Pillow for what it does not know)."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import cached_property
from typing import IO, Any

import numpy as np
import numpy.typing as npt
import tifffile
from PIL import Image

from aestudio.data.decoders.pieces import ArrayPiece, Piece
from aestudio.data.files.doors import memory_limit
from aestudio.data.images.decoded_picture import has_grey_palette
from aestudio.data.images.orientation import upright_array
from aestudio.data.images.picture_opening import open_picture
from aestudio.data.images.tiff_claims import refuse_impossible_claims
from aestudio.data.images.tiff_page import channels_last, open_tiff, orientation_of
from aestudio.errors import DataError

_MAX_PAGES = 1_000_000
#: Numbers of pages that are brightness, or red, green and blue.
_AS_THEY_ARE = (tifffile.PHOTOMETRIC.MINISBLACK, tifffile.PHOTOMETRIC.RGB)

Array = npt.NDArray[Any]


def decode(path: str, settings: Mapping[str, Any]) -> Iterator[Piece]:
    """Yield ``pages``, (N, H, W, C), upright: all that are like the first.

    Pages of other sizes, such as smaller views of the same, are left out. ``member`` among the
    settings is the file's name where ``path`` is a zip archive; with ``only_counts`` there is
    nothing but their number, called ``count``.
    """
    with open_picture(path, settings.get("member", "")) as stream, open_tiff(stream) as file:
        pages = _alike(file)
        if settings.get("only_counts"):
            yield ArrayPiece.whole("count", np.array([len(pages)]))
            return
        first = pages[0]
        refuse_impossible_claims(
            first.imagelength * first.imagewidth, int(first.compression), stream
        )
        if first.dtype is None or first.dtype.kind not in "biuf" or first.imagedepth != 1:
            raise DataError("its numbers are of a type that is not read.")
        _check_size(len(pages), first.imagelength, first.imagewidth, first.samplesperpixel)
        reading = _Reading(stream, first)
        top = reading.pixels(first)
        # Half precision and whole numbers of 64 bits have no place among the numbers of pictures.
        is_kept = top.dtype in (np.uint8, np.uint16)
        dtype = top.dtype.newbyteorder("=") if is_kept else np.dtype(np.float32)
        shape = (len(pages), *top.shape)
        _check_size(*shape, dtype.itemsize)
        yield ArrayPiece("pages", dtype, shape, (reading.pixels(page) for page in pages))


def _check_size(num_pages: int, *sizes: int) -> None:
    if math.prod((num_pages, *sizes)) > memory_limit():
        raise DataError(
            f"its {num_pages:,} pages do not fit the memory.",
            next_step="Save them as one .npy file, which is read piece by piece.",
        )


class _Reading:
    """The pixels of one page after the other, all in the form of the first."""

    def __init__(self, stream: IO[bytes], first: Any) -> None:
        self._stream = stream
        is_brightness = first.photometric in _AS_THEY_ARE
        #: Bits, palettes, inks and brightness that counts from white become what they look like.
        self._is_shown = first.dtype == np.bool_ or (first.dtype == np.uint8 and not is_brightness)

    def pixels(self, page: Any) -> Array:
        """Return (H, W, C), upright."""
        if not self._is_shown:
            with suppress(ValueError, KeyError, ImportError):
                stored = channels_last(np.asarray(page.asarray()), page.samplesperpixel)
                return upright_array(stored, orientation_of(page))
        # Some ways of packing need more than what is installed for tifffile.
        self._image.seek(page.index)
        self._image.load()
        found = np.asarray(self._image.convert(self._mode) if self._is_shown else self._image)
        if not self._is_shown and found.dtype.newbyteorder("=") != page.dtype:
            raise DataError(
                f"its numbers of {page.bitspersample} bits are packed in a way that is not read.",
                next_step="Save it without compression, or set 'Pages' to first.",
            )
        return found.reshape(*found.shape[:2], -1)

    @cached_property
    def _image(self) -> Image.Image:
        # The sizes of the pages were compared with the memory.
        Image.MAX_IMAGE_PIXELS = None
        self._stream.seek(0)
        return Image.open(self._stream, formats=("TIFF",))

    @cached_property
    def _mode(self) -> str:
        """What the first page is shown in."""
        if self._image.mode == "1" or (self._image.mode == "P" and has_grey_palette(self._image)):
            return "L"
        return self._image.mode if self._image.mode in ("L", "RGB", "RGBA") else "RGB"


def _alike(file: tifffile.TiffFile) -> list[Any]:
    """Return the pages of the first one's size and type; the list may lead in a circle."""
    found: list[Any] = []
    seen = set()
    for page in file.pages:
        whole = page if isinstance(page, tifffile.TiffPage) else page.aspage()
        if whole.offset in seen or len(found) >= _MAX_PAGES:
            break
        seen.add(whole.offset)
        if not found or _form(whole) == _form(found[0]):
            found.append(whole)
    if not found:
        raise DataError("it holds no page.")
    return found


def _form(page: Any) -> tuple[Any, ...]:
    size = page.imagelength, page.imagewidth, page.samplesperpixel, page.imagedepth
    return *size, page.dtype, page.photometric, orientation_of(page)
