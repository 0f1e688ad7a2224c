"""The .npy format, read without numpy's own reader, which can run code for one number type.

Layout (numpy.lib.format, https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html):
the magic bytes, a version, the header's length, a header that describes number type, memory order
and shape, the values. The header is matched piece by piece and never evaluated.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from aestudio.data.files.doors import Payload

MAGIC = b"\x93NUMPY"
#: numpy's own limit for headers that it did not write itself.
MAX_HEADER_BYTES = 10_000
#: Characters of one text value, where texts are allowed.
MAX_TEXT_LENGTH = 1024

_ITEM = re.compile(
    r"""\s*(['"])(?P<key>descr|fortran_order|shape)\1\s*:\s*"""
    r"""(?P<value>'[^']*'|"[^"]*"|True|False|\([\d,\sL]*\)|\[)\s*,?"""
)
_TYPE = re.compile(r"(?P<order>[<>=|]?)(?P<code>[biuf])(?P<size>[1248])")
_TEXT = re.compile(r"(?P<order>[<>=|]?)(?P<code>[US])(?P<size>\d{1,9})")
_REFUSED = {
    "O": "Python objects, which only pickle can read and which could run code",
    "c": "complex numbers",
    "U": "texts",
    "S": "texts",
    "M": "dates",
    "m": "time spans",
    "V": "records",
    "f": "floating-point numbers of an unusual length",
}


@dataclass(frozen=True, slots=True)
class NpyHeader:
    dtype: np.dtype[Any]
    shape: tuple[int, ...]
    order: str


def is_npy(head: bytes) -> bool:
    """Whether a file that begins like this is in the .npy format."""
    return head.startswith(MAGIC)


def read_npy(payload: Payload, *, allow_texts: bool = False) -> npt.NDArray[Any]:
    """Read one array, in the computer's own byte order; True and False become 1 and 0 (uint8).

    Raises
    ------
    DataError
        The header is damaged, the number type is not one of plain numbers, or the size is
        impossible.
    """
    header = read_npy_header(payload, allow_texts=allow_texts)
    is_truth = header.dtype.kind == "b"
    # A byte other than 0 and 1 in an array of truth values is undefined behaviour; bytes are safe.
    stored = np.dtype(np.uint8) if is_truth else header.dtype
    values = payload.array(stored, header.shape, header.order)
    if header.dtype.kind == "U" and not has_possible_letters(values):
        raise payload.error("it holds texts with letters that do not exist.")
    if is_truth:
        return np.asarray(values != 0, dtype=np.uint8)
    return values.astype(values.dtype.newbyteorder("="), copy=False)


def has_possible_letters(texts: npt.NDArray[np.str_]) -> bool:
    """Whether Python can make texts of an array: bytes may claim letters beyond the last one."""
    codes = np.ravel(texts, order="K").view(np.dtype(np.uint32).newbyteorder(texts.dtype.byteorder))
    return int(codes.max(initial=0)) <= sys.maxunicode


def read_npy_header(payload: Payload, *, allow_texts: bool = False) -> NpyHeader:
    """Read and check the header; the payload then stands at the first value."""
    if payload.read(len(MAGIC)) != MAGIC:
        raise payload.error("it does not begin like a .npy file.")
    major, minor = payload.read(2)
    if (major, minor) not in ((1, 0), (2, 0), (3, 0)):
        raise payload.error(f"its format version {major}.{minor} is unknown.")
    length = int.from_bytes(payload.read(2 if major == 1 else 4), "little")
    if length > MAX_HEADER_BYTES:
        raise payload.error(f"its header claims to be {length:,} bytes long.")
    items = _items(payload, payload.read(length).decode("latin-1"))
    return NpyHeader(
        dtype=_dtype(payload, items["descr"], allow_texts),
        shape=_shape(payload, items["shape"]),
        order="F" if items["fortran_order"] == "True" else "C",
    )


def _items(payload: Payload, text: str) -> dict[str, str]:
    items: dict[str, str] = {}
    inside = text.strip()
    position = 1
    while match := _ITEM.match(inside, position):
        items[match["key"]] = match["value"]
        position = match.end()
        if match["value"] == "[":
            raise payload.error(_cannot_hold("records (several fields in one value)"), _SAVE_PLAIN)
    is_whole = inside.startswith("{") and inside[position:].strip() == "}" and len(items) == 3
    if not is_whole or items["fortran_order"] not in ("True", "False"):
        raise payload.error("its header is damaged.")
    return items


def _dtype(payload: Payload, quoted: str, allow_texts: bool) -> np.dtype[Any]:
    name = quoted[1:-1]
    match = _TYPE.fullmatch(name) or (_TEXT.fullmatch(name) if allow_texts else None)
    if match is None:
        kind = name.lstrip("<>=|")[:1]
        raise payload.error(
            _cannot_hold(_REFUSED.get(kind, f"values of the type '{name}'")), _SAVE_PLAIN
        )
    code, size = match["code"], int(match["size"])
    is_known = {"b": size == 1, "f": size > 1}.get(code, 0 < size <= MAX_TEXT_LENGTH)
    if not is_known:
        raise payload.error(_cannot_hold(f"values of the type '{name}'"), _SAVE_PLAIN)
    return np.dtype(name)


def _shape(payload: Payload, text: str) -> tuple[int, ...]:
    sizes = [part.strip().rstrip("L") for part in text.strip("()").split(",")]
    if not all(size.isdecimal() and len(size) < 20 for size in sizes if size):
        raise payload.error(f"its header claims the impossible shape {text[:80]}.")
    return tuple(int(size) for size in sizes if size)


def _cannot_hold(what: str) -> str:
    return f"it holds {what}."


_SAVE_PLAIN = "Save an array of plain numbers: numpy.save(path, array.astype('float32'))."
