"""The pages of a TIFF file as one array of pictures (tifffile)."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import tifffile

from aestudio.data.decoders.pieces import ArrayPiece, Piece
from aestudio.data.files.doors import memory_limit
from aestudio.data.images.picture_opening import open_picture
from aestudio.data.images.tiff_claims import refuse_impossible_claims
from aestudio.data.images.tiff_page import channels_last, open_tiff
from aestudio.errors import DataError

_MAX_PAGES = 1_000_000


def decode(path: str, settings: Mapping[str, Any]) -> Iterator[Piece]:
    """Yield ``pages``, (N, H, W, C): all that are like the first.

    Pages of other sizes, such as smaller views of the same, are left out. ``member`` among the
    settings is the file's name where ``path`` is a zip archive.
    """
    with open_picture(path, settings.get("member", "")) as stream, open_tiff(stream) as file:
        pages = _alike(file)
        first = pages[0]
        num_pixels = first.imagelength * first.imagewidth
        refuse_impossible_claims(num_pixels, int(first.compression), stream)
        if first.dtype is None or first.dtype.kind not in "biuf" or first.imagedepth != 1:
            raise DataError("its numbers are of a type that is not read.")
        # Half precision and whole numbers of 64 bits have no place among the numbers of pictures.
        is_kept = first.dtype in (np.uint8, np.uint16)
        dtype = first.dtype.newbyteorder("=") if is_kept else np.dtype(np.float32)
        shape = (len(pages), first.imagelength, first.imagewidth, first.samplesperpixel)
        if math.prod(shape) * dtype.itemsize > memory_limit():
            raise DataError(
                f"its {len(pages):,} pages do not fit the memory.",
                next_step="Save them as one .npy file, which is read piece by piece.",
            )
        parts = (channels_last(np.asarray(page.asarray()), first.samplesperpixel) for page in pages)
        yield ArrayPiece("pages", dtype, shape, parts)


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
    return page.imagelength, page.imagewidth, page.samplesperpixel, page.dtype, page.imagedepth
