"""Arrays as the bytes of ``.npy`` files, none of them pickled."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import numpy.typing as npt


def npy_bytes(array: npt.NDArray[Any]) -> memoryview:
    """Return a whole file, the values in C order."""
    buffer = io.BytesIO()
    np.lib.format.write_array(buffer, np.ascontiguousarray(array), allow_pickle=False)
    return buffer.getbuffer()


def npy_header(shape: tuple[int, ...], dtype: np.dtype[Any]) -> bytes:
    """Return how a file begins whose values follow in C order."""
    buffer = io.BytesIO()
    np.lib.format.write_array_header_1_0(
        buffer,
        {
            "descr": np.lib.format.dtype_to_descr(dtype),
            "fortran_order": False,
            "shape": shape,
        },
    )
    return buffer.getvalue()
