"""A model that was trained on patches, applied to whole images of any size.

A fully convolutional model is applied in tiles that overlap by as much as its filters reach, so
that the result is that of the image in one pass, in memory that does not grow with it. Any other
model reconstructs overlapping patches, which are blended into each other.

Shapes: C channels, H height, W width.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from aestudio.autoencoders.any_size import resize, why_one_size
from aestudio.data.arrays.layout import as_image
from aestudio.data.dataset import Kind
from aestudio.errors import DataError
from aestudio.networks.fully_convolutional import code_step, reach
from aestudio.workflows.models.scaled_model import ScaledModel
from aestudio.workflows.reporting import IsCancelled, Progress, reporting

Array = npt.NDArray[Any]
Floats = npt.NDArray[np.float32]

#: A tile and what is around it have about this many pixels along each side.
_TILE_SIDE = 512


@dataclass(frozen=True, slots=True, eq=False)
class Region:
    """A rectangle of an image: rows top to bottom, columns left to right, ends not included."""

    top: int
    bottom: int
    left: int
    right: int

    @property
    def sides(self) -> tuple[int, int]:
        return self.bottom - self.top, self.right - self.left

    def of(self, image: Array) -> Array:
        """Return this part of (C, H, W) or (H, W); nothing is copied."""
        return image[..., self.top : self.bottom, self.left : self.right]

    def within(self, other: Region) -> Region:
        """Return the same rectangle, counted from the corner of another one around it."""
        return Region(
            self.top - other.top,
            self.bottom - other.top,
            self.left - other.left,
            self.right - other.left,
        )


@dataclass(frozen=True, slots=True, eq=False)
class ImageReconstruction:
    """What a model makes of one image, and how far that is from it."""

    #: (C, H, W), in the image's own scale and number type.
    image: Array
    #: (H, W): squared error in model scale, mean over the channels.
    squared_error: Floats

    @property
    def worst_place(self) -> tuple[int, int]:
        """Row and column of the largest error."""
        row, column = divmod(int(np.argmax(self.squared_error)), self.squared_error.shape[1])
        return row, column


def reconstruct_image(
    model: ScaledModel,
    image: npt.ArrayLike,
    *,
    tile_side: int = _TILE_SIDE,
    progress: Progress | None = None,
    is_cancelled: IsCancelled | None = None,
) -> ImageReconstruction:
    """Reconstruct an image of any size, (C, H, W), (H, W, C) or (H, W).

    Raises :class:`DataError` when it has other channels than the model, or when the model needs
    whole patches and the image is smaller than one.
    """
    if model.kind is not Kind.IMAGES:
        raise DataError(
            f"the model has learned {model.kind}, not images.",
            subject="image",
            next_step="Take a model that was trained on images.",
        )
    stored = as_image(image, model.shape[0])
    report = reporting(progress, is_cancelled)
    result = ImageReconstruction(
        image=np.empty_like(stored, dtype=_number_type(stored)),
        squared_error=np.empty(stored.shape[1:], np.float32),
    )
    if why_one_size(model.autoencoder):
        _check_not_smaller(stored, model.shape)
        parts = _blended_bands(model, stored, report)
    else:
        parts = _tiles(model, stored, tile_side, report)
    for region, original, output in parts:
        difference = output - original
        region.of(result.squared_error)[...] = np.square(difference).mean(axis=0)
        region.of(result.image)[...] = as_stored(model.scaling.inverse(output), result.image.dtype)
    return result


def why_blended(model: ScaledModel) -> str:
    """Return why images are joined from patches, or nothing where that is not needed."""
    return why_one_size(model.autoencoder)


def as_stored(values: Floats, number_type: np.dtype[Any]) -> Array:
    """Round and clip to whole numbers where the data is stored so."""
    if number_type.kind in "iu":
        limits = np.iinfo(number_type)
        values = np.rint(values).clip(limits.min, limits.max)
    return values.astype(number_type)


def _number_type(stored: Array) -> np.dtype[Any]:
    return stored.dtype if stored.dtype.kind in "iu" else np.dtype(np.float32)


#: A region, the image there and what the model makes of it, both (C, H, W) in model scale.
Part = tuple[Region, Floats, Floats]


def _tiles(model: ScaledModel, image: Array, tile_side: int, report: Progress) -> Iterator[Part]:
    """Reconstruct tile by tile; what is within reach of a tile's cut edges is not used."""
    options, (_, height, width) = model.experiment.network, image.shape
    margin, step = reach(options, model.shape), code_step(options, model.shape)
    core = max(tile_side - 2 * margin, 2 * margin, step) // step * step
    # Its own copy: others may be using the model meanwhile.
    module = copy.deepcopy(model.autoencoder)
    corners = [(top, left) for top in range(0, height, core) for left in range(0, width, core)]
    for done, (top, left) in enumerate(corners, start=1):
        tile = Region(top, min(top + core, height), left, min(left + core, width))
        around = Region(
            max(0, top - margin),
            min(top + core + margin, height),
            max(0, left - margin),
            min(left + core + margin, width),
        )
        resize(module, around.sides)
        x = model.to_model_scale(around.of(image)[None])
        with torch.inference_mode():
            output = module(torch.from_numpy(x)).numpy()
        inner = tile.within(around)
        yield tile, inner.of(x[0]), inner.of(output[0])
        report(done, len(corners))


