from __future__ import annotations

import numpy as np
import pytest

from aestudio.gui.plots.curve_points import CurvePoints


def test_points_come_back_in_order() -> None:
    points = CurvePoints()
    points.append([1, 2], {"loss": [0.5, 0.25]})
    points.append([3], {"loss": [0.125]})
    assert points.steps.tolist() == [1, 2, 3]
    assert points.term("loss").tolist() == [0.5, 0.25, 0.125]


def test_a_term_that_appears_later_is_nan_before() -> None:
    points = CurvePoints()
    points.append([1], {"loss": [0.5]})
    points.append([2], {"loss": [0.25], "kl": [1.0]})
    assert np.isnan(points.term("kl")[0])
    assert points.term("kl")[1] == 1.0


@pytest.mark.parametrize("chunk", [1, 7, 5000])
def test_a_million_points_stay_bounded_and_cover_the_whole_run(chunk: int) -> None:
    points = CurvePoints(1000)
    total = 1_000_000 if chunk > 1000 else 20_000
    for first in range(1, total + 1, chunk):
        steps = np.arange(first, min(first + chunk, total + 1))
        points.append(steps, {"loss": steps.astype(float)})
    assert len(points) <= 1000
    assert len(points) > 400
    assert points.steps[0] == 1
    assert points.steps[-1] == total
    assert np.array_equal(points.steps, points.term("loss"))
    gaps = np.diff(points.steps)[:-1]
    assert (gaps == gaps[0]).all()


def test_extending_by_nothing_changes_nothing() -> None:
    points = CurvePoints()
    points.extend(CurvePoints())
    assert len(points) == 0
