from __future__ import annotations

import numpy as np
import pytest

from aestudio.analysis.activations import activation_statistics, unit_directions


def _codes() -> np.ndarray:
    codes = np.random.default_rng(0).standard_normal((50, 4)).astype(np.float32)
    return np.where(codes > 0.5, codes, 0) * np.array([1, 3, 0, -1], np.float32)


def test_shares_means_and_largest_are_those_of_each_unit() -> None:
    codes = _codes()
    found = activation_statistics(codes)
    np.testing.assert_allclose(found.active_share, (codes != 0).mean(axis=0), atol=1e-6)
    np.testing.assert_allclose(found.mean, codes.mean(axis=0), atol=1e-6)
    np.testing.assert_array_equal(found.largest, codes.max(axis=0))
    assert found.never_active.tolist() == [2]
    assert found.mean_active == pytest.approx((codes != 0).sum(axis=1).mean())


def test_a_unit_that_ends_in_a_sigmoid_is_active_above_a_half() -> None:
    codes = np.array([[0.2, 0.9], [0.6, 0.8]])
    assert activation_statistics(codes, active_above=0.5).active_share.tolist() == [0.5, 1.0]


@pytest.mark.parametrize("num_bins", [1, 7, 32])
def test_counts_equal_numpy_histograms(num_bins: int) -> None:
    codes = _codes()
    found = activation_statistics(codes, num_bins=num_bins)
    assert found.counts.shape == (4, num_bins)
    for unit, counts in enumerate(found.counts):
        expected, _ = np.histogram(codes[:, unit], bins=found.edges)
        np.testing.assert_array_equal(counts, expected)
    assert (found.counts.sum(axis=1) == 50).all()


@pytest.mark.parametrize(
    "codes",
    [np.zeros((5, 3)), np.full((5, 3), np.nan), np.ones((1, 3))],
    ids=["silent", "nothing finite", "one code"],
)
def test_degenerate_codes_still_give_figures(codes: np.ndarray) -> None:
    found = activation_statistics(codes)
    assert found.counts.shape == (3, 32)
    assert np.isfinite(found.mean).all()
    assert np.isfinite(found.edges).all()


def test_rows_that_are_not_finite_are_left_out() -> None:
    codes = _codes()
    spoiled = np.concatenate([codes, [[np.nan, 1, 1, 1], [np.inf, 1, 1, 1]]])
    np.testing.assert_allclose(
        activation_statistics(spoiled).mean, activation_statistics(codes).mean
    )


def test_directions_of_a_linear_decoder_are_its_columns() -> None:
    rng = np.random.default_rng(1)
    weight, bias = rng.standard_normal((3, 6)), rng.standard_normal(6)

    def decode(codes: np.ndarray) -> np.ndarray:
        return (codes @ weight + bias).reshape(-1, 1, 2, 3)

    plain = unit_directions(decode, 3)
    assert plain.shape == (3, 1, 2, 3)
    np.testing.assert_allclose(plain.reshape(3, 6), weight, atol=1e-6)
    stronger = unit_directions(decode, 3, [1.0, 2.0, 0.0])
    expected = weight * np.array([[1], [2], [0]])
    np.testing.assert_allclose(stronger.reshape(3, 6), expected, atol=1e-6)
