"""From where to where values go, some of which may be missing."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
import numpy.typing as npt

Float = TypeVar("Float", np.float32, np.float64)


def known_range(
    values: npt.NDArray[Float], axis: int | None = None, *, keepdims: bool = False
) -> tuple[npt.NDArray[Float], npt.NDArray[Float]]:
    """Return the least and the most along ``axis``, or of all, shaped as by ``numpy.min``.

    What is not finite counts for nothing; where nothing else is there, they are 0 and 1.
    """
    is_known = np.isfinite(values)
    low = np.min(values, axis=axis, where=is_known, initial=np.inf, keepdims=keepdims)
    high = np.max(values, axis=axis, where=is_known, initial=-np.inf, keepdims=keepdims)
    has_any = low <= high
    kind = values.dtype.type
    return np.where(has_any, low, kind(0)), np.where(has_any, high, kind(1))
