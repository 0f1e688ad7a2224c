"""Samples as small pictures and lines, worked out away from the window's thread."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from aestudio.analysis.known_range import known_range
from aestudio.analysis.pictures import to_rgb8
from aestudio.data.dataset import Dataset, Kind
from aestudio.data.splitting import evenly_spaced

_MAX_FEATURES = 64
#: As many as a small tile has pixels, and a few more.
_MAX_STEPS = 168
#: Channels of a series that are told apart in a small tile.
MOST_LINES = 3


def pictures_of(dataset: Dataset, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.uint8]:
    """Return the given images as (N, H, W, 3)."""
    x = np.asarray(dataset.x[rows])
    return to_rgb8(x, *brightness_range(x))


def profiles_of(dataset: Dataset, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.float32]:
    """Return the given samples as lines, each feature stretched to 0..1 over these samples.

    Of sequences the first channel is shown, in the same range at every step: its shape is what tells.
    """
    x = np.asarray(dataset.x[rows])
    return series_lines(x, x)[:, 0] if dataset.kind == Kind.SEQUENCES else stretched(x, x)


def series_lines(
    x_NTC: npt.NDArray[np.generic], reference_NTC: npt.NDArray[np.generic]
) -> npt.NDArray[np.float32]:
    """Return up to three channels as lines, (N, C, T).

    0 and 1 are the least and the most of each channel of the reference.
    """
    steps = evenly_spaced(np.arange(x_NTC.shape[1]), _MAX_STEPS)
    lines = [
        stretched(
            x_NTC[:, steps, channel].reshape(-1, 1),
            reference_NTC[:, steps, channel].reshape(-1, 1),
        ).reshape(len(x_NTC), len(steps))
        for channel in range(min(MOST_LINES, x_NTC.shape[2]))
    ]
    return np.stack(lines, axis=1)


def brightness_range(x: npt.NDArray[np.generic]) -> tuple[float, float]:
    """The values to draw black and white."""
    if x.dtype == np.uint8:
        return 0.0, 255.0
    low, high = known_range(x.astype(np.float64))
    return float(low), float(high)


def stretched(
    x: npt.NDArray[np.generic], reference: npt.NDArray[np.generic]
) -> npt.NDArray[np.float32]:
    """Return (N, D) lines in which 0 and 1 are the least and the most of ``reference``, by feature."""
    low, high = known_range(_as_rows(reference), 0)
    return ((_as_rows(x) - low) / np.where(high > low, high - low, 1.0)).astype(np.float32)


def _as_rows(x: npt.NDArray[np.generic]) -> npt.NDArray[np.float64]:
    values = x.astype(np.float64).reshape(len(x), -1)[:, :_MAX_FEATURES]
    return np.where(np.isfinite(values), values, np.nan)
