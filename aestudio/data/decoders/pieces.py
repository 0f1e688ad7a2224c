"""What a decoder hands over, piece by piece, and how it crosses the pipe.

Every piece is announced by a frame without payload; its bytes follow in any number of frames. A
frame ``{"done": true}`` ends the whole, ``{"error": reason, "next_step": ...}`` breaks it off.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import IO, Any, Literal

import numpy as np
import numpy.typing as npt

from aestudio.data.isolation.frames import send

#: Bytes that travel at once: large enough to be quick, small enough to cancel in between.
CHUNK_BYTES = 2**22


@dataclass(frozen=True, slots=True, eq=False)
class ArrayPiece:
    """An array of numbers, truth values or moments, in parts that follow each other in C order."""

    name: str
    dtype: np.dtype[Any]
    shape: tuple[int, ...]
    parts: Iterable[npt.NDArray[Any]]

    @classmethod
    def whole(cls, name: str, values: npt.NDArray[Any]) -> ArrayPiece:
        """Return the piece of an array that is in memory already."""
        return cls(name, values.dtype, values.shape, (values,))


@dataclass(frozen=True, slots=True)
class TextsPiece:
    """(N,) texts; None where there is none."""

    name: str
    values: Sequence[str | None]


@dataclass(frozen=True, slots=True)
class StoredPiece:
    """An array that lies in the file as it is, from a byte on; the studio reads or maps it there."""

    name: str
    dtype: np.dtype[Any]
    shape: tuple[int, ...]
    offset: int
    order: Literal["C", "F"] = "C"


Piece = ArrayPiece | TextsPiece | StoredPiece


def in_chunks(array: Any, rows_per_chunk: int) -> Iterator[npt.NDArray[Any]]:
    """Yield the rows of a stored array in parts that end where chunks end.

    So each chunk is unpacked once. ``array`` is one of h5py or zarr, (N, ...).
    """
    rows = max(1, CHUNK_BYTES // max(1, array.nbytes // max(1, array.shape[0])))
    rows = max(1, round(rows / rows_per_chunk)) * rows_per_chunk
    for start in range(0, array.shape[0], rows):
        part = np.asarray(array[start : start + rows])
        # A byte other than 0 and 1 in an array of truth values is undefined behaviour.
        yield (part.view(np.uint8) != 0) if part.dtype == np.bool_ else part


def send_piece(stream: IO[bytes], piece: Piece) -> None:
    """Announce a piece and send its content."""
    head: dict[str, Any] = {"name": piece.name}
    if isinstance(piece, TextsPiece):
        content = _packed(piece.values)
        send(stream, {**head, "is": "texts", "shape": [len(piece.values)], "bytes": len(content)})
        _send_bytes(stream, memoryview(content))
        return
    head |= {"dtype": piece.dtype.str, "shape": list(piece.shape)}
    if isinstance(piece, StoredPiece):
        send(stream, {**head, "is": "stored", "offset": piece.offset, "order": piece.order})
        return
    send(stream, {**head, "is": "array"})
    for part in piece.parts:
        # Moments have no buffer of their own; their bytes do.
        values = np.ascontiguousarray(part, dtype=piece.dtype)
        _send_bytes(stream, values.reshape(-1).view(np.uint8).data)


def _send_bytes(stream: IO[bytes], content: memoryview) -> None:
    for start in range(0, len(content), CHUNK_BYTES):
        send(stream, {}, content[start : start + CHUNK_BYTES])


def _packed(values: Sequence[str | None]) -> bytes:
    """Return the length of each text, -1 for none, as 32-bit numbers, and then all the texts."""
    texts = [None if text is None else text.encode("utf-8", "replace") for text in values]
    lengths = np.array([-1 if text is None else len(text) for text in texts], dtype="<i4")
    return lengths.tobytes() + b"".join(text for text in texts if text is not None)


def unpacked(content: memoryview, count: int) -> Iterator[str | None]:
    """Yield the texts again; raises ValueError where the bytes are none."""
    lengths = np.frombuffer(content[: 4 * count], dtype="<i4")
    position = 4 * count
    if position + int(lengths[lengths > 0].sum(dtype=np.int64)) != len(content):
        raise ValueError("the texts do not fit their lengths")
    for length in lengths.tolist():
        if length < 0:
            yield None
            continue
        yield str(content[position : position + length], "utf-8")
        position += length
