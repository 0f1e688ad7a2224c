"""Rows in time become even steps: sorted, joined, gaps found; everything that was done is told."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aestudio.data.options import DataOptions
from aestudio.data.series.time_grid import Timeline, on_even_steps
from aestudio.errors import DataError

HOUR = 3600.0


def line(moments: np.ndarray, values: np.ndarray | None = None) -> Timeline:
    moments = np.asarray(moments, np.float64)
    if values is None:
        values = moments / HOUR
    return Timeline(moments, np.asarray(values, np.float64).reshape(len(moments), -1), is_date=True)


def done(moments: np.ndarray, values: np.ndarray | None = None, **options: object) -> Timeline:
    return on_even_steps(line(moments, values), DataOptions(**options), "made")


def said(found: Timeline) -> str:
    return " ".join(map(str, found.findings))


def test_even_rows_stay_as_they_are_and_nothing_is_said() -> None:
    moments = np.arange(100) * HOUR
    found = done(moments)
    assert found.findings == ()
    assert found.step == HOUR
    assert np.array_equal(found.moments, moments)
    assert found.breaks == ()


@given(st.permutations(range(30)))
def test_rows_in_any_order_come_out_in_the_order_of_time(order: list[int]) -> None:
    moments = np.array(order) * HOUR
    found = done(moments)
    assert np.array_equal(found.moments, np.arange(30) * HOUR)
    assert np.array_equal(found.values[:, 0], np.arange(30))
    assert ("sorted" in said(found)) == (order != sorted(order))


def test_rows_at_the_same_moment_become_their_mean() -> None:
    moments = np.array([0, 1, 1, 2, 3, 4]) * HOUR
    found = done(moments, np.array([0, 1, 3, 4, np.nan, 6]))
    assert found.values[:, 0].tolist()[:3] == [0, 2, 4]
    assert np.isnan(found.values[3, 0])
    assert "1 row has the same time" in said(found)
    assert "1970-01-01 01:00" in said(found)


def test_autumn_and_spring_of_a_clock_are_told() -> None:
    # Local times of a year: in autumn an hour comes twice, in spring one does not come.
    hours = [*range(50), 48, 49, *range(50, 100), *range(101, 200)]
    found = done(np.array(hours) * HOUR)
    assert "put back for winter" in said(found)
    assert "put forward for summer" in said(found)
    assert found.breaks == (100,)


def test_a_gap_is_cut_bridged_marked_or_ignored() -> None:
    moments = np.concatenate([np.arange(60), np.arange(64, 120)]) * HOUR
    assert done(moments).breaks == (60,)
    filled = done(moments, gaps="fill")
    assert np.array_equal(filled.moments, np.arange(120) * HOUR)
    assert np.allclose(filled.values[:, 0], np.arange(120))
    assert filled.breaks == ()
    marked = done(moments, gaps="missing")
    assert np.flatnonzero(np.isnan(marked.values[:, 0])).tolist() == [60, 61, 62, 63]
    ignored = done(moments, gaps="ignore")
    assert len(ignored.moments) == 116
    assert ignored.breaks == ()
    for found in (filled, marked, ignored):
        assert "4 steps are missing" in said(found)


def test_days_without_weekends_are_taken_one_after_the_other() -> None:
    days = np.arange(700)
    days = days[days % 7 < 5] * 24 * HOUR
    found = done(days)
    assert found.breaks == ()
    assert len(found.moments) == 500
    assert "ignored" in said(found)


def test_months_of_different_lengths_are_even() -> None:
    months = np.arange("2000-01", "2010-01", dtype="datetime64[M]")
    moments = months.astype("datetime64[s]").astype(np.float64)
    found = done(moments)
    assert found.findings == ()
    assert np.array_equal(found.moments, moments)


def test_uneven_rows_are_brought_to_even_steps_by_straight_lines() -> None:
    rng = np.random.default_rng(0)
    moments = np.cumsum(rng.uniform(0.2, 1.8, 500)) * HOUR
    found = done(moments, 3 * moments + 1)
    assert "unevenly spaced" in said(found)
    steps = np.diff(found.moments)
    assert np.allclose(steps, found.step)
    # A straight line is the same however it is sampled.
    assert np.allclose(found.values[:, 0], 3 * found.moments + 1)


def test_a_coarser_step_takes_the_mean_of_what_lies_in_it() -> None:
    minutes = np.arange(600) * 60.0
    values = np.random.default_rng(1).normal(size=600)
    found = done(minutes, values, time_step=HOUR)
    assert np.array_equal(found.moments, np.arange(10) * HOUR)
    assert np.allclose(found.values[:, 0], values.reshape(10, 60).mean(axis=1))


def test_a_finer_step_lies_on_straight_lines_between_rows_and_not_in_gaps() -> None:
    hours = np.concatenate([np.arange(50), np.arange(80, 120)])
    found = done(hours * HOUR, hours, time_step=900)
    assert np.allclose(found.values[:, 0], found.moments / HOUR)
    inside = (found.moments > 49 * HOUR) & (found.moments < 80 * HOUR)
    assert not inside.any()
    assert len(found.breaks) == 1
    assert found.moments[found.breaks[0]] == 80 * HOUR


def test_a_step_that_would_make_far_too_many_rows_is_refused() -> None:
    with pytest.raises(DataError, match="would make"):
        done(np.arange(2000) * 24 * HOUR, time_step=1.0)


def test_rows_without_a_time_are_left_out_and_counted() -> None:
    moments = np.arange(50) * HOUR
    moments[7] = np.nan
    found = done(moments, np.arange(50.0))
    assert "1 row has no time" in said(found)
    assert 7 not in found.values[:, 0]


def test_a_single_moment_is_no_series() -> None:
    with pytest.raises(DataError, match="fewer than two"):
        done(np.array([1.0, 1.0, np.nan]))


@given(
    st.lists(st.floats(-1e9, 4e9, allow_nan=False) | st.just(np.nan), min_size=1, max_size=40),
    st.sampled_from(["auto", "cut", "fill", "missing", "ignore"]),
    st.sampled_from([None, 60.0, 1e5]),
)
def test_whatever_the_times_are_the_result_is_in_order_or_refused(
    moments: list[float], gaps: str, step: float | None
) -> None:
    try:
        found = done(np.array(moments), np.arange(float(len(moments))), gaps=gaps, time_step=step)
    except DataError:
        return
    assert np.all(np.diff(found.moments) > 0)
    assert found.values.shape == (len(found.moments), 1)
    assert np.all(np.diff([0, *found.breaks, len(found.moments)]) > 0) or not found.breaks
    assert found.step > 0
