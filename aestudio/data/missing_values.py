"""Values that are not there: NaN, infinities, and the giant numbers that some programs write instead.

Weather and map services mark gaps with numbers such as -3.4e38; no measurement that a 32-bit
network could learn from is that large.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from aestudio.data.arrays.slicing import slices

if TYPE_CHECKING:
    from collections.abc import Callable

Array = npt.NDArray[Any]

#: Floating-point values of this size or more count as missing.
MISSING_FROM = 1e30


def can_miss(x: Array) -> bool:
    """Whether the number type of ``x`` has a way to say "missing"."""
    return bool(np.issubdtype(x.dtype, np.floating))


def is_missing(x: Array) -> npt.NDArray[np.bool_]:
    """Return True where a value is missing; same shape as ``x``."""
    if not can_miss(x) or x.dtype.itemsize < 4:
        return ~np.isfinite(x)
    # NaN compares false, so it ends on the missing side without a second look.
    return ~(np.abs(x) < MISSING_FROM)


def has_missing(x: Array, check_cancelled: Callable[[], None] = lambda: None) -> bool:
    """Whether any value of ``x`` is missing; stops at the first slice that has one."""
    if can_miss(x):
        for part in slices(x):
            check_cancelled()
            if is_missing(part).any():
                return True
    return False


def count_missing(
    x: Array, check_cancelled: Callable[[], None] = lambda: None
) -> npt.NDArray[np.int64]:
    r"""Count missing values per feature: (N, \*shape) -> (\*shape)."""
    counts = np.zeros(x.shape[1:], dtype=np.int64)
    if can_miss(x):
        for part in slices(x):
            check_cancelled()
            counts += np.sum(is_missing(part), axis=0)
    return counts


def without_missing(x: Array, fill: Array) -> Array:
    """Return ``x`` with missing values replaced by ``fill``; ``x`` itself where there are none.

    ``fill`` broadcasts against one sample.
    """
    # A memory map is only copied when there is something to replace.
    if not has_missing(x):
        return x
    return np.where(is_missing(x), fill.astype(x.dtype), x)
