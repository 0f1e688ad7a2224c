"""Sprites of 64 x 64 pixels of which everything that varies is known.

Squares, ellipses and hearts in every combination of four scales, eight rotations, and six by six
positions, in the spirit of dSprites (L. Matthey, I. Higgins, D. Hassabis & A. Lerchner, 2017,
https://github.com/deepmind/dsprites-dataset). Rotations stay below 90 degrees, so that no two
sprites look the same. The label is the shape; :func:`factors` gives all five factors.
"""

from __future__ import annotations

import itertools
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from aestudio.data.dataset import Dataset, Kind
from aestudio.data.samples.registry import sample

if TYPE_CHECKING:
    from collections.abc import Callable

SIDE = 64
SHAPES = ("square", "ellipse", "heart")
#: Half of the sprite's extent, in pixels.
SCALES = (8.0, 10.0, 12.0, 14.0)
ROTATIONS_DEG = tuple(90.0 * step / 8 for step in range(8))
#: Where the middle of the sprite is, in pixels from the left and from the top.
POSITIONS = (17, 23, 29, 35, 41, 47)

#: A sprite is drawn on a tile that holds the largest one at any rotation.
_REACH = 17
#: Each pixel is the mean over this many points each way, which makes smooth edges.
_POINTS = 4

Coordinates = npt.NDArray[np.float64]
Inside = npt.NDArray[np.bool_]


@sample(
    name="shapes",
    title="Moving shapes",
    description="3,456 drawn sprites of 64 x 64 pixels with known shape, scale, rotation and position; shows what a code has understood.",
    kind=Kind.IMAGES,
)
def load() -> Dataset:
    known = factors()
    return Dataset(
        name="shapes",
        kind=Kind.IMAGES,
        # A copy, so that nobody's change reaches the next one who loads.
        x=_sprites().copy(),
        labels=known["shape"].astype(np.int64),
        label_names=SHAPES,
        sample_names=tuple(
            f"{SHAPES[int(shape)]}, scale {scale:g}, {rotation:g} degrees, at ({x:g}, {y:g})"
            for shape, scale, rotation, x, y in zip(*known.values(), strict=True)
        ),
        factors=np.stack(
            [np.unique(values, return_inverse=True)[1] for values in known.values()], axis=1
        ).astype(np.int64),
        factor_names=tuple(known),
        label_fields=tuple(known),
        source="shapes",
        reader="sample",
    )


def factors() -> dict[str, npt.NDArray[np.float64]]:
    """Return what made each sample, (N,) each, in the order of the samples.

    ``shape`` (index into :data:`SHAPES`), ``scale`` (pixels), ``rotation`` (degrees, clockwise on
    the screen), ``x`` and ``y`` (pixels from the left and the top). The last varies fastest.
    """
    values = (range(len(SHAPES)), SCALES, ROTATIONS_DEG, POSITIONS, POSITIONS)
    grids = np.meshgrid(*[np.asarray(value, dtype=np.float64) for value in values], indexing="ij")
    names = ("shape", "scale", "rotation", "x", "y")
    return {name: grid.ravel() for name, grid in zip(names, grids, strict=True)}


@cache
def _sprites() -> npt.NDArray[np.uint8]:
    combinations = itertools.product((_in_square, _in_ellipse, _in_heart), SCALES, ROTATIONS_DEG)
    return np.concatenate(
        [
            _placed(_tile(inside, scale, np.deg2rad(rotation)))
            for inside, scale, rotation in combinations
        ]
    )


def _placed(tile: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Put one tile at every position: (positions, 1, SIDE, SIDE)."""
    images = np.zeros((len(POSITIONS), len(POSITIONS), SIDE, SIDE), dtype=np.uint8)
    for column, x in enumerate(POSITIONS):
        for row, y in enumerate(POSITIONS):
            images[column, row, y - _REACH : y + _REACH, x - _REACH : x + _REACH] = tile
    return images.reshape(-1, 1, SIDE, SIDE)


def _tile(
    inside: Callable[[Coordinates, Coordinates], Inside], scale: float, rotation: float
) -> npt.NDArray[np.uint8]:
    points = (np.arange(2 * _REACH * _POINTS) + 0.5) / _POINTS - _REACH
    right, down = points[None, :], points[:, None]
    along = (np.cos(rotation) * right + np.sin(rotation) * down) / scale
    across = (np.cos(rotation) * down - np.sin(rotation) * right) / scale
    covered = inside(along, across).reshape(2 * _REACH, _POINTS, 2 * _REACH, _POINTS)
    return np.asarray(np.rint(255 * covered.mean(axis=(1, 3))), dtype=np.uint8)


def _in_square(along: Coordinates, across: Coordinates) -> Inside:
    return (np.abs(along) <= 0.8) & (np.abs(across) <= 0.8)


def _in_ellipse(along: Coordinates, across: Coordinates) -> Inside:
    return np.less_equal(along**2 + (across / 0.6) ** 2, 1)


def _in_heart(along: Coordinates, across: Coordinates) -> Inside:
    """The heart curve (a^2 + b^2 - 1)^3 = a^2 b^3, https://mathworld.wolfram.com/HeartCurve.html."""
    a, b = 1.2 * along, 0.1 - 1.2 * across
    return np.less_equal((a**2 + b**2 - 1) ** 3, a**2 * b**3)
