"""The WAV format: sound as plain numbers, a thousand to a few hundred thousand of them a second.

Layout (IBM & Microsoft, Multimedia Programming Interface and Data Specifications 1.0, 1991; the
extensible form: https://learn.microsoft.com/windows/win32/api/mmreg/ns-mmreg-waveformatextensible):
``RIFF``, a size, ``WAVE``, then chunks of a name, a size and content, among which ``fmt`` says how
the numbers in ``data`` are stored. What a size claims is compared with what is there.

Shapes: L moments, C channels.
"""

from __future__ import annotations

import os
import struct
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from aestudio.data.files.doors import MAP_FROM_BYTES, memory_limit, open_file
from aestudio.data.files.mapped_file import map_array
from aestudio.data.files.plain_words import data_error

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from aestudio.errors import DataError

_PCM, _FLOAT, _EXTENSIBLE = 1, 3, 0xFFFE
#: (stored as, bits): the number type. 24 bits have none and are widened.
_TYPES: dict[tuple[int, int], np.dtype[Any]] = {
    (_PCM, 8): np.dtype("u1"),
    (_PCM, 16): np.dtype("<i2"),
    (_PCM, 32): np.dtype("<i4"),
    (_FLOAT, 32): np.dtype("<f4"),
    (_FLOAT, 64): np.dtype("<f8"),
}
_NAMES = {2: "ADPCM", 6: "A-law", 7: "mu-law", 0x55: "MP3"}
#: Programs that write while they record leave one of these for a size that they do not know yet.
_UNKNOWN_SIZES = (0, 0xFFFFFFFF)
_MOST_CHUNKS = 1000
_MOST_CHANNELS = 1024
_CHUNK_BYTES = 2**22
_CONVERT = "Save it as a WAV file with 16 bits (PCM)."


@dataclass(frozen=True, slots=True, eq=False)
class Sound:
    """What one file holds."""

    values: npt.NDArray[Any]  #: (L, C), as stored
    rate: int  #: moments per second
    bits: int


@dataclass(frozen=True, slots=True)
class _Format:
    code: int
    num_channels: int
    rate: int
    bits: int


def is_wav(head: bytes) -> bool:
    """Whether a file that begins like this is in the WAV format, of whatever byte order."""
    return head[:4] in (b"RIFF", b"RIFX", b"RF64") and head[8:12] == b"WAVE"


def read_wav(path: Path, check_cancelled: Callable[[], None] = lambda: None) -> Sound:
    """Read one file; a large one stays in its file.

    Raises
    ------
    DataError
        It is damaged, cut off, compressed, or of a form that is not read.
    """
    with open_file(path) as stream:
        num_bytes = os.fstat(stream.fileno()).st_size
        head = stream.read(12)
        if not is_wav(head):
            raise data_error(path, "it does not begin like a WAV file.", "Choose another file.")
        if head[:4] != b"RIFF":
            raise data_error(
                path, f"WAV files of the form {head[:4].decode()} are not read.", _CONVERT
            )
        known: _Format | None = None
        for _ in range(_MOST_CHUNKS):
            check_cancelled()
            chunk = stream.read(8)
            if len(chunk) < 8:
                break
            name, size = struct.unpack("<4sI", chunk)
            left = num_bytes - stream.tell()
            if name == b"data":
                if known is None:
                    raise _damaged(path, "its sound comes before the description of it")
                return _sound(path, stream, known, size, left, check_cancelled)
            if size > left:
                raise _damaged(path, f"a part of it claims {size:,} bytes and there are {left:,}")
            if name == b"fmt ":
                known = _format(path, stream.read(min(size, 40)), size)
                stream.seek(max(0, size - 40), os.SEEK_CUR)
            else:
                stream.seek(size, os.SEEK_CUR)
            stream.seek(size % 2, os.SEEK_CUR)
    raise _damaged(path, "there is no sound in it")


def _format(path: Path, content: bytes, size: int) -> _Format:
    if size < 16 or len(content) < 16:
        raise _damaged(path, "the description of its sound is too short")
    code, num_channels, rate, _, frame_bytes, bits = struct.unpack("<HHIIHH", content[:16])
    if code == _EXTENSIBLE:
        if len(content) < 26:
            raise _damaged(path, "the description of its sound is too short")
        code = int.from_bytes(content[24:26], "little")
    if (code, bits) not in _TYPES and (code, bits) != (_PCM, 24):
        how = _NAMES.get(code, f"form {code}")
        raise data_error(path, f"its sound is stored as {how} with {bits} bits.", _CONVERT)
    if not 1 <= num_channels <= _MOST_CHANNELS or rate < 1:
        raise _damaged(path, f"it claims {num_channels:,} channels at {rate:,} Hz")
    if frame_bytes != num_channels * bits // 8:
        raise _damaged(path, f"it claims {frame_bytes:,} bytes for {num_channels} x {bits} bits")
    return _Format(code, num_channels, rate, bits)


def _sound(
    path: Path,
    stream: IO[bytes],
    known: _Format,
    size: int,
    left: int,
    check_cancelled: Callable[[], None],
) -> Sound:
    frame_bytes = known.num_channels * known.bits // 8
    if size in _UNKNOWN_SIZES:
        size = left // frame_bytes * frame_bytes
    if size > left:
        raise _damaged(path, f"its header claims {size:,} bytes of sound and there are {left:,}")
    length = size // frame_bytes
    if not length:
        raise data_error(path, "it holds no sound.", "Choose a file with at least one moment.")
    shape = (length, known.num_channels)
    dtype = _TYPES.get((known.code, known.bits))
    size = length * frame_bytes
    if dtype is not None and size >= min(MAP_FROM_BYTES, memory_limit() // 2):
        values = map_array(path, stream, dtype, shape, stream.tell(), "C")
        return Sound(values, known.rate, known.bits)
    # Three bytes become four, of which the first pass needs both.
    if dtype is None and 3 * size > memory_limit():
        raise data_error(path, f"its {size:,} bytes do not fit the memory.", "Cut it into parts.")
    content = np.empty(size, np.uint8)
    for start in range(0, size, _CHUNK_BYTES):
        check_cancelled()
        part = stream.read(min(_CHUNK_BYTES, size - start))
        content[start : start + len(part)] = np.frombuffer(part, np.uint8)
    if dtype is None:
        return Sound(_widened(content).reshape(shape), known.rate, known.bits)
    native = content.view(dtype).astype(dtype.newbyteorder("="), copy=False)
    return Sound(native.reshape(shape), known.rate, known.bits)


def _widened(content: npt.NDArray[np.uint8]) -> npt.NDArray[np.int32]:
    """Return numbers of three bytes, the lowest first, as 32-bit ones of the same value."""
    wide = np.zeros((len(content) // 3, 4), np.uint8)
    wide[:, 1:] = content.reshape(-1, 3)
    # Shifted down as a signed number, so that the sign comes along.
    return np.asarray(wide.view("<i4")[:, 0] >> 8, np.int32)


def _damaged(path: Path, what: str) -> DataError:
    return data_error(path, f"{what}.", "Get or save the file again.")
