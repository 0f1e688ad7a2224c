"""Datasets of patches, cut out of whole pictures on a grid.

The patches are gathered from the stored pictures into one array, once: without overlap it is no
larger than the pictures, which are let go. Shapes: N patches, C channels, P side of a patch.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from aestudio.data.dataset import Dataset, Finding, Kind, Severity
from aestudio.data.files.doors import memory_limit
from aestudio.data.images.patch_places import PatchPlaces, places_on_grid
from aestudio.data.images.patch_splitting import split_finding
from aestudio.data.images.pictures import Pictures
from aestudio.data.missing_values import can_miss, count_missing
from aestudio.data.options import DataOptions
from aestudio.errors import DataError

Array = npt.NDArray[Any]

#: Fewer patches than this teach a network little.
_FEW_PATCHES = 200
_NAMED = 5


def dataset_of_patches(pictures: Pictures, options: DataOptions) -> Dataset:
    """Cut every picture; ``options.patch_size`` is not None.

    Raises
    ------
    DataError
        Every picture is smaller than a patch, or the patches do not fit the memory.
    """
    side = options.patch_size
    if side is None:
        raise ValueError("patches have a size")
    stride = options.patch_stride or side
    sizes = [image.shape[1:] for image in pictures.images]
    places = places_on_grid(pictures.names, sizes, side, stride)
    if not len(places.image):
        raise _too_small(pictures, side)
    x = _gathered(pictures, places)
    test = None
    if pictures.test is not None:
        test = dataset_of_patches(pictures.test, options)
    return Dataset(
        name=pictures.name,
        kind=Kind.IMAGES,
        x=x,
        source=pictures.source,
        labels=None if pictures.labels is None else pictures.labels[places.image],
        label_names=pictures.label_names,
        sample_names=places.sample_names(),
        findings=(
            *pictures.findings,
            *_findings(pictures, places, x),
            *split_finding(places, options),
        ),
        reader=pictures.reader,
        patches=places,
        test=test,
    )


def _gathered(pictures: Pictures, places: PatchPlaces) -> Array:
    first, side, stride = pictures.images[0], places.side, places.stride
    shape = (len(places.image), len(first), side, side)
    num_bytes = int(np.prod(shape, dtype=np.int64)) * first.dtype.itemsize
    if num_bytes > memory_limit():
        raise DataError(
            f"{shape[0]:,} patches of {side} x {side} pixels take {num_bytes:,} bytes, more than the memory allows.",
            subject=pictures.source,
            next_step="Set 'Patch stride' to more.",
        )
    x = np.empty(shape, first.dtype)
    start = 0
    for index, count in zip(*np.unique(places.image, return_counts=True), strict=True):
        windows = np.lib.stride_tricks.sliding_window_view(
            pictures.images[index], (side, side), axis=(1, 2)
        )[:, ::stride, ::stride].transpose(1, 2, 0, 3, 4)
        x[start : start + count].reshape(windows.shape)[...] = windows
        start += count
    return x


def _findings(pictures: Pictures, places: PatchPlaces, x: Array) -> Iterator[Finding]:
    small = [
        name
        for name, image in zip(pictures.names, pictures.images, strict=True)
        if min(image.shape[1:]) < places.side
    ]
    if small:
        more = f" and {len(small) - _NAMED:,} more" if len(small) > _NAMED else ""
        yield Finding(
            Severity.WARNING,
            f"{len(small):,} of {len(pictures.names):,} images are smaller than a patch and were left out: {', '.join(small[:_NAMED])}{more}.",
            "Set 'Patch side' to less to keep them.",
        )
    if len(x) < _FEW_PATCHES:
        yield Finding(
            Severity.WARNING,
            f"There are only {len(x):,} patches.",
            "Set 'Patch stride' to less than the side, so that they overlap and there are more.",
        )
    if can_miss(x) and (total := int(count_missing(x, lambda: None).sum())):
        yield Finding(
            Severity.WARNING,
            f"{total:,} values are missing or not finite.",
            "Set 'Missing values' to 'mean' to fill them in.",
        )


def _too_small(pictures: Pictures, side: int) -> DataError:
    largest = max(pictures.images, key=lambda image: min(image.shape[1:]))
    height, width = largest.shape[1:]
    whose = "the image has" if len(pictures.images) == 1 else "the largest image has"
    return DataError(
        f"a patch of {side} x {side} pixels does not fit: {whose} {width} x {height}.",
        subject=pictures.source,
        next_step=f"Set data.patch_size to at most {min(height, width)}.",
    )
