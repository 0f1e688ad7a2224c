"""Arrays that stay in their file, and noticing when the file changes under them.

The system ends a process that touches a part of a mapping whose file has been cut off, and nothing
in Python can prevent it. So only what is too large for the memory is mapped, and whoever goes
through such an array asks :func:`check_unchanged` before each part of the way. Cutting the file in
the moment between the question and the reading still ends the program; a file that is replaced by
another of the same name does no harm, because the mapping keeps the old one.
"""

from __future__ import annotations

import mmap
import os
import weakref
from pathlib import Path
from typing import IO, Any, Literal

import numpy as np
import numpy.typing as npt

from aestudio.data.files.plain_words import data_error

#: Not on Windows, which takes such memory back by itself.
_CAN_RELEASE = hasattr(mmap.mmap, "madvise") and hasattr(mmap, "MADV_DONTNEED")

#: Size and time of the last change, in nanoseconds.
_State = tuple[int, int]


class _Watch:
    """A file that is kept open to ask after its state, whatever its name leads to by then."""

    def __init__(self, path: Path, stream: IO[bytes]) -> None:
        self.path = path
        self._descriptor = os.dup(stream.fileno())
        weakref.finalize(self, os.close, self._descriptor)
        self._state = self._now()

    def has_changed(self) -> bool:
        return self._now() != self._state

    def another_descriptor(self) -> int:
        return os.dup(self._descriptor)

    def _now(self) -> _State:
        facts = os.fstat(self._descriptor)
        return facts.st_size, facts.st_mtime_ns


class MappedArray(np.memmap[Any, np.dtype[Any]]):
    """A memory map that knows its file, as do the views of it."""

    watch: _Watch | None

    def __array_finalize__(self, obj: Any) -> None:
        super().__array_finalize__(obj)
        self.watch = getattr(obj, "watch", None)


def map_array(
    path: Path,
    stream: IO[bytes],
    dtype: np.dtype[Any],
    shape: tuple[int, ...],
    offset: int,
    order: Literal["C", "F"],
) -> npt.NDArray[Any]:
    """Map an array copy on write, so that the file stays as it is."""
    watch = _Watch(path, stream)
    array = MappedArray(stream, dtype, "c", offset, shape, order)
    array.watch = watch
    return array


def is_mapped(x: npt.NDArray[Any]) -> bool:
    """Whether ``x`` lies in its file, and not in memory."""
    return getattr(_mapped_owner(x), "_mmap", None) is not None


def place_in_file(x: npt.NDArray[Any]) -> tuple[int, int] | None:
    """Return a descriptor of the file of ``x``, for the caller to close, and where ``x`` begins in it.

    None where ``x`` does not lie in a file in one piece, row after row.
    """
    owner = _mapped_owner(x)
    mapped = getattr(owner, "_mmap", None)
    if mapped is None or not isinstance(x, np.ndarray) or not x.flags.c_contiguous:
        return None
    # A mapping begins at a whole number of such units.
    start = owner.offset - owner.offset % mmap.ALLOCATIONGRANULARITY
    begin = np.frombuffer(mapped, np.uint8).ctypes.data
    return owner.watch.another_descriptor(), start + x.ctypes.data - begin


def release(x: npt.NDArray[Any]) -> None:
    """Give back the memory in which a mapped array has been read; it is read again when needed.

    Without this, whoever goes through an array once keeps all of it in memory as far as that
    reaches. What was written into the array, which nobody should, is lost.
    """
    mapped = getattr(_mapped_owner(x), "_mmap", None)
    if mapped is not None and _CAN_RELEASE:
        mapped.madvise(mmap.MADV_DONTNEED)


def check_unchanged(x: npt.NDArray[Any]) -> None:
    """Raise a DataError when ``x`` lies in a file that is no longer what it was when it was opened."""
    watch = getattr(_mapped_owner(x), "watch", None)
    if watch is not None and watch.has_changed():
        raise data_error(
            watch.path,
            "the file was changed while it was in use.",
            "Restore it, or begin again with the changed file.",
        )


def _mapped_owner(x: npt.NDArray[Any]) -> Any:
    """Return the array that knows its file, of which ``x`` is a view; None where there is none."""
    owner: Any = x
    while owner is not None and getattr(owner, "watch", None) is None:
        owner = getattr(owner, "base", None)
    return owner
