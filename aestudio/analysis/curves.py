"""Curves for the eye: smoothing, and fewer points with the same outline."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

#: Values per block of the smoothing recursion; inside a block it is one matrix product.
_BLOCK = 64


def smooth(values: npt.ArrayLike, half_life: float) -> Floats:
    """Exponentially weighted mean of each value and those before it, (N,).

    The weight of a value halves every ``half_life`` steps, and weights are normalised to one, so
    that the first values are not pulled towards zero (Kingma and Ba 2015, section 3,
    https://arxiv.org/abs/1412.6980). Values that are not finite have no weight; where nothing finite
    came before, the result is NaN. ``half_life`` 0 returns the values.
    """
    raw = np.asarray(values, dtype=np.float64)
    if half_life <= 0 or raw.size == 0:
        return raw.copy()
    decay = 0.5 ** (1.0 / half_life)
    finite = np.isfinite(raw)
    total = _decayed_sum(np.where(finite, raw, 0.0), decay)
    weight = _decayed_sum(finite.astype(np.float64), decay)
    return np.divide(total, weight, out=np.full_like(total, np.nan), where=weight > 0)


def decimate(x: npt.ArrayLike, y: npt.ArrayLike, max_points: int) -> tuple[Floats, Floats]:
    """At most ``max_points`` of the points, such that the drawn outline stays the same.

    ``x`` is sorted. The points fall into equal runs, and of each run the lowest and the highest are
    kept, in order; the first and the last point always stay. Spikes therefore survive.
    """
    x_N = np.asarray(x, dtype=np.float64)
    y_N = np.asarray(y, dtype=np.float64)
    count = len(x_N)
    if count <= max_points:
        return x_N, y_N
    ends = np.array([0, count - 1])
    num_runs = (max_points - 2) // 2
    if num_runs < 1:
        return x_N[ends], y_N[ends]
    length = -(-count // num_runs)
    starts = np.arange(0, count, length)
    # The last run is filled up with its own last value, which adds no extreme.
    runs = np.full((len(starts), length), y_N[-1])
    runs.reshape(-1)[:count] = y_N
    missing = np.isnan(runs)
    lowest = starts + np.where(missing, np.inf, runs).argmin(axis=1)
    highest = starts + np.where(missing, -np.inf, runs).argmax(axis=1)
    rows = np.unique(np.concatenate([ends, lowest, highest]).clip(max=count - 1))
    return x_N[rows], y_N[rows]


def _decayed_sum(values: Floats, decay: float) -> Floats:
    """s[n] = values[n] + decay * s[n - 1]."""
    num_blocks = -(-len(values) // _BLOCK)
    blocks = np.zeros((num_blocks, _BLOCK))
    blocks.reshape(-1)[: len(values)] = values
    age = np.arange(_BLOCK)[:, None] - np.arange(_BLOCK)[None, :]
    within = np.where(age >= 0, decay ** age.clip(min=0), 0.0)
    sums = blocks @ within.T
    carry = 0.0
    fade = decay ** np.arange(1, _BLOCK + 1)
    for block in sums:
        block += carry * fade
        carry = block[-1]
    return sums.reshape(-1)[: len(values)]
