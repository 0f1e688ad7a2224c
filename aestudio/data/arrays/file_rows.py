"""Rows of a mapped array, read from its file instead of through the mapping.

Touching rows here and there through a mapping stops the program once for each of them, and the system
brings in sixteen pages around every one, or more from a disk. Asking for the bytes takes a third of
the time and leaves nothing behind in this program's memory.

Who will ask for rows in an order that is known plans it. Then many batches are read at once: one row
after the other costs half as much as a few between the steps of a training, which leave the
processor's caches full of other things. What the system does not hold is not waited for until it is
asked for; it is fetched meanwhile, together with what follows, and in the end the whole array if
there is room for it.
"""

from __future__ import annotations

import os
import weakref
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from aestudio.data.files.doors import memory_limit
from aestudio.data.files.mapped_file import check_unchanged, place_in_file
from aestudio.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Callable

Array = npt.NDArray[Any]
Rows = npt.NDArray[np.int64]
#: Rows that follow each other: the place of the first among those asked for, its number, how many.
_Run = tuple[int, int, int]

#: Not on Windows.
_CAN_READ_AT = hasattr(os, "preadv")
_CAN_ADVISE = hasattr(os, "posix_fadvise")
#: On Linux: reads nothing that would have to be waited for.
_NO_WAIT = getattr(os, "RWF_NOWAIT", 0)
#: At once, as long as the system holds them.
_MOST_ROWS, _MOST_BYTES = 2**11, 2**23
#: Batches that a disk is asked for at once; few, so that it can be stopped.
_BATCHES_WAITED_FOR = 2
#: The same of the array from its beginning to its end, and in one piece of advice, of which Linux
#: takes no more (force_page_cache_ra in its mm/readahead.c).
_SWEPT_BYTES, _ADVISED_BYTES = 2**24, 2**17


