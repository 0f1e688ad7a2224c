"""Keeping little of an array in memory that is larger than the memory, however long it is read."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from aestudio.data.files.mapped_file import is_mapped, release

#: Memory that rows which were read may take until it is given back.
_MOST_BYTES = 2**29
#: What the system brings into memory around one row that is read, beside the row itself (Linux maps
#: 16 pages around a fault: fault_around_bytes in its mm/memory.c).
_AROUND_ROW_BYTES = 2**16


class GatheredPages:
    """Counts what reading rows of a mapped array has brought into memory, and gives it back.

    Rows gathered at random leave all of the file in memory in the end, as far as that reaches, and
    other programs go without. The system still holds what it has room for, and hands it out again
    at little cost.
    """

    def __init__(self, x: npt.NDArray[Any]) -> None:
        self._x = x if is_mapped(x) else None
        row_bytes = int(np.prod(x.shape[1:], dtype=np.int64)) * x.dtype.itemsize
        self._bytes_per_row = row_bytes + _AROUND_ROW_BYTES
        self._num_bytes = 0

    def count(self, num_rows: int) -> None:
        """Count rows that were copied from the array; what was read before may go."""
        if self._x is None:
            return
        self._num_bytes += num_rows * self._bytes_per_row
        if self._num_bytes > _MOST_BYTES:
            release(self._x)
            self._num_bytes = 0