def _check_not_smaller(image: Array, shape: tuple[int, ...]) -> None:
    _, height, width = shape
    if image.shape[1] < height or image.shape[2] < width:
        raise DataError(
            f"an image of {image.shape[2]} x {image.shape[1]} pixels is smaller than the patches of "
            f"{width} x {height} that the model takes.",
            subject="image",
            next_step="Give a larger image, or train with network.kind=fully_convolutional.",
        )


def _blended_bands(model: ScaledModel, image: Array, report: Progress) -> Iterator[Part]:
    """Reconstruct patches that overlap by half, each weighing most in its middle.

    Row of patches after row, so that only what the next row adds to is kept in memory.
    """
    channels, height, width = image.shape
    side_y, side_x = model.shape[1:]
    tops, lefts = _half_steps(height, side_y), _half_steps(width, side_x)
    weight = np.outer(_tent(side_y), _tent(side_x)).astype(np.float32)
    sums = np.zeros((channels, height if len(tops) < 3 else 2 * side_y, width), np.float32)
    weights = np.zeros(sums.shape[1:], np.float32)
    first = 0
    for index, top in enumerate(tops):
        patches = np.stack([image[:, top : top + side_y, x : x + side_x] for x in lefts])
        outputs = model.reconstruct_scaled(model.to_model_scale(patches))
        for left, patch in zip(lefts, outputs, strict=True):
            place = Region(top - first, top - first + side_y, left, left + side_x)
            place.of(sums)[...] += weight * patch
            place.of(weights)[...] += weight
        # Nothing is added any more above the next row of patches.
        bottom = tops[index + 1] if index + 1 < len(tops) else height
        count = bottom - first
        done = Region(first, bottom, 0, width)
        output = np.divide(sums[:, :count], weights[:count], dtype=np.float32)
        yield done, model.to_model_scale(done.of(image)[None])[0], output
        for kept in (sums, weights):
            moved = kept[..., count:, :].copy()
            kept[..., : moved.shape[-2], :] = moved
            kept[..., moved.shape[-2] :, :] = 0
        first = bottom
        report(index + 1, len(tops))


def _half_steps(length: int, side: int) -> list[int]:
    """Return where patches begin that overlap by half; the last one ends with the image.

    >>> _half_steps(11, 4)
    [0, 2, 4, 6, 7]
    """
    starts = list(range(0, length - side + 1, max(1, side // 2)))
    return starts if starts[-1] == length - side else [*starts, length - side]


def _tent(side: int) -> npt.NDArray[np.float64]:
    """Return weights that fall from the middle to both ends, all above zero."""
    positions = np.arange(side) + 0.5
    weights: npt.NDArray[np.float64] = np.minimum(positions, side - positions)
    return weights
