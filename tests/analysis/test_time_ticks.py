"""Marks of an axis of time: round moments, in order, at the steps where they are."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aestudio.analysis.time_ticks import time_ticks


def seconds(*when: int) -> float:
    return datetime(*when, tzinfo=UTC).timestamp()


def test_a_day_of_half_hours() -> None:
    moments = seconds(2014, 7, 1) + np.arange(48) * 1800.0
    ticks = time_ticks(moments, is_date=True, most=4)
    assert ticks.texts == ("00:00", "06:00", "12:00", "18:00")
    assert np.allclose(ticks.places, np.array([0, 12, 24, 36]) / 47)
    assert ticks.heading == "Tue 2014-07-01"


def test_a_week_says_the_days_and_the_year() -> None:
    moments = seconds(2014, 7, 7) + np.arange(7 * 24) * 3600.0
    ticks = time_ticks(moments, is_date=True, most=7)
    assert ticks.texts[:2] == ("Jul 7", "Jul 8")
    assert ticks.heading == "2014"


def test_midnight_within_the_axis_is_written_as_its_day() -> None:
    moments = seconds(2014, 7, 1, 18) + np.arange(24) * 1800.0
    ticks = time_ticks(moments, is_date=True, most=4)
    assert ticks.texts == ("18:00", "21:00", "Jul 2", "03:00")
    assert ticks.heading == "Tue 2014-07-01 to 07-02"


def test_years_of_months() -> None:
    months = np.arange("2000-01", "2010-01", dtype="datetime64[M]").astype("datetime64[s]")
    ticks = time_ticks(months.astype(np.float64), is_date=True, most=5)
    assert ticks.texts == ("2000", "2002", "2004", "2006", "2008")
    # January of 2002 is the 25th of the 120 steps, whatever the months' lengths.
    assert ticks.places[1] == pytest.approx(24 / 119)


def test_parts_of_seconds_and_plain_numbers() -> None:
    moments = seconds(2024, 1, 1, 12) + np.arange(100) * 0.01
    assert time_ticks(moments, is_date=True, most=4).texts[1] == "12:00:00.5"
    ticks = time_ticks(np.arange(200) / 8000, is_date=False, unit="s", most=5)
    assert ticks.texts == ("0", "0.005", "0.01", "0.015", "0.02")
    assert ticks.heading == "seconds"


def test_uneven_steps_have_their_marks_where_the_moments_are() -> None:
    moments = np.array([0.0, 1.0, 2.0, 3.0, 10.0])
    ticks = time_ticks(moments, is_date=False, most=5)
    places = dict(zip(ticks.texts, ticks.places, strict=True))
    assert places["2"] == pytest.approx(0.5)
    assert places["10"] == 1.0


def test_what_has_ended_early_and_what_has_no_time() -> None:
    moments = np.array([0.0, 1.0, 2.0, np.nan, np.nan])
    assert max(time_ticks(moments, is_date=False).places) == pytest.approx(0.5)
    assert time_ticks(np.full(4, np.nan), is_date=True).places == ()
    assert time_ticks(np.array([5.0, 5.0]), is_date=False).places == ()


@given(
    st.floats(-1e13, 1e13, allow_nan=False),
    st.floats(1e-3, 1e9),
    st.integers(2, 50),
    st.integers(1, 12),
    st.booleans(),
)
def test_marks_are_few_in_order_and_inside(
    first: float, step: float, count: int, most: int, is_date: bool
) -> None:
    moments = first + np.arange(count) * step
    ticks = time_ticks(moments, is_date=is_date, most=most)
    places = np.array(ticks.places)
    assert len(places) == len(ticks.texts) <= 3 * most + 2
    assert np.all(np.diff(places) >= 0)
    assert np.all((places >= 0) & (places <= 1))
