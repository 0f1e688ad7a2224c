from __future__ import annotations

import numpy as np
import pytest
from sklearn.decomposition import PCA

from aestudio.analysis.projection import PlaneProjection


def _codes(num: int = 200, length: int = 8, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    spread = np.array([5.0, 3.0] + [0.5] * (length - 2))
    turn = np.linalg.qr(rng.standard_normal((length, length)))[0]
    return (rng.standard_normal((num, length)) * spread) @ turn + rng.standard_normal(length)


def test_two_numbers_are_drawn_as_they_are() -> None:
    codes = _codes(length=2).astype(np.float32)
    plane = PlaneProjection.fit(codes)
    np.testing.assert_array_equal(plane.to_plane(codes), codes)
    np.testing.assert_array_equal(plane.to_codes(codes), codes)
    assert plane.caption == "code 1 / code 2"
    assert plane.is_exact


def test_one_number_lies_on_a_line() -> None:
    codes = np.array([[1.5], [-2.0]], np.float32)
    plane = PlaneProjection.fit(codes)
    np.testing.assert_array_equal(plane.to_plane(codes), [[1.5, 0.0], [-2.0, 0.0]])
    np.testing.assert_array_equal(plane.to_codes([[0.25, 9.0]]), [[0.25]])
    assert plane.caption == "code 1"


@pytest.mark.parametrize("num", [200, 5])
def test_longer_codes_match_scikit_learn(num: int) -> None:
    codes = _codes(num=num, length=8)
    plane = PlaneProjection.fit(codes)
    reference = PCA(2).fit(codes)
    expected = reference.transform(codes)
    signs = np.sign((plane.points * expected).sum(axis=0))
    np.testing.assert_allclose(plane.points * signs, expected, atol=1e-4)
    assert plane.explained == pytest.approx(reference.explained_variance_ratio_.sum(), abs=1e-6)
    assert plane.caption == f"PCA of 8 numbers, {100 * plane.explained:.0f} % of variance"


def test_the_way_back_lands_on_the_point() -> None:
    plane = PlaneProjection.fit(_codes(length=32))
    points = np.random.default_rng(1).standard_normal((50, 2)).astype(np.float32)
    assert plane.to_codes(points).shape == (50, 32)
    np.testing.assert_allclose(plane.to_plane(plane.to_codes(points)), points, atol=1e-5)


def test_the_next_epoch_does_not_flip_or_turn() -> None:
    codes = _codes()
    first = PlaneProjection.fit(codes)
    rng = np.random.default_rng(3)
    # The same map, mirrored and turned in code space, and a little noise: what training may do.
    turn = np.linalg.qr(rng.standard_normal((8, 8)))[0]
    later = codes @ turn + 0.01 * rng.standard_normal(codes.shape)
    aligned = PlaneProjection.fit(later, previous=first)
    spread = np.abs(first.points).max()
    assert np.abs(aligned.points - first.points).max() < 0.02 * spread
    unaligned = PlaneProjection.fit(later)
    assert np.abs(unaligned.points - first.points).max() > 0.1 * spread


def test_equal_strength_axes_may_swap_without_moving_the_map() -> None:
    rng = np.random.default_rng(0)
    codes = np.zeros((400, 4))
    codes[:, :2] = rng.standard_normal((400, 2))
    first = PlaneProjection.fit(codes)
    swapped = codes * np.array([1.0, 1.3, 1.0, 1.0])
    second = PlaneProjection.fit(swapped, previous=first)
    np.testing.assert_allclose(second.points, first.points, atol=1.2)
    correlation = [np.corrcoef(first.points[:, i], second.points[:, i])[0, 1] for i in range(2)]
    assert min(correlation) > 0.97


def test_other_rows_are_aligned_by_their_axes() -> None:
    first = PlaneProjection.fit(_codes(num=200))
    second = PlaneProjection.fit(_codes(num=90), previous=first)
    assert (second.axes * first.axes).sum(axis=1).min() > 0.9


@pytest.mark.parametrize(
    "codes",
    [
        np.zeros((10, 5)),
        np.outer(np.arange(10.0), [1.0, 0.0, 0.0, 2.0, 0.0]),
        np.full((10, 5), np.nan),
        np.ones((1, 3)),
    ],
    ids=["a point", "a line", "nothing finite", "one code"],
)
def test_degenerate_codes_still_give_a_plane(codes: np.ndarray) -> None:
    plane = PlaneProjection.fit(codes)
    np.testing.assert_allclose(plane.axes @ plane.axes.T, np.eye(2), atol=1e-5)
    assert 0.0 <= plane.explained <= 1.0 + 1e-9


def test_rows_that_are_not_finite_do_not_spoil_the_plane() -> None:
    codes = _codes()
    spoiled = np.concatenate([codes, [[np.nan] * 8, [np.inf] * 8]])
    plane = PlaneProjection.fit(spoiled)
    np.testing.assert_allclose(plane.points[:200], PlaneProjection.fit(codes).points, atol=1e-4)
    assert PlaneProjection.fit(spoiled, previous=plane).axes == pytest.approx(plane.axes, abs=1e-4)
