"""Very many points as one picture: where they are dense, and of which class."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from aestudio.analysis.palette import UNLABELLED, class_colors

#: (left, right, bottom, top) of the drawn part of the plane.
Extent = tuple[float, float, float, float]


def rasterize(
    points_N2: npt.NDArray[np.floating],
    classes_N: npt.NDArray[np.integer] | None,
    num_classes: int,
    extent: Extent,
    size: tuple[int, int],
    *,
    colors: npt.NDArray[np.uint8] | None = None,
) -> npt.NDArray[np.uint8]:
    """Draw the points inside ``extent`` into (height, width, 4), row 0 at the top.

    ``size`` is (width, height) in pixels. The colour of a pixel is the mean of its points' class
    colours; class -1 is grey. Opacity grows with the logarithm of the count, so that single points
    stay visible beside crowds; a pixel without a point is fully transparent.
    """
    width, height = size
    left, right, bottom, top = extent
    picture = np.zeros((height, width, 4), np.uint8)
    if not (right > left and top > bottom and width > 0 and height > 0):
        return picture
    # Comparisons with NaN are false: points that are not numbers fall out here.
    x = (points_N2[:, 0] - left) * (width / (right - left))
    y = (top - points_N2[:, 1]) * (height / (top - bottom))
    inside = (x >= 0) & (x < width) & (y >= 0) & (y < height)
    pixel = y[inside].astype(np.int64) * width + x[inside].astype(np.int64)
    count = np.bincount(pixel, minlength=width * height)
    filled = np.flatnonzero(count)
    if not filled.size:
        return picture
    # The last row serves class -1, which is what indexing with -1 reaches.
    table = np.concatenate(
        [class_colors(num_classes) if colors is None else colors, [UNLABELLED]]
    ).astype(np.float64)
    classes = np.full(len(pixel), -1) if classes_N is None else classes_N[inside]
    flat = picture.reshape(-1, 4)
    for channel in range(3):
        weights = table[classes, channel]
        total = np.bincount(pixel, weights=weights, minlength=width * height)
        flat[filled, channel] = np.rint(total[filled] / count[filled])
    strength = np.log1p(count[filled]) / np.log1p(count.max())
    flat[filled, 3] = np.rint(90.0 + 165.0 * strength)
    return picture
