"""Rows of a mapped array, read from its file instead of through the mapping.

Touching rows here and there through a mapping stops the program once for each of them, and the system
brings in sixteen pages around every one, or more from a disk. Asking for the bytes takes a third of
the time, leaves nothing behind in this program's memory, and the system can be told beforehand.
"""

from __future__ import annotations

import os
import weakref
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from aestudio.data.files.mapped_file import check_unchanged, place_in_file
from aestudio.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Iterator

Array = npt.NDArray[Any]
Rows = npt.NDArray[np.int64]

#: Not on Windows.
_CAN_READ_AT = hasattr(os, "preadv")
_CAN_ADVISE = hasattr(os, "posix_fadvise")


class FileRows:
    """Reads rows of an array (N, ...) that lies in a file; :func:`file_rows` makes one."""

    def __init__(self, x: Array, descriptor: int, offset: int) -> None:
        weakref.finalize(self, os.close, descriptor)
        self._x = x
        self._descriptor = descriptor
        self._offset = offset
        self._row_bytes = int(np.prod(x.shape[1:], dtype=np.int64)) * x.dtype.itemsize
        if _CAN_ADVISE:
            os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_RANDOM)

    def read(self, rows: Rows) -> Array:
        """Return ``x[rows]``.

        Raises
        ------
        DataError
            The file was changed or cut off.
        """
        found = np.empty((len(rows), *self._x.shape[1:]), self._x.dtype)
        content = memoryview(found.reshape(-1).view(np.uint8))
        for place, row, count in _runs(rows):
            part = content[place * self._row_bytes : (place + count) * self._row_bytes]
            position = self._offset + row * self._row_bytes
            while part:
                num_read = os.preadv(self._descriptor, [part], position)
                if not num_read:
                    check_unchanged(self._x)
                    raise DataError(
                        "the file ends before its last sample.",
                        next_step="Restore it, or begin again.",
                    )
                part, position = part[num_read:], position + num_read
        return found

    def expect(self, rows: Rows) -> None:
        """Let the system fetch rows that will be read soon, while the program does something else."""
        if not _CAN_ADVISE:
            return
        for _, row, count in _runs(rows):
            os.posix_fadvise(
                self._descriptor,
                self._offset + row * self._row_bytes,
                count * self._row_bytes,
                os.POSIX_FADV_WILLNEED,
            )


def file_rows(x: Array) -> FileRows | None:
    """Return what reads rows of ``x`` from its file; None where it is in memory or cannot be read so."""
    place = place_in_file(x) if _CAN_READ_AT and x.size else None
    return None if place is None else FileRows(x, *place)


def _runs(rows: Rows) -> Iterator[tuple[int, int, int]]:
    """Yield (place in ``rows``, row, how many follow each other from there)."""
    begins = np.flatnonzero(np.diff(rows, prepend=rows[:1] - 2) != 1)
    counts = np.diff(begins, append=len(rows))
    yield from zip(begins.tolist(), rows[begins].tolist(), counts.tolist(), strict=True)
