"""Series as pictures: a panel each, lines where the values are, gaps where they are missing."""

from __future__ import annotations

import numpy as np
import pytest

from aestudio.data.series.sample_times import Moments
from aestudio.export.series_figure import WIDTH, draw_series

ORANGE = np.array([213, 94, 0])


def orange(picture: np.ndarray) -> np.ndarray:
    """Where the reconstruction is drawn, the legend aside."""
    is_orange = np.abs(picture[80:].astype(int) - ORANGE).max(axis=2) < 40
    return np.argwhere(is_orange)


@pytest.mark.parametrize("count", [1, 2, 5])
def test_every_sample_has_a_panel(count: int) -> None:
    x = np.random.default_rng(0).normal(size=(count, 30, 1))
    names = [f"row {index}" for index in range(count)]
    picture = draw_series(x, x, names=names)
    assert picture.shape[1:] == (WIDTH, 3)
    taller = draw_series(x.repeat(3, axis=0), x.repeat(3, axis=0), names=names * 3)
    assert taller.shape[0] > picture.shape[0]


def test_a_line_is_as_high_as_its_values_and_breaks_off_where_there_are_none() -> None:
    rising = np.linspace(0, 1, 200).reshape(1, 200, 1)
    found = orange(draw_series(rising * np.nan, rising, names=["a"]))
    assert np.corrcoef(found[:, 1], found[:, 0])[0, 1] < -0.99
    broken = rising.copy()
    broken[0, 80:120] = np.nan
    columns = np.unique(orange(draw_series(rising * np.nan, broken, names=["a"]))[:, 1])
    gaps = np.diff(columns)
    assert np.count_nonzero(gaps > 50) == 1


def test_times_and_several_channels_change_the_picture() -> None:
    x = np.random.default_rng(1).normal(size=(2, 48, 4))
    moments = Moments(1_404_172_800 + np.arange(96.0).reshape(2, 48) * 1800, is_date=True)
    plain = draw_series(x, x, names=["a", "b"])
    timed = draw_series(x, x, names=["2014-07-01 00:00", "b"], moments=moments)
    assert plain.shape == timed.shape
    assert (plain != timed).any()
    assert (draw_series(x[..., :1], x[..., :1], names=["a", "b"]) != plain).any()
