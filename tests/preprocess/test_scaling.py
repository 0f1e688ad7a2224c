"""The scaling: closed forms, inverses, and values that break naive formulas."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from aestudio.data.dataset import Kind
from aestudio.data.missing_values import is_missing
from aestudio.errors import DataError
from aestudio.preprocess.options import PreprocessOptions
from aestudio.preprocess.scaling import Scaling, fit
from aestudio.preprocess.statistics import _VALUES_AT_A_TIME, measure

Array = np.ndarray[Any, Any]


def fitted(
    x: Array, kind: Kind = Kind.TABLE, scaling: str = "auto", missing: str = "refuse"
) -> Scaling:
    options = PreprocessOptions.model_validate({"scaling": scaling, "missing": missing})
    return fit(x, np.arange(len(x)), kind, options)


TABLE = np.array([[1.0, 10.0, 5.0], [3.0, 30.0, 5.0], [5.0, 20.0, 5.0]])


# --- closed forms ---------------------------------------------------------------------------------


def test_standard_gives_mean_zero_and_spread_one() -> None:
    scaled = fitted(TABLE).forward(TABLE)
    # (1 - 3) / sqrt(8 / 3)
    assert scaled[0, 0] == pytest.approx(-2 / np.sqrt(8 / 3))
    np.testing.assert_allclose(scaled.mean(axis=0), 0, atol=1e-6)
    np.testing.assert_allclose(scaled.std(axis=0), [1, 1, 0], atol=1e-6)


def test_minmax_gives_zero_to_one_per_column() -> None:
    scaling = fitted(TABLE, scaling="minmax")
    assert scaling.forward(TABLE).tolist() == [[0, 0, 0], [0.5, 1, 0], [1, 0.5, 0]]
    assert (scaling.low, scaling.high) == (0, 1)
    assert scaling.is_unit_interval


def test_none_changes_nothing() -> None:
    scaling = fitted(TABLE, scaling="none")
    np.testing.assert_array_equal(scaling.forward(TABLE), TABLE)
    assert (scaling.low, scaling.high) == (1, 30)
    assert not scaling.is_unit_interval


@pytest.mark.parametrize(
    ("dtype", "brightest", "full"),
    [
        ("u1", 0, 1),
        ("u1", 1, 1),
        ("u1", 2, 255),
        ("u1", 255, 255),
        ("u2", 255, 255),
        ("u2", 1000, 1023),
        ("u2", 4095, 4095),
        ("u2", 4096, 16383),
        ("u2", 65535, 65535),
        ("i4", 70000, 70000),
    ],
)
def test_images_of_whole_numbers_are_divided_by_their_range(
    dtype: str, brightest: int, full: int
) -> None:
    x = np.zeros((2, 1, 2, 2), dtype)
    x[1, 0, 1, 1] = brightest
    scaling = fitted(x, Kind.IMAGES)
    assert scaling.scale.item() == np.float32(1 / full)
    assert scaling.offset.item() == 0
    assert scaling.high == pytest.approx(brightest / full)
    assert scaling.is_unit_interval


def test_images_of_fractions_keep_zero_to_one_and_bring_the_rest_there() -> None:
    x = np.linspace(0.1, 0.9, 8, dtype=np.float32).reshape(2, 1, 2, 2)
    np.testing.assert_array_equal(fitted(x, Kind.IMAGES).forward(x), x)
    shifted = 2 * x - 1
    scaling = fitted(shifted, Kind.IMAGES)
    scaled = scaling.forward(shifted)
    assert scaled.min() == 0
    assert scaled.max() == pytest.approx(1)
    assert scaling.is_unit_interval


def test_images_share_a_channel_and_sequences_share_a_channel() -> None:
    rng = np.random.default_rng(0)
    images = rng.normal(size=(9, 3, 4, 5)) * [[[[1]], [[2]], [[3]]]]
    scaling = fitted(images, Kind.IMAGES, "standard")
    assert scaling.scale.shape == (3, 1, 1)
    np.testing.assert_allclose(scaling.forward(images).std(axis=(0, 2, 3)), 1, rtol=1e-5)
    sequences = rng.normal(size=(9, 7, 2)) * [1, 5]
    scaling = fitted(sequences, Kind.SEQUENCES)
    assert scaling.scale.shape == (1, 2)
    np.testing.assert_allclose(scaling.forward(sequences).std(axis=(0, 1)), 1, rtol=1e-5)


def test_only_the_given_rows_are_fitted() -> None:
    x = np.array([[0.0], [2.0], [1000.0]])
    options = PreprocessOptions(scaling="minmax")
    scaling = fit(x, np.array([0, 1]), Kind.TABLE, options)
    assert scaling.forward(x).ravel().tolist() == [0, 1, 500]
    assert scaling.high == 1


def test_no_rows_cannot_be_fitted() -> None:
    with pytest.raises(DataError, match="no samples to fit"):
        fit(TABLE, np.array([], dtype=np.int64), Kind.TABLE, PreprocessOptions())


# --- values that break naive formulas -------------------------------------------------------------


def test_statistics_stay_exact_far_from_zero_and_over_several_slices() -> None:
    num_rows = _VALUES_AT_A_TIME + 1000
    x = 1e9 + np.tile([0.0, 1.0], num_rows // 2 + 1)[:num_rows, None]
    seen = measure(x, np.arange(num_rows), (0,))
    # Zeros and ones in equal number have a standard deviation of one half.
    assert seen.spread.item() == pytest.approx(0.5, rel=1e-5)
    assert seen.mean.item() == pytest.approx(1e9 + 0.5, rel=1e-12)


@pytest.mark.parametrize("scaling", ["standard", "minmax", "unit", "none"])
@pytest.mark.parametrize("value", [0.0, 5.0, -1e20, 1e-300, 1e-40, 123456.789])
def test_constant_columns_stay_finite(scaling: str, value: float) -> None:
    x = np.full((5, 2), value)
    scaled = fitted(x, scaling=scaling).forward(x)
    assert np.isfinite(scaled).all()
    if scaling in ("standard", "minmax"):
        assert not scaled.any()


def test_a_column_of_tiny_differences_is_not_blown_up() -> None:
    x = np.array([[1e-320], [3e-320]])
    assert np.abs(fitted(x).forward(x)).max() <= 1


@pytest.mark.parametrize("gap", [np.nan, np.inf, -np.inf, 1e308, -3.4e38, 1e30])
def test_gaps_are_filled_with_the_mean_of_the_rest(gap: float) -> None:
    x = np.array([[1.0, 10.0], [3.0, gap], [5.0, 20.0]])
    scaling = fitted(x, missing="mean")
    filled = scaling.without_missing(x)
    assert filled[1, 1] == 15
    assert np.isnan(x[1, 1]) or x[1, 1] == gap
    scaled = scaling.forward(filled)
    assert np.isfinite(scaled).all()
    assert scaled[1, 1] == 0
    # The gap is left out of the spread as well: two values, 5 away from their mean.
    assert scaled[0, 1] == pytest.approx(-1)
    assert np.isfinite([scaling.low, scaling.high]).all()


def test_a_column_of_gaps_becomes_zero() -> None:
    x = np.array([[1.0, np.nan], [3.0, np.nan]])
    scaling = fitted(x, missing="mean")
    assert scaling.forward(scaling.without_missing(x))[:, 1].tolist() == [0, 0]


def test_without_gaps_nothing_is_copied() -> None:
    assert fitted(TABLE).without_missing(TABLE) is TABLE
    whole = np.ones((2, 2), np.uint8)
    assert fitted(whole).without_missing(whole) is whole


def test_gaps_in_half_precision_are_found() -> None:
    x = np.array([[np.nan], [1.0], [6e4]], dtype=np.float16)
    assert fitted(x, missing="mean").without_missing(x).tolist() == [[30000], [1], [60000]]


def test_gaps_are_refused_by_column() -> None:
    x = TABLE.copy()
    x[0, 1] = np.nan
    x[2, 2] = np.inf
    with pytest.raises(DataError, match="2 of 9 values") as caught:
        fit(
            x,
            np.arange(3),
            Kind.TABLE,
            PreprocessOptions(missing="refuse"),
            feature_names=("age", "height", "weight"),
        )
    assert "columns 2 (height), 3 (weight)" in caught.value.reason
    assert "preprocess.missing=mean" in caught.value.next_step
    assert caught.value.subject == "preprocess.missing"


def test_columns_without_names_are_counted_from_one_and_many_are_counted() -> None:
    x = np.full((3, 40), np.nan)
    with pytest.raises(DataError, match=r"columns 1, 2, 3, 4, 5, 6, 7, 8 and 32 more"):
        fitted(x)
    x = np.ones((3, 2))
    x[0, 1] = np.nan
    with pytest.raises(DataError, match=r"in column 2\."):
        fitted(x)


def test_gaps_in_images_are_refused_without_columns() -> None:
    x = np.full((2, 1, 3, 3), np.nan, np.float32)
    with pytest.raises(DataError, match=r"18 of 18 values are missing or not finite\."):
        fitted(x, Kind.IMAGES)


def test_differences_below_32_bits_are_not_blown_up() -> None:
    x = np.array([[1e16, 5.0], [1e16 + 2, 5.0], [1e16 - 2, 5.0]])
    for method in ("standard", "minmax", "unit"):
        assert np.abs(fitted(x, scaling=method).forward(x)).max() <= 1
    # Seconds since 1970 over a day are told apart.
    days = np.array([[1.7e9], [1.7e9 + 43_200], [1.7e9 + 86_400]])
    np.testing.assert_allclose(
        fitted(days, scaling="minmax").forward(days).ravel(), [0, 0.5, 1], atol=2e-3
    )


# --- properties -----------------------------------------------------------------------------------

tables = hnp.arrays(
    st.sampled_from(["f4", "f8", "u1", "i2", "i8"]),
    hnp.array_shapes(min_dims=2, max_dims=2, max_side=6),
)
methods = st.sampled_from(["auto", "none", "unit", "minmax", "standard"])


@given(tables, methods)
def test_whatever_the_values_the_scaling_is_finite_or_refused(x: Array, scaling: str) -> None:
    with np.errstate(over="ignore"):
        found = fitted(x, scaling=scaling, missing="mean")
        scaled = found.forward(found.without_missing(x))
    assert np.isfinite(scaled).all()
    assert scaled.dtype == np.float32
    assert scaled.shape == x.shape
    assert (found.scale > 0).all()
    assert np.isfinite([found.low, found.high]).all()


@given(
    hnp.arrays(np.float64, (5, 3), elements=st.floats(-1e6, 1e6, width=32)),
    methods,
)
def test_the_inverse_gives_the_values_back(x: Array, scaling: str) -> None:
    found = fitted(x, scaling=scaling)
    back = found.inverse(found.forward(x))
    tolerance = 1e-5 * max(1.0, float(np.abs(x).max()))
    np.testing.assert_allclose(back, x, atol=tolerance)


@given(tables, methods)
def test_the_range_is_that_of_the_scaled_data(x: Array, scaling: str) -> None:
    found = fitted(x, scaling=scaling, missing="mean")
    scaled = found.forward(x)
    is_known = ~is_missing(x)
    if is_known.any(axis=0).all():
        assert scaled[is_known].min() == found.low
        assert scaled[is_known].max() == found.high


@given(tables, methods)
def test_json_gives_the_same_scaling_back(x: Array, scaling: str) -> None:
    found = fitted(x, scaling=scaling, missing="mean")
    again = Scaling.from_json(json.loads(json.dumps(found.to_json(), allow_nan=False)))
    for name in ("offset", "scale", "fill"):
        np.testing.assert_array_equal(getattr(again, name), getattr(found, name))
        assert getattr(again, name).dtype == np.float32
    assert (again.low, again.high) == (found.low, found.high)


@pytest.mark.parametrize(
    "damage",
    [
        lambda saved: saved.pop("offset"),
        lambda saved: saved.update(scale=None),
        lambda saved: saved["scale"].update(values=[0.0, 1.0, 1.0]),
        lambda saved: saved["scale"].update(values=["x"]),
        lambda saved: saved["fill"].update(shape=[7]),
        lambda saved: saved["offset"].update(values=[float("nan"), 0.0, 0.0]),
        lambda saved: saved["offset"].update(values=[1e300, 0.0, 0.0]),
        lambda saved: saved.update(low="x"),
        lambda saved: saved.update(high=float("inf")),
    ],
)
def test_a_damaged_scaling_is_refused(damage: Any) -> None:
    saved = fitted(TABLE).to_json()
    damage(saved)
    with pytest.raises(DataError, match="saved scaling is damaged"):
        Scaling.from_json(saved)
