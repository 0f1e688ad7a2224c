"""Holding back patches so that no pixel is both trained on and held back.

Several pictures are held back as wholes. Of a single one a rectangle is held back, and patches that
overlap it without lying in it belong to neither part.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from aestudio.data.dataset import Finding, Severity
from aestudio.data.images.patch_places import PatchPlaces
from aestudio.data.splitting import Split, mixed, split

if TYPE_CHECKING:
    from aestudio.data.options import DataOptions

Mask = npt.NDArray[np.bool_]


def split_patches(places: PatchPlaces, options: DataOptions) -> Split:
    """Hold back about ``validation_fraction`` of the patches, chosen by ``split_seed`` alone.

    Where a single picture is so small that no patch could be trained on beside a held-back one,
    patches are drawn as if they did not overlap.
    """
    found = _separate(places, options)
    return split(len(places.image), options) if found is None else found


def split_finding(places: PatchPlaces, options: DataOptions) -> Iterator[Finding]:
    """Yield what is particular about the split of these patches."""
    num_patches = len(places.image)
    if options.validation_fraction == 0 or num_patches < 2:
        return
    found = _separate(places, options)
    if found is None:
        if places.overlap:
            yield Finding(
                Severity.WARNING,
                "Patches overlap, and so few fit into the image that those held back for validation share pixels with those trained on: the validation loss will look too good.",
                "Set 'Patch stride' to the patch side, or add images.",
            )
        return
    if places.num_images > 1:
        text = "Validation holds back whole images, so that it shares no pixel with training"
    else:
        text = "Validation holds back a rectangle of the image"
        if places.overlap:
            text += "; patches that overlap it without lying in it are not used"
    yield Finding(Severity.NOTE, f"{text}.")


def _separate(places: PatchPlaces, options: DataOptions) -> Split | None:
    """Split without a shared pixel, or return None where one part would be empty."""
    share = options.validation_fraction
    if share == 0:
        return None
    if places.num_images > 1:
        is_held = _held_images(places, share, options.split_seed)
        is_trained = ~is_held
    else:
        is_held, is_trained = _held_rectangle(places, share, options.split_seed)
    if not (is_held.any() and is_trained.any()):
        return None
    return Split(train=np.flatnonzero(is_trained), validation=np.flatnonzero(is_held))


def _held_images(places: PatchPlaces, share: float, seed: int) -> Mask:
    images, counts = np.unique(places.image, return_counts=True)
    target = share * len(places.image)
    held: list[int] = []
    num_held = 0
    for position in np.argsort(mixed(len(images), seed), kind="stable"):
        # Half a picture too much is nearer to the wish than half a picture too little is.
        if num_held + counts[position] / 2 <= target and len(held) < len(images) - 1:
            held.append(images[position])
            num_held += counts[position]
    if not held:
        held.append(images[np.argmin(counts)])
    return np.isin(places.image, held)


def _held_rectangle(places: PatchPlaces, share: float, seed: int) -> tuple[Mask, Mask]:
    tops, lefts = np.unique(places.top), np.unique(places.left)
    place = int(mixed(1, seed)[0])
    rows = _stretch(len(tops), math.sqrt(share), place)
    columns = _stretch(len(lefts), share * len(tops) / (rows.stop - rows.start), place >> 32)
    top, bottom = tops[rows][[0, -1]] + [0, places.side]
    left, right = lefts[columns][[0, -1]] + [0, places.side]
    is_held = np.isin(places.top, tops[rows]) & np.isin(places.left, lefts[columns])
    overlaps = (
        (places.top < bottom)
        & (places.top + places.side > top)
        & (places.left < right)
        & (places.left + places.side > left)
    )
    return is_held, ~overlaps


def _stretch(count: int, share: float, place: int) -> slice:
    """Return about that share of ``count`` neighbours, one or more, at a place that varies."""
    length = min(count, max(1, round(count * share)))
    start = place % (count - length + 1)
    return slice(start, start + length)
