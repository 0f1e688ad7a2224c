"""How alike two pictures look, one number per picture.

Both take (N, C, H, W) arrays of the same shape and ``data_range``, the distance between the darkest
and the brightest possible value.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

#: Identical pictures have an infinite ratio; this stands for it, so that means stay finite.
HIGHEST_PSNR_DB = 100.0
#: Window of the structural similarity and its constants, as in the paper.
_WINDOW_SIZE = 11
_WINDOW_SIGMA = 1.5
_K1, _K2 = 0.01, 0.03
#: Pictures per block, which bounds the memory for the five filtered maps.
_BLOCK_VALUES = 2**22


def psnr_db(
    a_NCHW: npt.NDArray[np.generic], b_NCHW: npt.NDArray[np.generic], data_range: float
) -> Floats:
    """Peak signal-to-noise ratio per picture in decibels, (N,), at most 100.

    10 log10(data_range^2 / mean squared difference over all channels and pixels).
    """
    result = np.empty(len(a_NCHW))
    for rows in _blocks(a_NCHW):
        difference = a_NCHW[rows].astype(np.float64) - b_NCHW[rows].astype(np.float64)
        mse = np.square(difference).mean(axis=(1, 2, 3))
        floor = data_range**2 * 10 ** (-HIGHEST_PSNR_DB / 10)
        result[rows] = 10.0 * np.log10(data_range**2 / np.maximum(mse, floor))
    return result


def ssim(
    a_NCHW: npt.NDArray[np.generic], b_NCHW: npt.NDArray[np.generic], data_range: float
) -> Floats:
    """Structural similarity per picture, (N,), 1 for identical pictures.

    Wang, Bovik, Sheikh and Simoncelli 2004, equation 13, https://doi.org/10.1109/TIP.2003.819861:
    a Gaussian window of 11 pixels with a standard deviation of 1.5, only where it fits entirely,
    averaged over positions and channels. Pictures smaller than that take the largest odd window
    that fits.
    """
    height, width = a_NCHW.shape[2:]
    side = min(_WINDOW_SIZE, height, width)
    window = _gaussian(side if side % 2 else side - 1)
    c1, c2 = (_K1 * data_range) ** 2, (_K2 * data_range) ** 2
    result = np.empty(len(a_NCHW))
    for rows in _blocks(a_NCHW):
        a = a_NCHW[rows].astype(np.float64)
        b = b_NCHW[rows].astype(np.float64)
        mean_a, mean_b = _filter(a, window), _filter(b, window)
        variance_a = _filter(a * a, window) - mean_a**2
        variance_b = _filter(b * b, window) - mean_b**2
        covariance = _filter(a * b, window) - mean_a * mean_b
        similarity = ((2 * mean_a * mean_b + c1) * (2 * covariance + c2)) / (
            (mean_a**2 + mean_b**2 + c1) * (variance_a + variance_b + c2)
        )
        result[rows] = similarity.mean(axis=(1, 2, 3))
    return result


def _gaussian(size: int) -> Floats:
    offsets = np.arange(size) - (size - 1) / 2
    weights = np.exp(-(offsets**2) / (2 * _WINDOW_SIGMA**2))
    return np.asarray(weights / weights.sum())


def _filter(maps_NCHW: Floats, window: Floats) -> Floats:
    """Weighted mean under the window at every place where it fits; rows, then columns."""
    size = len(window)
    height = maps_NCHW.shape[2] - size + 1
    width = maps_NCHW.shape[3] - size + 1
    tall = window[0] * maps_NCHW[:, :, :height]
    for offset in range(1, size):
        tall += window[offset] * maps_NCHW[:, :, offset : offset + height]
    wide = window[0] * tall[..., :width]
    for offset in range(1, size):
        wide += window[offset] * tall[..., offset : offset + width]
    return np.asarray(wide)


def _blocks(samples: npt.NDArray[np.generic]) -> list[slice]:
    step = max(1, _BLOCK_VALUES // max(1, int(np.prod(samples.shape[1:]))))
    return [slice(start, start + step) for start in range(0, len(samples), step)]
