"""Read back by numpy, which writes such files itself."""

from __future__ import annotations

import io

import numpy as np
import pytest

from aestudio.export.npy_file import npy_bytes, npy_header


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("dtype", ["<f4", ">i2", "|u1"])
def test_a_whole_file_and_one_in_parts_hold_the_array(dtype: str, order: str) -> None:
    array = np.asarray(np.arange(24).reshape(2, 3, 4), dtype, order=order)
    in_parts = npy_header(array.shape, array.dtype) + b"".join(row.tobytes() for row in array)
    for content in (bytes(npy_bytes(array)), in_parts):
        found = np.load(io.BytesIO(content), allow_pickle=False)
        assert found.dtype == array.dtype
        np.testing.assert_array_equal(found, array)


def test_objects_are_not_written() -> None:
    with pytest.raises(ValueError, match="allow_pickle"):
        npy_bytes(np.array([{}]))
