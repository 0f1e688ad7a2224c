from __future__ import annotations

import numpy as np
import pytest

from aestudio.analysis.posterior_ellipses import axis_spreads, ellipse_outlines, plane_covariances
from aestudio.analysis.projection import PlaneProjection


def test_a_known_cloud_in_a_known_plane() -> None:
    # The first axis is the mean of the first two numbers, scaled to length one; the second the third.
    half = np.sqrt(0.5)
    axes = [[half, half, 0.0], [0.0, 0.0, 1.0]]
    (covariance,) = plane_covariances(axes, [[3.0, 1.0, 2.0]])
    np.testing.assert_allclose(covariance, [[(9.0 + 1.0) / 2.0, 0.0], [0.0, 4.0]])
    np.testing.assert_allclose(axis_spreads(covariance[None]), [[np.sqrt(5.0), 2.0]])


def test_a_projected_cloud_is_the_cloud_of_projected_draws() -> None:
    rng = np.random.default_rng(0)
    plane = PlaneProjection.fit(rng.standard_normal((50, 6)))
    mean, spread = rng.standard_normal(6), rng.uniform(0.2, 2.0, 6)
    draws = plane.to_plane(mean + spread * rng.standard_normal((200_000, 6)))
    (covariance,) = plane_covariances(plane.axes, spread[None])
    np.testing.assert_allclose(covariance, np.cov(draws.T), atol=0.03)
    assert abs(covariance[0, 1]) > 0.1


def test_clouds_in_two_numbers_lie_along_the_axes() -> None:
    (outline,) = ellipse_outlines([[10.0, -1.0]], plane_covariances(np.eye(2), [[2.0, 0.5]]), 5)
    expected = [[12.0, -1.0], [10.0, -0.5], [8.0, -1.0], [10.0, -1.5], [12.0, -1.0]]
    np.testing.assert_allclose(outline, expected, atol=1e-12)


def test_outlines_are_one_standard_deviation_away_in_every_direction() -> None:
    rng = np.random.default_rng(1)
    factors = rng.standard_normal((20, 2, 2))
    covariances = factors @ factors.transpose(0, 2, 1)
    centers = rng.standard_normal((20, 2))
    offsets = ellipse_outlines(centers, covariances) - centers[:, None]
    distances = np.einsum("nki,nij,nkj->nk", offsets, np.linalg.inv(covariances), offsets)
    np.testing.assert_allclose(distances, 1.0, rtol=1e-6)
    # Second implementation of the width and the height: the extremes of the outline itself.
    widths = np.abs(ellipse_outlines(centers, covariances, 4001) - centers[:, None]).max(axis=1)
    np.testing.assert_allclose(axis_spreads(covariances), widths, rtol=1e-5)


def test_clouds_without_width_are_lines_and_points() -> None:
    line, point = ellipse_outlines(
        [[0.0, 0.0], [3.0, 4.0]], plane_covariances(np.eye(2, 1), [[2.0], [0.0]]), 5
    )
    np.testing.assert_allclose(line, [[2, 0], [0, 0], [-2, 0], [0, 0], [2, 0]], atol=1e-12)
    np.testing.assert_array_equal(point, [[3.0, 4.0]] * 5)


@pytest.mark.filterwarnings("error")
def test_clouds_that_are_not_numbers_spoil_no_other() -> None:
    covariances = plane_covariances(np.eye(2), [[np.nan, 1.0], [1.0, 1.0]])
    broken, sound = ellipse_outlines(np.zeros((2, 2)), covariances)
    assert np.isnan(broken).all()
    np.testing.assert_allclose(np.hypot(*sound.T), 1.0)
