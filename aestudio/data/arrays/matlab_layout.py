"""Arrays as MATLAB users keep them, brought to one sample per row.

Pictures of (H, W, C, N) and (H, W, N) have their samples along the last axis, and so have tables
with a sample per column. Labels tell, where there are any; otherwise the shape does.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from aestudio.data.arrays.array_kind import CHANNELS

Array = npt.NDArray[Any]

_LABELS_OF = {"data": "labels", "test_data": "test_labels"}


def samples_first(arrays: Mapping[str, Array]) -> dict[str, Array]:
    """Return the arrays of a file by role, with samples along the first axis and labels as (N,)."""
    found = dict(arrays)
    for data, labels in _LABELS_OF.items():
        if data not in found:
            continue
        if labels in found and not _is_one_hot_shape(found[labels]):
            found[labels] = found[labels].reshape(-1)
        if _is_last(found[data], found.get(labels)):
            found[data] = np.moveaxis(found[data], -1, 0)
    return found


def _is_one_hot_shape(labels: Array) -> bool:
    return labels.ndim == 2 and min(labels.shape) > 1


def _is_last(x: Array, labels: Array | None) -> bool:
    if x.ndim < 2:
        return False
    if labels is not None:
        count = len(labels)
        return bool(x.shape[-1] == count and x.shape[0] != count)
    if x.ndim == 4:
        # (H, W, C, N), unless the last axis can be the channels and the third cannot.
        return x.shape[2] in CHANNELS and x.shape[3] not in CHANNELS
    # Square pictures behind each other; a stack of them along the first axis is as wide as high.
    return x.ndim == 3 and bool(x.shape[0] == x.shape[1] != x.shape[2])
