"""The three number types in which pictures are kept: uint8, uint16 and float32."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from aestudio.data.arrays.slicing import slices
from aestudio.data.files.doors import memory_limit
from aestudio.errors import DataError

Array = npt.NDArray[Any]

_KEPT: tuple[np.dtype[Any], ...] = (np.dtype(np.uint8), np.dtype(np.uint16), np.dtype(np.float32))


def as_image_numbers(x: Array, source: str) -> Array:
    """Bring pictures to the smallest kept type that holds every value exactly, else to float32.

    Programs often save pictures of bytes as 64-bit integers; they become bytes again.

    Raises
    ------
    DataError
        The conversion would not fit the memory.
    """
    if x.dtype in _KEPT:
        return x
    target: np.dtype[Any] = np.dtype(np.float32)
    if np.issubdtype(x.dtype, np.integer):
        low, high = _range(x)
        if low >= 0:
            target = next((kept for kept in _KEPT[:2] if high <= np.iinfo(kept).max), target)
    if x.size * target.itemsize > memory_limit():
        raise DataError(
            f"as {target} the pictures do not fit the memory.",
            subject=source,
            next_step=f"Save them as {target}; then they are read piece by piece.",
        )
    # Numbers beyond the range of 32 bits become infinite, and are reported as missing.
    with np.errstate(over="ignore"):
        return x.astype(target)


def _range(x: Array) -> tuple[int, int]:
    lows, highs = zip(*((int(part.min()), int(part.max())) for part in slices(x)), strict=True)
    return min(lows), max(highs)
