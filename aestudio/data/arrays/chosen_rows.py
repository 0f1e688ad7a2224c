"""Some rows of an array that is too large to be copied: the array stays in its file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

import numpy as np
import numpy.typing as npt

from aestudio.data.arrays.slicing import picked, slices
from aestudio.data.files.mapped_file import is_mapped

Array = npt.NDArray[Any]
Rows = npt.NDArray[np.int64]

#: Fewer bytes are copied, because an array in memory is quicker.
COPIED_BELOW = 2**26


class ChosenRows:
    """Stands for ``whole[rows]``, (M, ...), where the samples of a dataset are asked for.

    It has the shape and the number type of that array, and gives copies of what it is indexed with.
    Who asks numpy for an array of it gets all of the rows in memory.
    """

    def __init__(self, whole: Array, rows: Rows) -> None:
        self.whole = whole
        self.rows = rows
        self.dtype = whole.dtype
        self.shape = (len(rows), *whole.shape[1:])
        self.ndim = whole.ndim
        self.size = int(np.prod(self.shape, dtype=np.int64))
        self.nbytes = self.size * whole.dtype.itemsize

    @property
    def base(self) -> Array:
        """The array that knows its file, as views of it say too."""
        return self.whole

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[Array]:
        return (row for part in slices(cast("Array", self)) for row in part)

    def __getitem__(self, key: Any) -> Array:
        first, *others = key if isinstance(key, tuple) else (key,)
        if first is None or first is Ellipsis or not _is_for_rows(first):
            return np.asarray(np.asarray(self)[key])
        rows = self.rows[first]
        if rows.ndim == 0:
            return np.asarray(picked(self.whole, rows[None])[(0, *others)])
        if all(isinstance(other, slice | int | np.integer) for other in others):
            return picked(self.whole, rows, tuple(others))
        # Beside a slice numpy takes every combination, beside rows it takes pairs.
        places = slice(None) if isinstance(first, slice) else np.arange(len(rows))
        return np.asarray(picked(self.whole, rows)[(places, *others)])

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Array:
        if copy is False:
            raise ValueError("rows of a file cannot be had without copying them")
        found = picked(self.whole, self.rows)
        return found if dtype is None else found.astype(dtype)

    def astype(self, dtype: Any) -> Array:
        """Return all of the rows in memory as another number type."""
        return np.asarray(self).astype(dtype)


def chosen_rows(x: Array, rows: Rows) -> Array:
    """Return ``x[rows]``; what lies in a file and is large stays there."""
    whole, chosen = whole_array(x)
    if chosen is not None:
        return chosen_rows(whole, chosen[rows])
    row_bytes = int(np.prod(x.shape[1:], dtype=np.int64)) * x.dtype.itemsize
    if is_mapped(x) and len(rows) * row_bytes >= COPIED_BELOW:
        return cast("Array", ChosenRows(x, rows))
    return x[rows]


def as_array(x: npt.ArrayLike) -> Array:
    """Return what numpy makes of ``x``; rows of an array in a file stay what they are."""
    return cast("Array", x) if isinstance(x, ChosenRows) else np.asarray(x)


def whole_array(x: Array) -> tuple[Array, Rows | None]:
    """Return the array in its file and which of its rows ``x`` is; ``x`` and None for all others."""
    given: object = x
    return (given.whole, given.rows) if isinstance(given, ChosenRows) else (x, None)


def _is_for_rows(key: Any) -> bool:
    """Whether a part of an index is about rows alone."""
    if isinstance(key, slice | int | np.integer):
        return True
    return np.ndim(key) == 1
