"""Rows of a mapped array, read from its file instead of through the mapping.

Touching rows here and there through a mapping stops the program once for each of them, and the system
brings in sixteen pages around every one, or more from a disk. Asking for the bytes takes a third of
the time and leaves nothing behind in this program's memory. What is needed next can be named
beforehand: what the system holds is copied at once, and it fetches the rest meanwhile.
"""

from __future__ import annotations

import os
import weakref
from dataclasses import dataclass
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
#: On Linux: reads nothing that would have to be waited for.
_NO_WAIT = getattr(os, "RWF_NOWAIT", 0)


@dataclass(slots=True, eq=False)
class _Ahead:
    """Rows that were read before they were asked for, but for those that have to be waited for."""

    rows: Rows
    found: Array
    #: As :func:`_runs` gives them.
    missing: list[tuple[int, int, int]]


class FileRows:
    """Reads rows of an array (N, ...) that lies in a file; :func:`file_rows` makes one."""

    def __init__(self, x: Array, descriptor: int, offset: int) -> None:
        weakref.finalize(self, os.close, descriptor)
        self._x = x
        self._descriptor = descriptor
        self._offset = offset
        self._row_bytes = int(np.prod(x.shape[1:], dtype=np.int64)) * x.dtype.itemsize
        self._no_wait = _NO_WAIT
        self._ahead: _Ahead | None = None
        if _CAN_ADVISE:
            os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_RANDOM)

    def read(self, rows: Rows) -> Array:
        """Return ``x[rows]``.

        Raises
        ------
        DataError
            The file was changed or cut off.
        """
        ahead, self._ahead = self._ahead, None
        if ahead is None or not np.array_equal(ahead.rows, rows):
            ahead = _Ahead(rows, self._place_for(rows), list(_runs(rows)))
        content = _bytes_of(ahead.found)
        for place, row, count in ahead.missing:
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
        return ahead.found

    def expect(self, rows: Rows) -> None:
        """Prepare for reading these rows next, without waiting for a disk."""
        if not _CAN_ADVISE:
            return
        ahead = _Ahead(rows.copy(), self._place_for(rows), [])
        content = _bytes_of(ahead.found)
        for place, row, count in _runs(rows):
            part = content[place * self._row_bytes : (place + count) * self._row_bytes]
            position = self._offset + row * self._row_bytes
            if not self._is_read_at_once(part, position):
                ahead.missing.append((place, row, count))
                os.posix_fadvise(self._descriptor, position, len(part), os.POSIX_FADV_WILLNEED)
        self._ahead = ahead

    def _is_read_at_once(self, part: memoryview, position: int) -> bool:
        if not self._no_wait:
            return False
        try:
            return os.preadv(self._descriptor, [part], position, self._no_wait) == len(part)
        except BlockingIOError:
            return False
        except OSError:
            self._no_wait = 0  # not every file system can say what it holds
            return False

    def _place_for(self, rows: Rows) -> Array:
        return np.empty((len(rows), *self._x.shape[1:]), self._x.dtype)


def file_rows(x: Array) -> FileRows | None:
    """Return what reads rows of ``x`` from its file; None where it is in memory or cannot be read so."""
    place = place_in_file(x) if _CAN_READ_AT and x.size else None
    return None if place is None else FileRows(x, *place)


def _bytes_of(x: Array) -> memoryview:
    return x.reshape(-1).view(np.uint8).data


def _runs(rows: Rows) -> Iterator[tuple[int, int, int]]:
    """Yield (place in ``rows``, row, how many follow each other from there)."""
    begins = np.flatnonzero(np.diff(rows, prepend=rows[:1] - 2) != 1)
    counts = np.diff(begins, append=len(rows))
    yield from zip(begins.tolist(), rows[begins].tolist(), counts.tolist(), strict=True)
