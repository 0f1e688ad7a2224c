"""Where the patches of a dataset lie in the pictures that they were cut from.

Shapes: N patches.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PatchPlaces:
    """The picture and the upper left pixel of every patch, each (N,)."""

    side: int
    stride: int
    image_names: tuple[str, ...]
    #: Positions in ``image_names``.
    image: Numbers
    top: Numbers
    left: Numbers

    @property
    def overlap(self) -> bool:
        """Whether neighbours of one picture share pixels."""
        return self.stride < self.side

    @property
    def num_images(self) -> int:
        """How many pictures have a patch here."""
        return len(np.unique(self.image))

    def chosen(self, rows: npt.NDArray[np.integer] | npt.NDArray[np.bool_]) -> PatchPlaces:
        """Return the places of some patches."""
        return PatchPlaces(
            side=self.side,
            stride=self.stride,
            image_names=self.image_names,
            image=self.image[rows],
            top=self.top[rows],
            left=self.left[rows],
        )

    def sample_names(self) -> tuple[str, ...]:
        """Return what to call each patch: "cells.png, row 64, column 128"."""
        return tuple(
            f"{self.image_names[image]}, row {top}, column {left}"
            for image, top, left in zip(self.image, self.top, self.left, strict=True)
        )

    def __str__(self) -> str:
        images = "1 image" if self.num_images == 1 else f"{self.num_images:,} images"
        patches = "patch" if len(self.image) == 1 else "patches"
        return f"{len(self.image):,} {patches} of {self.side} x {self.side} from {images}"


def places_on_grid(
    names: Sequence[str], sizes: Sequence[tuple[int, int]], side: int, stride: int
) -> PatchPlaces:
    """Return every place of a patch in pictures of ``sizes`` (height, width), row by row.

    Patches begin at whole multiples of the stride and lie within the picture; one that is smaller
    than a patch has none.

    >>> places_on_grid(["a"], [(10, 8)], side=4, stride=3).left.tolist()
    [0, 3, 0, 3, 0, 3]
    """
    image, top, left = [], [], []
    for index, (height, width) in enumerate(sizes):
        tops = np.arange(0, height - side + 1, stride, dtype=np.int64)
        lefts = np.arange(0, width - side + 1, stride, dtype=np.int64)
        top.append(np.repeat(tops, len(lefts)))
        left.append(np.tile(lefts, len(tops)))
        image.append(np.full(len(tops) * len(lefts), index, dtype=np.int64))
    return PatchPlaces(
        side=side,
        stride=stride,
        image_names=tuple(names),
        image=np.concatenate(image),
        top=np.concatenate(top),
        left=np.concatenate(left),
    )
