"""TIFF files of many pages, as microscopes write them: every page is a sample."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from aestudio.data.dataset import Dataset, Kind
from aestudio.data.files.plain_words import printable
from aestudio.data.images.choice import DEFAULT_LONGEST_SIDE
from aestudio.data.images.magic import image_format
from aestudio.data.isolation.apart import read_apart
from aestudio.data.isolation.decoder_pool import DecoderPool

if TYPE_CHECKING:
    from aestudio.data.request import Request


def read_stack(request: Request) -> Dataset | None:
    """Read all pages that are like the first, in their own size; None where there is only one.

    Raises
    ------
    DataError
        The file is damaged, or its pages do not fit the memory together.
    """
    if not _has_pages(request):
        return None
    pages = read_apart("tiff", request.path, {}, request.check_cancelled)["pages"]
    if len(pages) == 1:
        return None
    return Dataset(
        name=printable(request.path.name),
        kind=Kind.IMAGES,
        x=np.moveaxis(pages, 3, 1),
        sample_names=tuple(f"page {index}" for index in range(1, len(pages) + 1)),
        source=str(request.path),
    )


def in_usual_size(dataset: Dataset, request: Request) -> Request:
    """Return the request with the usual side, where pages are larger and none is asked for."""
    is_wanted = request.options.image_size is not None
    if is_wanted or max(dataset.shape[1:]) <= DEFAULT_LONGEST_SIDE:
        return request
    return replace(request, options=request.options.changed(image_size=DEFAULT_LONGEST_SIDE))


def _has_pages(request: Request) -> bool:
    if image_format(request.glimpse.head) != "TIFF":
        return False
    with DecoderPool(request.check_cancelled, max_pixels=request.options.max_pixels) as decoders:
        ((_, outcome),) = decoders.run([str(request.path)], None)
    return outcome.facts is not None and outcome.facts.has_more
