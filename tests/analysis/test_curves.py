from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aestudio.analysis.curves import decimate, smooth


@pytest.mark.parametrize("count", [1, 63, 64, 65, 1000])
@pytest.mark.parametrize("half_life", [0.5, 7.0, 400.0])
def test_smoothing_equals_the_weighted_mean_of_pandas(count: int, half_life: float) -> None:
    values = np.random.default_rng(0).standard_normal(count)
    expected = pd.Series(values).ewm(halflife=half_life, adjust=True).mean()
    np.testing.assert_allclose(smooth(values, half_life), expected, rtol=1e-9, atol=1e-12)


def test_smoothing_a_constant_changes_nothing() -> None:
    np.testing.assert_allclose(smooth(np.full(300, 4.2), 25.0), 4.2)


def test_a_missing_value_has_no_weight() -> None:
    smoothed = smooth([np.nan, 2.0, np.nan, 2.0], 3.0)
    assert np.isnan(smoothed[0])
    np.testing.assert_allclose(smoothed[1:], 2.0)


def test_no_half_life_returns_the_values() -> None:
    np.testing.assert_array_equal(smooth([3.0, 1.0], 0.0), [3.0, 1.0])
    assert smooth([], 5.0).shape == (0,)


@given(st.integers(0, 3000), st.integers(4, 300), st.integers(0, 2**31))
def test_decimation_keeps_order_ends_and_extremes(count: int, max_points: int, seed: int) -> None:
    y = np.random.default_rng(seed).standard_normal(count)
    x = np.arange(count)
    x_kept, y_kept = decimate(x, y, max_points)
    assert len(x_kept) <= max(max_points, 0) or count <= max_points
    assert (np.diff(x_kept) > 0).all()
    np.testing.assert_array_equal(y_kept, y[x_kept.astype(int)])
    if count:
        assert (x_kept[0], x_kept[-1]) == (0, count - 1)
        assert (y_kept.min(), y_kept.max()) == (y.min(), y.max())


def test_a_spike_survives() -> None:
    y = np.zeros(100_000)
    y[54_321], y[54_322] = 9.0, -9.0
    x_kept, y_kept = decimate(np.arange(100_000), y, 500)
    assert len(x_kept) <= 500
    assert {9.0, -9.0} <= set(y_kept)


def test_missing_values_do_not_hide_the_extremes() -> None:
    y = np.sin(np.arange(5000.0))
    y[100:4000] = np.nan
    _, y_kept = decimate(np.arange(5000), y, 100)
    assert np.nanmax(y_kept) == np.nanmax(y)


def test_two_points_are_the_ends() -> None:
    x_kept, _ = decimate(np.arange(50), np.arange(50), 2)
    assert x_kept.tolist() == [0, 49]
