"""The time that trainings on several data sets still take, against sums done by hand."""

from __future__ import annotations

import pytest

from aestudio.workflows.several_sets.forecast import SeriesForecast, TimeLeft, expected_work

#: The last but one cannot be read: it is no work.
ITEMS = (("table", 10.0), ("table", 20.0), ("tokens", 5.0), ("", 0.0), ("table", 40.0))


def test_nothing_is_told_before_anything_is_known() -> None:
    assert SeriesForecast(ITEMS).left(0, 3.0, None) == TimeLeft(None, True)


def test_what_is_under_way_tells_for_its_own_kind_alone() -> None:
    # 1 s of 5 has passed: half a second for each unit of work. Nothing follows for tokens.
    left = SeriesForecast(ITEMS).left(0, 1.0, 4.0)
    assert left == TimeLeft(pytest.approx(4.0 + 0.5 * (20 + 40)), True)


def test_the_first_steps_tell_nothing_of_other_sets() -> None:
    assert SeriesForecast(ITEMS).left(0, 0.1, 9.9) == TimeLeft(9.9, True)


def test_once_every_kind_was_seen_the_sum_is_whole() -> None:
    forecast = SeriesForecast(ITEMS)
    forecast.add(0, 5.0)
    forecast.add(1, 25.0)
    # A second for each unit of the tables (30 s for 30); tokens tell themselves.
    assert forecast.left(2, 2.0, 8.0) == TimeLeft(pytest.approx(8.0 + 40.0), False)
    forecast.add(2, 10.0)
    assert forecast.left(4, 15.0, None) == TimeLeft(pytest.approx(25.0), False)
    assert forecast.left(4, 15.0, 7.0) == TimeLeft(7.0, False)


def test_where_it_takes_longer_than_reckoned_nothing_is_made_up() -> None:
    forecast = SeriesForecast(ITEMS)
    forecast.add(0, 10.0)
    assert forecast.left(4, 41.0, None) == TimeLeft(None, True)


def test_work_grows_with_what_is_given() -> None:
    # 20 steps of 50 samples and 4 more for each epoch, 100 for the rest.
    given = {"training.epochs": 3, "training.batch_size": 50}
    assert expected_work(1_000, given) == 3 * (20 + 4) + 100
    assert expected_work(1_000, {}) > expected_work(1_000, given)
