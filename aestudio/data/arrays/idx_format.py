"""The IDX format of the MNIST files.

Layout (http://yann.lecun.com/exdb/mnist/, "The IDX file format"): two zero bytes, a code for the
number type, the number of dimensions, each dimension as a big-endian 32-bit number, the values.
"""

from __future__ import annotations

import re
import struct
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from aestudio.data.files.doors import Payload

MAX_DIMENSIONS = 4

_TYPES: dict[int, np.dtype[Any]] = {
    0x08: np.dtype("u1"),
    0x09: np.dtype("i1"),
    0x0B: np.dtype(">i2"),
    0x0C: np.dtype(">i4"),
    0x0D: np.dtype(">f4"),
    0x0E: np.dtype(">f8"),
}


def is_idx(head: bytes) -> bool:
    """Whether a file that begins like this is in the IDX format."""
    return (
        len(head) >= 8
        and head[:2] == b"\0\0"
        and head[2] in _TYPES
        and 1 <= head[3] <= MAX_DIMENSIONS
    )


def has_idx_name(name: str) -> bool:
    """Whether the name promises an IDX file, whatever the content is."""
    return re.search(r"idx\d-u?byte(\.gz)?$|\.idx(\.gz)?$", name) is not None


def read_idx(payload: Payload) -> npt.NDArray[Any]:
    """Read one IDX array, in the computer's own byte order.

    Raises
    ------
    DataError
        The first bytes, the number type, the number of dimensions or the size is impossible.
    """
    zero, code, num_dimensions = struct.unpack(">HBB", payload.read(4))
    if zero != 0:
        raise payload.error("it does not begin like an IDX file.")
    if code not in _TYPES:
        raise payload.error(f"its number type has the unknown code 0x{code:02X}.")
    if not 1 <= num_dimensions <= MAX_DIMENSIONS:
        raise payload.error(
            f"it claims {num_dimensions} dimensions; 1 to {MAX_DIMENSIONS} can be read."
        )
    shape = struct.unpack(f">{num_dimensions}I", payload.read(4 * num_dimensions))
    values = payload.array(_TYPES[code], shape)
    return values.astype(values.dtype.newbyteorder("="), copy=False)
