"""From one set of channels to another: grey, colour, colour with transparency."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

NUM_CHANNELS = {"grey": 1, "rgb": 3, "rgba": 4}

#: Weights of red, green and blue in brightness: Rec. ITU-R BT.601-7, section 2.5.1.
_LUMA = np.array([0.299, 0.587, 0.114], dtype=np.float32)


def recoloured(x: Array, channels: int, background: str, full: float) -> Array:
    """Bring (N, C, H, W) to 1, 3 or 4 channels; transparency is laid over the background.

    ``full`` is the value of full brightness and full opacity.
    """
    if x.shape[1] == channels:
        return x
    colour = x
    if x.shape[1] == 4:
        alpha = x[:, 3:].astype(np.float32) / full
        behind = full if background == "white" else 0
        colour = _as_type(x[:, :3] * alpha + behind * (1 - alpha), x.dtype)
    if channels == 1:
        grey = np.tensordot(colour.astype(np.float32), _LUMA, axes=([1], [0]))
        return _as_type(grey, x.dtype)[:, None]
    if colour.shape[1] == 1:
        colour = np.repeat(colour, 3, axis=1)
    if channels == 3:
        return colour
    opaque = np.full((len(x), 1, *x.shape[2:]), full, dtype=x.dtype)
    return np.concatenate([colour, opaque], axis=1)


def full_value(x: Array) -> float:
    """Return the value of full brightness in pictures whose number type alone may not tell."""
    if np.issubdtype(x.dtype, np.integer):
        return float(np.iinfo(x.dtype).max)
    return 1.0 if np.max(x, initial=0, where=np.isfinite(x)) <= 1 else 255.0


def _as_type(values: Array, dtype: np.dtype[Any]) -> Array:
    if np.issubdtype(dtype, np.integer):
        values = np.rint(values)
    return values.astype(dtype)
