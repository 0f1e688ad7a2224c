"""Samples as pictures: arrays in, 8-bit RGB arrays out.

Samples are (N, C, H, W) with C = 1 (grey), 3 (RGB) or 4 (RGB and alpha), in any number type;
``low`` and ``high`` are the values drawn black and white. Of other channel counts the first three,
or the first alone, are shown.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Pictures = npt.NDArray[np.uint8]
Color = tuple[int, int, int]

WHITE: Color = (255, 255, 255)
#: Where a reconstruction is brighter, or darker, than its original.
BRIGHTER: Color = (213, 94, 0)
DARKER: Color = (0, 114, 178)

#: Smaller pictures are magnified where they are compared, so that a person sees their pixels.
_COMPARED_SIDE = 64
_COMPARED_PER_ROW = 4


def to_rgb8(
    samples_NCHW: npt.NDArray[np.generic], low: float, high: float, *, background: Color = WHITE
) -> Pictures:
    """(N, C, H, W) -> (N, H, W, 3); alpha is laid over ``background``."""
    rgb = 255.0 * _unit_rgb(samples_NCHW, low, high, background)
    return np.asarray(np.rint(rgb), dtype=np.uint8)


def difference_rgb8(
    original_NCHW: npt.NDArray[np.generic],
    reconstruction_NCHW: npt.NDArray[np.generic],
    low: float,
    high: float,
    *,
    neutral: Color = WHITE,
) -> Pictures:
    """(N, H, W, 3): ``neutral`` where both agree, orange where brighter, blue where darker.

    The brightness difference (mean over the channels) is shown in proportion to the full range.
    """
    original = _unit_rgb(original_NCHW, low, high, WHITE).mean(axis=-1, keepdims=True)
    reconstruction = _unit_rgb(reconstruction_NCHW, low, high, WHITE).mean(axis=-1, keepdims=True)
    change = reconstruction - original
    target = np.where(change > 0, np.array(BRIGHTER, np.float32), np.array(DARKER, np.float32))
    base = np.array(neutral, np.float32)
    return np.asarray(np.rint(base + np.abs(change) * (target - base)), dtype=np.uint8)


def magnify_rgb8(pictures_NHW3: Pictures, factor: int) -> Pictures:
    """Each pixel becomes a square of ``factor`` pixels; nothing is smoothed."""
    return pictures_NHW3.repeat(factor, axis=1).repeat(factor, axis=2)


def strip_rgb8(pictures_NHW3: Pictures, gap: int = 2, background: Color = WHITE) -> Pictures:
    """All pictures in one row, (H, width, 3)."""
    return tile_rgb8(pictures_NHW3, max(1, len(pictures_NHW3)), gap, background)


def tile_rgb8(
    pictures_NHW3: Pictures, columns: int, gap: int = 2, background: Color = WHITE
) -> Pictures:
    """Pictures in rows of ``columns``, ``gap`` pixels apart, as one picture (height, width, 3)."""
    count, height, width, _ = pictures_NHW3.shape
    columns = max(1, min(columns, count))
    rows = max(1, -(-count // columns))
    cell_height, cell_width = height + gap, width + gap
    sheet = np.empty((rows * cell_height - gap, columns * cell_width - gap, 3), np.uint8)
    sheet[:] = background
    for index, picture in enumerate(pictures_NHW3):
        top, left = (index // columns) * cell_height, (index % columns) * cell_width
        sheet[top : top + height, left : left + width] = picture
    return sheet


def side_by_side_rgb8(versions: Sequence[Pictures]) -> Pictures:
    """Several versions of the same samples, (N, H, W, 3) each, as one picture (height, width, 3).

    All versions of a sample stand beside each other, and four samples in a row.
    """
    height, width = versions[0].shape[1:3]
    in_turn = np.stack(list(versions), axis=1).reshape(-1, height, width, 3)
    factor = max(1, _COMPARED_SIDE // min(height, width))
    return tile_rgb8(magnify_rgb8(in_turn, factor), len(versions) * _COMPARED_PER_ROW)


def _unit_rgb(
    samples_NCHW: npt.NDArray[np.generic], low: float, high: float, background: Color
) -> npt.NDArray[np.float32]:
    """(N, H, W, 3) in [0, 1]; values that are not numbers are drawn as ``low``."""
    samples = np.asarray(samples_NCHW, dtype=np.float32)
    span = high - low if high > low else 1.0
    unit = np.nan_to_num((samples - low) / span, nan=0.0, posinf=1.0, neginf=0.0).clip(0.0, 1.0)
    channels = unit.shape[1]
    if channels == 4:
        color, alpha = unit[:, :3], unit[:, 3:]
        behind = np.array(background, np.float32)[None, :, None, None] / 255.0
        unit = alpha * color + (1.0 - alpha) * behind
    elif channels >= 3:
        unit = unit[:, :3]
    else:
        unit = unit[:, :1].repeat(3, axis=1)
    return np.ascontiguousarray(unit.transpose(0, 2, 3, 1))