class FileRows:
    """Reads rows of an array (N, ...) that lies in a file; :func:`file_rows` makes one."""

    def __init__(self, x: Array, descriptor: int, offset: int) -> None:
        weakref.finalize(self, os.close, descriptor)
        self._x = x
        self._descriptor = descriptor
        self._offset = offset
        self._row_bytes = int(np.prod(x.shape[1:], dtype=np.int64)) * x.dtype.itemsize
        self._most_rows = max(1, min(_MOST_ROWS, _MOST_BYTES // self._row_bytes))
        self._no_wait = _NO_WAIT
        self._swept = 0
        self.plan(np.empty(0, np.int64))

    def plan(self, rows: Rows) -> None:
        """Say which rows will be asked for, a batch at a time in this order."""
        if len(rows) and _CAN_ADVISE:
            # Until then they are asked for in their order, and the system may read on.
            os.posix_fadvise(self._descriptor, 0, 0, os.POSIX_FADV_RANDOM)
        self._planned = rows.copy()
        #: Where in the plan the next batch begins, and from where to where rows were read.
        self._next = self._begin = self._end = 0
        self._found = self._place_for(0)
        #: Of those that were read, what was not there yet.
        self._missing: list[_Run] = []

    def expect(self, rows: Rows) -> None:
        """Prepare for reading these rows next, without waiting for a disk."""
        if self._next + len(rows) > self._end and self._is_planned(rows):
            self._read_ahead(len(rows))

    def read(self, rows: Rows) -> Array:
        """Return ``x[rows]``, which is the caller's.

        Raises
        ------
        DataError
            The file was changed or cut off.
        """
        if not self._is_planned(rows):
            found = self._place_for(len(rows))
            self._wait_for(_runs(rows, 0), _bytes_of(found))
            return found
        if self._next + len(rows) > self._end:
            self._read_ahead(len(rows))
        start = self._next - self._begin
        stop = start + len(rows)
        self._next += len(rows)
        if self._missing:
            self._wait_for([run for run in self._missing if run[0] < stop], _bytes_of(self._found))
            self._missing = [run for run in self._missing if run[0] >= stop]
        return self._found[start:stop]

    def _is_planned(self, rows: Rows) -> bool:
        if self._follows(rows):
            return True
        # A training that is gone on with begins somewhere within the first epoch.
        for place in np.flatnonzero(self._planned == rows[0]).tolist() if len(rows) else ():
            # What was given away may have been written to.
            self._next = self._begin = self._end = place
            self._missing = []
            if self._follows(rows):
                return True
        self.plan(rows[:0])
        return False

    def _follows(self, rows: Rows) -> bool:
        planned = self._planned[self._next : self._next + len(rows)]
        return len(rows) > 0 and np.array_equal(planned, rows)

    def _read_ahead(self, batch_rows: int) -> None:
        """Read batches from the next one on, up to some that the system does not hold."""
        begin = self._begin = self._end = self._next
        num_rows = max(batch_rows, self._most_rows // batch_rows * batch_rows)
        self._found = self._place_for(len(self._planned[begin : begin + num_rows]))
        content = _bytes_of(self._found)
        most_missing = step = _BATCHES_WAITED_FOR * batch_rows
        self._missing = []
        while self._end - begin < len(self._found) and len(self._missing) < most_missing:
            rows = self._planned[self._end : min(self._end + step, begin + len(self._found))]
            self._missing += self._not_held(rows, self._end - begin, content)
            self._end += len(rows)
            step *= 2
        if self._missing:
            self._fetch(self._missing)
            self._sweep()
        if len(self._missing) >= most_missing:
            self._fetch(_runs(self._planned[self._end : self._end + most_missing], 0))

    def _not_held(self, rows: Rows, begin: int, content: memoryview) -> list[_Run]:
        """Read what the system holds, the first of the rows to ``begin``; returns the rest."""
        if not self._no_wait:
            return _runs(rows, begin)
        missing: list[int] = []
        # This is where the time goes: nothing is looked up or reckoned row by row.
        firsts, counts = _firsts(rows)
        starts, sizes = (firsts + begin) * self._row_bytes, counts * self._row_bytes
        positions = rows[firsts] * self._row_bytes + self._offset
        preadv, descriptor, no_wait = os.preadv, self._descriptor, self._no_wait
        for start, size, end, position in zip(
            starts.tolist(),
            sizes.tolist(),
            (starts + sizes).tolist(),
            positions.tolist(),
            strict=True,
        ):
            try:
                if preadv(descriptor, [content[start:end]], position, no_wait) != size:
                    missing.append(start)
            except BlockingIOError:
                missing.append(start)
            except OSError:
                self._no_wait = 0  # not every file system can say what it holds
                return _runs(rows, begin)
        places = set(missing)
        return (
            [run for run in _runs(rows, begin) if run[0] * self._row_bytes in places]
            if places
            else []
        )

    def _fetch(self, runs: list[_Run]) -> None:
        """Let the system fetch rows while something else is done."""
        if not _CAN_ADVISE:
            return
        size = self._row_bytes
        for _, row, count in runs:
            position = self._offset + row * size
            os.posix_fadvise(self._descriptor, position, count * size, os.POSIX_FADV_WILLNEED)

    def _sweep(self) -> None:
        """Let the system fetch a further stretch of an array that it can hold as a whole.

        A disk gives all of it sooner in one go than a small part of it here and there.
        """
        num_bytes = self._x.nbytes
        if not _CAN_ADVISE or num_bytes > memory_limit():
            return
        stop = min(self._swept + _SWEPT_BYTES, num_bytes)
        for start in range(self._swept, stop, _ADVISED_BYTES):
            os.posix_fadvise(
                self._descriptor, self._offset + start, _ADVISED_BYTES, os.POSIX_FADV_WILLNEED
            )
        self._swept = stop % num_bytes

    def _wait_for(self, runs: list[_Run], content: memoryview) -> None:
        for place, row, count in runs:
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

    def _place_for(self, num_rows: int) -> Array:
        return np.empty((num_rows, *self._x.shape[1:]), self._x.dtype)


def file_rows(x: Array) -> FileRows | None:
    """Return what reads rows of ``x`` from its file; None where it is in memory or cannot be read so."""
    place = place_in_file(x) if _CAN_READ_AT and x.size and x.dtype.isnative else None
    return None if place is None else FileRows(x, *place)


def reader_of_rows(x: Array) -> Callable[[Rows], Array]:
    """Return what gives ``x[rows]`` for row numbers, past the mapping where ``x`` lies in a file.

    The system keeps large files in pieces of up to 2 MiB, and touching a mapping at one row brings a
    whole piece into the memory of this program.
    """
    in_file = file_rows(x)
    return x.__getitem__ if in_file is None else in_file.read


def _bytes_of(x: Array) -> memoryview:
    return x.reshape(-1).view(np.uint8).data


def _firsts(rows: Rows) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return where in ``rows`` those begin that follow each other, and how many they are."""
    firsts = np.flatnonzero(np.diff(rows, prepend=rows[:1] - 2) != 1)
    return firsts, np.diff(firsts, append=len(rows))


def _runs(rows: Rows, begin: int) -> list[_Run]:
    """Return the runs of ``rows``, of which the first has the place ``begin``."""
    firsts, counts = _firsts(rows)
    places = firsts + begin
    return list(zip(places.tolist(), rows[firsts].tolist(), counts.tolist(), strict=True))
