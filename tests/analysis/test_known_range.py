from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from aestudio.analysis.known_range import known_range

CELLS = hnp.arrays(
    st.sampled_from([np.float32, np.float64]),
    hnp.array_shapes(min_dims=2, max_dims=2, max_side=5),
    elements=st.floats(-8, 8, width=16) | st.sampled_from([math.nan, math.inf, -math.inf]),
)


@given(CELLS, st.sampled_from([None, 0, 1]), st.booleans())
def test_it_is_that_of_the_finite_values_alone(
    values: np.ndarray, axis: int | None, keepdims: bool
) -> None:
    found = known_range(values, axis, keepdims=keepdims)
    for ends, pick, otherwise in zip(found, (min, max), (0.0, 1.0), strict=True):
        lines = [values.ravel()] if axis is None else list(np.moveaxis(values, axis, 1))
        wanted = [
            pick((value for value in line.tolist() if math.isfinite(value)), default=otherwise)
            for line in lines
        ]
        assert ends.dtype == values.dtype
        assert ends.shape == np.min(values, axis=axis, keepdims=keepdims).shape
        assert ends.ravel().tolist() == wanted


@pytest.mark.parametrize("axis", [None, 0])
def test_of_no_samples_nothing_is_known(axis: int | None) -> None:
    low, high = known_range(np.empty((0, 3), np.float32), axis)
    assert (low == 0).all()
    assert (high == 1).all()
