"""Going through an array that may be larger than the memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from aestudio.data.arrays.file_rows import reader_of_rows
from aestudio.data.files.mapped_file import check_unchanged, release

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Bytes of the stored array that are looked at together.
_SLICE_BYTES = 2**24
#: Rows that are picked together, at most; where they are touched in a mapping, each brings in what is
#: around it.
_PICKED_ROWS = 2_000


def picked(
    x: npt.NDArray[Any],
    rows: npt.NDArray[np.int64],
    within: tuple[slice | int | np.integer[Any], ...] = (),
) -> npt.NDArray[Any]:
    """Return ``x[rows]`` in an array of its own, whatever of a mapped file lies around these rows.

    ``within`` says what of each of the rows. The system reads many rows along with each that is
    asked for; they are given back in between. Raises :class:`DataError` when the file in which ``x``
    lies has changed.
    """
    of_each = (slice(None), *within)
    shape = np.empty((0, *x.shape[1:]))[of_each].shape[1:]
    found = np.empty((len(rows), *shape), x.dtype)
    # A reader of its own: one for all would not know what it was asked for by several threads.
    read = reader_of_rows(x)
    step = min(_PICKED_ROWS, _rows_of_a_slice(x))
    for start in range(0, len(rows), step):
        check_unchanged(x)
        part = slice(start, start + step)
        found[part] = read(rows[part])[of_each]
        release(x)
    return found


def slices(x: npt.NDArray[Any]) -> Iterator[npt.NDArray[Any]]:
    """Cut (N, ...) into parts small enough to hold in memory, in order.

    Raises :class:`DataError` when the file in which ``x`` lies has changed.
    """
    step = _rows_of_a_slice(x)
    for start in range(0, len(x), step):
        check_unchanged(x)
        yield x[start : start + step]
        release(x)


def _rows_of_a_slice(x: npt.NDArray[Any]) -> int:
    row_bytes = max(1, int(np.prod(x.shape[1:], dtype=np.int64)) * x.dtype.itemsize)
    return max(1, _SLICE_BYTES // row_bytes)
