from __future__ import annotations

import numpy as np

from aestudio.analysis.density import rasterize
from aestudio.analysis.palette import OKABE_ITO, UNLABELLED, class_colors

_EXTENT = (0.0, 4.0, 0.0, 2.0)


def test_a_point_lands_on_its_pixel() -> None:
    picture = rasterize(np.array([[0.5, 1.5], [3.5, 0.5]]), np.array([0, 1]), 2, _EXTENT, (4, 2))
    assert picture.shape == (2, 4, 4)
    assert tuple(picture[0, 0, :3]) == OKABE_ITO[0]
    assert tuple(picture[1, 3, :3]) == OKABE_ITO[1]
    assert np.count_nonzero(picture[..., 3]) == 2


def test_points_outside_or_not_numbers_are_left_out() -> None:
    points = np.array([[-0.1, 1.0], [4.0, 1.0], [1.0, 2.1], [np.nan, 1.0], [1.0, np.inf]])
    assert not rasterize(points, None, 0, _EXTENT, (4, 2)).any()


def test_colours_mix_by_count() -> None:
    points = np.tile([[0.5, 0.5]], (4, 1))
    picture = rasterize(points, np.array([0, 0, 0, 1]), 2, (0, 1, 0, 1), (1, 1))
    colors = class_colors(2).astype(float)
    expected = np.rint(0.75 * colors[0] + 0.25 * colors[1])
    np.testing.assert_array_equal(picture[0, 0, :3], expected)


def test_crowds_are_more_opaque_than_single_points() -> None:
    points = np.array([[0.5, 0.5]] * 100 + [[1.5, 0.5]])
    picture = rasterize(points, None, 0, (0, 2, 0, 1), (2, 1))
    assert picture[0, 0, 3] == 255
    assert 90 < picture[0, 1, 3] < 140
    assert tuple(picture[0, 0, :3]) == UNLABELLED


def test_unlabelled_points_among_classes_are_grey() -> None:
    picture = rasterize(np.array([[0.5, 0.5]]), np.array([-1]), 3, (0, 1, 0, 1), (1, 1))
    assert tuple(picture[0, 0, :3]) == UNLABELLED


def test_every_point_is_counted_once() -> None:
    rng = np.random.default_rng(0)
    points = rng.uniform(0, 1, (20_000, 2))
    picture = rasterize(points, None, 0, (0, 1, 0, 1), (10, 5))
    count, _, _ = np.histogram2d(points[:, 1], points[:, 0], bins=(5, 10), range=((0, 1), (0, 1)))
    expected = np.rint(90 + 165 * np.log1p(count[::-1]) / np.log1p(count.max()))
    np.testing.assert_array_equal(picture[..., 3], expected)


def test_an_empty_extent_draws_nothing() -> None:
    assert not rasterize(np.zeros((3, 2)), None, 0, (0, 0, 0, 1), (4, 4)).any()


def test_class_colours_are_distinct_and_repeatable() -> None:
    colors = class_colors(24)
    assert len({tuple(color) for color in colors}) == 24
    np.testing.assert_array_equal(class_colors(30)[24:], colors[:6])
    assert class_colors(0).shape == (0, 3)
