"""Files that only large foreign libraries can read, decoded in a process of their own.

The process may crash, hang or ask for all memory: then the file is named and the studio lives on.
What it sends is checked like a foreign file: types that hold plain values only, sizes before
memory is reserved for them.
"""

from __future__ import annotations

import json
import math
import os
import queue
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Self

import numpy as np
import numpy.typing as npt

from aestudio.data.decoders.pieces import unpacked
from aestudio.data.files.doors import MAP_FROM_BYTES, MAX_DIMENSIONS, memory_limit, open_file
from aestudio.data.files.mapped_file import map_array
from aestudio.data.files.plain_words import data_error, printable
from aestudio.data.isolation.child_process import ACCIDENTS, ChildProcess
from aestudio.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping, Sequence

Array = npt.NDArray[Any]

#: Seconds without a sign of life; a library that unpacks one part of a file takes less. Damaged files
#: can lead it round in circles for ever.
TIMEOUT_S = 20.0
MAX_ARRAYS = 100_000
_TICK_S = 0.02
#: The library itself, on top of what one array may take.
_LIBRARY_BYTES = 2 * 2**30
#: Plain numbers, truth values and moments.
_KINDS = "biufcM"
#: What Python keeps of a text besides its letters.
_TEXT_BYTES = 64
#: Of a file that is read piece by piece: bytes of one piece, and pieces that wait to be taken.
_MOST_PIECE_BYTES = 2**28
_MOST_WAITING = 2


def read_apart(
    format: str,
    path: str | os.PathLike[str],
    settings: Mapping[str, Any] | None = None,
    check_cancelled: Callable[[], None] = lambda: None,
    timeout_s: float = TIMEOUT_S,
    *,
    command: Sequence[str] | None = None,
) -> dict[str, Array]:
    """Decode a file or folder in a process of its own; returns arrays by name, in its order.

    ``format`` is one of :func:`aestudio.data.decoders.registry.formats`, and ``settings`` are plain
    values for its decoder. Texts arrive as arrays of objects, str or None; of all other arrays the
    type is a plain one. What lies in the file as it is, and is large, is mapped.

    Raises
    ------
    DataError
        The decoder refused the file, died or hung over it, or it does not fit the memory.
    HelperError
        The decoder cannot be started.
    """
    with DecoderApart(format, check_cancelled, timeout_s, command=command) as decoder:
        return decoder.read(path, settings)


class DecoderApart:
    """Decodes file after file as :func:`read_apart` does one, for which a process is started once.

    It is ended, and started again for the next file, where something goes wrong.
    """

    def __init__(
        self,
        format: str,
        check_cancelled: Callable[[], None] = lambda: None,
        timeout_s: float = TIMEOUT_S,
        *,
        command: Sequence[str] | None = None,
    ) -> None:
        self._child = _child(format, timeout_s, command)
        self._check_cancelled = check_cancelled

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self._child.reap()

    def read(
        self, path: str | os.PathLike[str], settings: Mapping[str, Any] | None = None
    ) -> dict[str, Array]:
        """Decode a file; raises what :func:`read_apart` does, or what the check for a cancel does."""
        conversation = _Kept(self._child, path, settings)
        for _piece in _pieces(conversation, self._check_cancelled):
            pass
        return conversation.arrays


def pieces_apart(
    format: str,
    path: str | os.PathLike[str],
    settings: Mapping[str, Any],
    check_cancelled: Callable[[], None],
    timeout_s: float = TIMEOUT_S,
    *,
    command: Sequence[str] | None = None,
) -> Generator[tuple[str, Array]]:
    """Decode a file that does not fit the memory; yields its arrays by name while they arrive.

    The same as :func:`read_apart` otherwise, but that names may come again. The decoder waits for
    whoever takes the pieces, and ends with this iterator, which may be closed before the last one.
    """
    child = _child(format, timeout_s, command)
    try:
        yield from _pieces(_Conversation(child, path, settings), check_cancelled)
    finally:
        child.reap()


def _child(format: str, timeout_s: float, command: Sequence[str] | None) -> ChildProcess:
    limit = memory_limit() + _LIBRARY_BYTES
    default = (sys.executable, "-P", "-m", "aestudio.data.decoders", format, str(limit))
    return ChildProcess(command or default, timeout_s, f"{format} decoder")


def _pieces(
    conversation: _Conversation, check_cancelled: Callable[[], None]
) -> Generator[tuple[str, Array]]:
    thread = threading.Thread(target=conversation.hold, daemon=True)
    thread.start()
    try:
        while True:
            check_cancelled()
            conversation.child.end_if_late()
            try:
                piece = conversation.waiting.get(timeout=_TICK_S)
            except queue.Empty:
                continue
            if piece is None:
                break
            yield piece
    except BaseException:
        conversation.close()
        raise
    finally:
        thread.join()
    if conversation.error is not None:
        raise conversation.error


