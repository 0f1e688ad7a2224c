"""Arrays in ``.npz`` files, written and read without pickle and without surprises.

Members are stored uncompressed and with a fixed date, so that equal arrays give equal bytes, and a
reader knows from the file's size how much memory it will need. ``numpy.load`` reads them too.
"""

from __future__ import annotations

import io
import tokenize
import zipfile
from collections.abc import Mapping
from os import PathLike

import numpy as np
import numpy.typing as npt

from aestudio.data.arrays.npy_format import has_possible_letters
from aestudio.errors import RunError

_EPOCH = (1980, 1, 1, 0, 0, 0)
_KINDS = "biufU"
_MOST_DIMENSIONS = 8


def pack_npz(arrays: Mapping[str, npt.NDArray[np.generic]]) -> bytes:
    """Bytes of a ``.npz`` file with one member for each array; arrays of objects are refused."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, array in arrays.items():
            member = io.BytesIO()
            np.lib.format.write_array(member, np.asarray(array, order="C"), allow_pickle=False)
            archive.writestr(zipfile.ZipInfo(f"{name}.npy", _EPOCH), member.getbuffer())
    return buffer.getvalue()


def unpack_npz(
    content: bytes,
    names: tuple[str, ...],
    subject: str | PathLike[str],
    *,
    optional: tuple[str, ...] = (),
) -> dict[str, npt.NDArray[np.generic]]:
    """Read the arrays ``names``, and those of ``optional`` that there are; others are left alone.

    Raises :class:`RunError` when the archive is damaged, compressed, lacks a name, or holds
    anything but numbers, truth values and text.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            present = frozenset(archive.namelist())
            wanted = (*names, *(name for name in optional if f"{name}.npy" in present))
            return {name: _read_member(archive, f"{name}.npy") for name in wanted}
    except (
        # What zipfile and numpy raise on damaged bytes.
        *(zipfile.BadZipFile, zipfile.LargeZipFile, EOFError, OSError, ValueError, KeyError),
        *(NotImplementedError, RuntimeError, OverflowError, SyntaxError, TypeError, MemoryError),
        tokenize.TokenError,
    ) as error:
        raise RunError(
            f"the arrays in it are damaged: {error}.",
            subject=subject,
            next_step="Restore the file from a copy, or go on without it.",
        ) from None


def _read_member(archive: zipfile.ZipFile, name: str) -> npt.NDArray[np.generic]:
    info = archive.getinfo(name)
    if info.compress_type != zipfile.ZIP_STORED or info.file_size != info.compress_size:
        raise ValueError(f"{name} is compressed")
    # Checks the member's checksum before anything is made of it.
    member = io.BytesIO(archive.read(info))
    version = np.lib.format.read_magic(member)
    if version not in ((1, 0), (2, 0)):
        raise ValueError(f"{name} has the unknown version {version}")
    read_header = (
        np.lib.format.read_array_header_1_0
        if version == (1, 0)
        else np.lib.format.read_array_header_2_0
    )
    shape, is_fortran, dtype = read_header(member)
    if dtype.kind not in _KINDS or dtype.hasobject or len(shape) > _MOST_DIMENSIONS:
        raise ValueError(f"{name} holds {dtype} in {len(shape)} dimensions")
    if any(size < 0 for size in shape):
        raise ValueError(f"{name} has a negative size")
    count = 1
    for size in shape:
        count *= size
    start = member.tell()
    present = info.file_size - start
    if count * dtype.itemsize != present:
        raise ValueError(f"{name} promises {count * dtype.itemsize} bytes and holds {present}")
    values = np.frombuffer(member.getvalue(), dtype, count, start) if count else np.empty(0, dtype)
    if dtype.kind == "U" and not has_possible_letters(values):
        raise ValueError(f"{name} holds letters that do not exist")
    return values.reshape(shape, order="F" if is_fortran else "C")