class _Conversation:
    """One request and everything that answers it; held in a thread, which may block on the pipe."""

    def __init__(
        self,
        child: ChildProcess,
        path: str | os.PathLike[str],
        settings: Mapping[str, Any] | None,
    ) -> None:
        self.child = child
        #: Pieces in their order; None ends them.
        self.waiting: queue.Queue[tuple[str, Array] | None] = queue.Queue(_MOST_WAITING)
        self.error: Exception | None = None
        self._path = Path(path)
        self._settings = dict(settings or {})
        self._is_closed = threading.Event()

    def close(self) -> None:
        """Break the conversation off if it is still held."""
        self._is_closed.set()
        self.child.close()

    def hold(self) -> None:
        try:
            self._hold()
        except ACCIDENTS:
            self.error = self._refusal(self.child.accident())
        except Exception as error:
            # It may be in the middle of sending; whoever waits has to hear of it, foreseen or not.
            self.child.reap()
            self.error = error
        finally:
            self._hand_over(None)

    def _hold(self) -> None:
        request = {"path": os.fspath(self._path), "settings": self._settings}
        self.child.say(json.dumps(request).encode("ascii") + b"\n")
        while True:
            head, payload = self._frame()
            if head.get("done"):
                return
            if len(payload):
                raise ValueError("the reply is no list of arrays")
            self._take(str(head["name"]), head)

    def _take(self, name: str, head: Mapping[str, Any]) -> None:
        """Deal with a piece that is announced."""
        self._hand_over((name, self._piece(head)))

    def _hand_over(self, piece: tuple[str, Array] | None) -> None:
        """Wait until there is a place for the piece, or nobody is there to take it."""
        while not self._is_closed.is_set():
            try:
                return self.waiting.put(piece, timeout=_TICK_S)
            except queue.Full:
                pass

    def _frame(self) -> tuple[Mapping[str, Any], memoryview]:
        head, payload = self.child.hear()
        if not isinstance(head, dict):
            raise ValueError("the reply is no announcement")
        if "error" in head:
            raise self._refusal(str(head["error"]), str(head.get("next_step", "")))
        return head, payload

    def _piece(self, head: Mapping[str, Any]) -> Array:
        shape = _checked_shape(head["shape"])
        if head["is"] == "texts":
            (count,) = shape
            num_bytes = int(head["bytes"])
            self._reserve(num_bytes + _TEXT_BYTES * count)
            content = self._bytes(num_bytes)
            texts = np.empty(count, dtype=object)
            texts[:] = list(unpacked(content.data, count))
            return texts
        dtype = np.dtype(str(head["dtype"]))
        if dtype.kind not in _KINDS:
            raise ValueError("the type of the numbers is not allowed")
        num_bytes = math.prod(shape) * dtype.itemsize
        if head["is"] == "stored":
            return self._stored(head, dtype, shape, num_bytes)
        self._reserve(num_bytes)
        return self._bytes(num_bytes).view(dtype).reshape(shape)

    def _bytes(self, num_bytes: int) -> npt.NDArray[np.uint8]:
        """Collect exactly that many bytes from the frames that follow."""
        content = np.empty(num_bytes, np.uint8)
        filled = 0
        while filled < num_bytes:
            _, payload = self._frame()
            if not 0 < len(payload) <= num_bytes - filled:
                raise ValueError("the reply does not fit what it claims")
            content[filled : filled + len(payload)] = payload
            filled += len(payload)
        return content

    def _stored(
        self, head: Mapping[str, Any], dtype: np.dtype[Any], shape: tuple[int, ...], num_bytes: int
    ) -> Array:
        offset = int(head["offset"])
        order: Literal["C", "F"] = "F" if head["order"] == "F" else "C"
        with open_file(self._path) as stream:
            if offset < 0 or offset + num_bytes > os.fstat(stream.fileno()).st_size:
                raise self._refusal("it is cut off: it claims more values than it has bytes.")
            if num_bytes >= min(MAP_FROM_BYTES, memory_limit() // 2):
                return map_array(self._path, stream, dtype, shape, offset, order)
            self._reserve(num_bytes)
            stream.seek(offset)
            content = np.empty(num_bytes, np.uint8)
            if stream.readinto(content.data) < num_bytes:  # type: ignore[attr-defined] # it is a file
                raise self._refusal("it was cut off while it was read.")
        return content.view(dtype).reshape(shape, order=order)

    def _reserve(self, num_bytes: int) -> None:
        """Refuse a piece of which there is more than may be in memory at once."""
        if num_bytes > _MOST_PIECE_BYTES:
            raise self._refusal(f"a part of it takes {num_bytes:,} bytes.")

    def _refusal(self, reason: str, next_step: str = "") -> DataError:
        return data_error(printable(self._path), reason, next_step or "Get or save the file again.")


class _Kept(_Conversation):
    """One of which every array is kept, under a name of its own."""

    def __init__(
        self,
        child: ChildProcess,
        path: str | os.PathLike[str],
        settings: Mapping[str, Any] | None,
    ) -> None:
        super().__init__(child, path, settings)
        self.arrays: dict[str, Array] = {}
        self._num_bytes = 0

    def _take(self, name: str, head: Mapping[str, Any]) -> None:
        if name in self.arrays or len(self.arrays) >= MAX_ARRAYS:
            raise ValueError("the reply is no list of arrays")
        self.arrays[name] = self._piece(head)

    def _reserve(self, num_bytes: int) -> None:
        self._num_bytes += num_bytes
        if self._num_bytes > memory_limit():
            raise self._refusal(
                f"its {self._num_bytes:,} bytes do not fit the memory.",
                "Save it as a plain .npy file, which is read piece by piece.",
            )


def _checked_shape(sizes: Any) -> tuple[int, ...]:
    shape = tuple(int(size) for size in sizes)
    if len(shape) > MAX_DIMENSIONS or any(size < 0 for size in shape):
        raise ValueError("the shape is impossible")
    return shape
