"""Windows out of long series: every place once, the right steps, and no step in both parts."""

from __future__ import annotations

import doctest
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import aestudio
from aestudio.data.dataset import Dataset, Kind
from aestudio.data.dataset_splitting import split_dataset
from aestudio.data.options import DataOptions
from aestudio.data.reading import read
from aestudio.data.series import time_words, window_places
from aestudio.data.series.series_set import OneSeries, SeriesSet
from aestudio.data.series.window_places import WindowPlaces, places_along
from aestudio.data.series.window_splitting import split_windows, window_split_finding
from aestudio.data.series.windows import dataset_of_windows
from aestudio.errors import DataError, OptionError

#: The length of each series, and where it is broken.
SERIES = st.lists(
    st.tuples(st.integers(1, 120), st.sets(st.integers(1, 119), max_size=3)), min_size=1, max_size=4
)


def series_set(sizes: list[tuple[int, set[int]]]) -> SeriesSet:
    rng = np.random.default_rng(0)
    return SeriesSet(
        name="made",
        source="made",
        reader="test",
        series=tuple(
            OneSeries(
                name=str(index),
                values=rng.normal(size=(length, 2)),
                breaks=tuple(sorted(place for place in breaks if place < length)),
            )
            for index, (length, breaks) in enumerate(sizes)
        ),
    )


@given(SERIES, st.integers(2, 30), st.integers(1, 40))
def test_every_place_is_there_once_with_its_steps_and_none_lies_across_a_break(
    sizes: list[tuple[int, set[int]]], length: int, stride: int
) -> None:
    whole = series_set(sizes)
    expected = [
        (index, start)
        for index, one in enumerate(whole.series)
        for first, stop in one.pieces
        for start in range(first, stop - length + 1, stride)
    ]
    options = DataOptions(window=length, window_stride=stride)
    if not expected:
        with pytest.raises(DataError, match="does not fit"):
            dataset_of_windows(whole, options)
        return
    found = dataset_of_windows(whole, options)
    assert found.x.shape == (len(expected), length, 2)
    assert found.windows is not None
    for row, (index, start) in enumerate(expected):
        assert (found.windows.series[row], found.windows.start[row]) == (index, start)
        assert np.array_equal(found.x[row], whole.series[index].values[start : start + length])
        assert not any(start < place < start + length for place in whole.series[index].breaks)


def steps_of(places: WindowPlaces, rows: np.ndarray) -> set[tuple[int, int]]:
    """Every step that some windows hold."""
    return {
        (int(places.series[row]), step)
        for row in rows
        for step in range(int(places.start[row]), int(places.start[row]) + places.length)
    }


@given(SERIES, st.integers(2, 20), st.integers(1, 30), st.floats(0.01, 0.9), st.integers(0, 99))
def test_no_step_is_both_learned_from_and_held_back(
    sizes: list[tuple[int, set[int]]], length: int, stride: int, share: float, seed: int
) -> None:
    whole = series_set(sizes)
    places = places_along(
        [one.name for one in whole.series], [one.pieces for one in whole.series], length, stride
    )
    assume(len(places.start) > 1)
    options = DataOptions(validation_fraction=share, split_seed=seed)
    parts = split_windows(places, options)
    assert len(parts.train)
    assert len(parts.validation)
    assert not set(parts.train) & set(parts.validation)
    shared = steps_of(places, parts.train) & steps_of(places, parts.validation)
    said = [str(finding) for finding in window_split_finding(places, options)]
    if any("too good" in text for text in said):
        # Only where every split would share steps.
        assert stride < length
    else:
        assert not shared


def test_a_long_series_holds_back_several_stretches_of_about_the_wanted_share() -> None:
    places = places_along(["one"], [[(0, 20_000)]], 48, 12)
    for seed in range(20):
        parts = split_windows(places, DataOptions(validation_fraction=0.1, split_seed=seed))
        assert 0.08 < len(parts.validation) / len(places.start) < 0.12
        assert len(parts.train) > 0.8 * len(places.start)
        # From the first part of the time and from the last.
        held = places.start[parts.validation]
        assert held.min() < 10_000 < held.max()


def test_two_overlapping_windows_cannot_be_kept_apart_and_that_is_said() -> None:
    places = places_along(["one"], [[(0, 6)]], 4, 2)
    parts = split_windows(places, DataOptions())
    assert (len(parts.train), len(parts.validation)) == (1, 1)
    (finding,) = window_split_finding(places, DataOptions())
    assert "too good" in finding.text


def test_no_share_holds_nothing_back() -> None:
    places = places_along(["one"], [[(0, 100)]], 4, 2)
    parts = split_windows(places, DataOptions(validation_fraction=0.0))
    assert len(parts.train) == len(places.start)
    assert not list(window_split_finding(places, DataOptions(validation_fraction=0.0)))


def test_windows_of_one_series_take_no_memory_of_their_own() -> None:
    values = np.arange(10_000.0).reshape(-1, 1)
    whole = SeriesSet(
        name="a", source="a", reader="test", series=(OneSeries(name="a", values=values),)
    )
    found = dataset_of_windows(whole, DataOptions(window=500, window_stride=1))
    assert found.x.shape == (9501, 500, 1)
    assert np.shares_memory(found.x, values)


# --- bare arrays ------------------------------------------------------------------------------


@pytest.fixture
def long_array(tmp_path: Path) -> Path:
    path = tmp_path / "signal.npy"
    np.save(path, np.arange(600.0).reshape(300, 2))
    return path


def test_a_bare_array_is_cut_along_its_first_axis_when_a_window_is_set(long_array: Path) -> None:
    found = read(long_array, DataOptions(window=100, window_stride=50))
    assert (found.kind, found.x.shape) == (Kind.SEQUENCES, (5, 100, 2))
    assert found.x[1, 0].tolist() == [100.0, 101.0]
    assert found.sample_names == ("step 1", "step 51", "step 101", "step 151", "step 201")
    assert str(found.windows) == "5 windows of 100 steps from one series"


def test_read_as_a_series_chooses_windows_and_says_so(long_array: Path) -> None:
    found = read(long_array, DataOptions(kind="series"))
    assert found.windows is not None
    assert found.shape == (found.windows.length, 2)
    assert any("were chosen" in finding.text for finding in found.findings)


def test_many_sequences_are_each_cut(tmp_path: Path) -> None:
    path = tmp_path / "many.npz"
    x = np.random.default_rng(0).normal(size=(6, 40, 2))
    np.savez(path, x=x, y=np.arange(6) % 2)
    found = read(path, DataOptions(kind="sequences", window=10))
    assert found.x.shape == (24, 10, 2)
    assert found.labels is not None
    assert found.labels[:8].tolist() == [0] * 4 + [1] * 4
    assert np.array_equal(found.x[5], x[1, 10:20])


def test_pictures_have_no_windows() -> None:
    with pytest.raises(OptionError, match="windows are cut out of series"):
        read("digits", DataOptions(kind="images", window=4))


def test_a_window_longer_than_the_series_is_refused_with_what_would_fit(long_array: Path) -> None:
    with pytest.raises(DataError, match="longest series has 300") as caught:
        read(long_array, DataOptions(window=301))
    assert "at most 300" in caught.value.next_step


def test_one_class_of_windows_keeps_places_and_times() -> None:
    moments = np.arange(96 * 2.0) * 900
    whole = SeriesSet(
        name="a",
        source="a",
        reader="test",
        series=(OneSeries(name="a", values=moments[:, None], moments=moments),),
        is_date=True,
        step=900.0,
    )
    from aestudio.data.label_choice import with_one_label

    found = dataset_of_windows(whole, DataOptions(window=96))
    # The first of January 1970 was a Thursday.
    chosen = with_one_label(found, "Friday")
    assert chosen.num_samples == 1
    assert chosen.times is not None
    assert chosen.windows is not None
    assert chosen.windows.start.tolist() == [96]
    assert np.array_equal(chosen.times.of(np.array([0]))[0], moments[96:])
    assert len(split_dataset(chosen, DataOptions()).train) == 1


# --- Python objects ---------------------------------------------------------------------------


@pytest.mark.parametrize("zone", [None, "Europe/Berlin"])
def test_a_table_of_pandas_with_moments_in_its_index_is_a_series(zone: str | None) -> None:
    index = pd.date_range("2024-01-01", periods=24 * 30, freq="h", tz="UTC").tz_convert(zone)
    frame = pd.DataFrame({"load": np.arange(24.0 * 30)}, index=index)
    found = aestudio.dataset_from(frame, window=24)
    assert found.x.shape == (30, 24, 1)
    assert found.feature_names == ("load",)
    assert found.sample_names[1] == "2024-01-02 00:00"


def test_an_array_is_a_series_where_a_window_is_set() -> None:
    found = aestudio.dataset_from(np.arange(1000.0), window=50)
    assert found.x.shape == (20, 50, 1)


# --- several files ----------------------------------------------------------------------------


def test_windows_of_several_files_keep_their_places_and_share_no_step(tmp_path: Path) -> None:
    arrays = [np.arange(200.0)[:, None] + 1000 * index for index in range(3)]
    for index, array in enumerate(arrays):
        np.save(tmp_path / f"{index}.npy", array)
    found = read(tmp_path, DataOptions(window=20, window_stride=5))
    assert found.windows is not None
    assert found.windows.series_names == ("0", "1", "2")
    assert found.num_samples == 3 * 37
    for row in range(found.num_samples):
        one, start = arrays[found.windows.series[row]], found.windows.start[row]
        assert np.array_equal(found.x[row], one[start : start + 20])
    parts = split_dataset(found, DataOptions())
    assert len(parts.validation)
    trained, held = (np.unique(found.x[rows]) for rows in (parts.train, parts.validation))
    assert not np.intersect1d(trained, held).size


def test_times_of_several_files_lie_one_behind_the_other(tmp_path: Path) -> None:
    for index in range(2):
        rows = [f"{k / 10 + 100 * index},{k}" for k in range(100)]
        (tmp_path / f"{index}.csv").write_text("\n".join(["time (s),value", *rows]) + "\n")
    found = read(tmp_path, DataOptions(window=50))
    assert found.times is not None
    expected = np.concatenate([np.arange(100) / 10, 100 + np.arange(100) / 10]).reshape(4, 50)
    assert np.allclose(found.times.of(np.arange(4)), expected)


# --- what the calendar says -------------------------------------------------------------------


def dated(first: datetime, count: int, step_s: float) -> SeriesSet:
    moments = first.replace(tzinfo=UTC).timestamp() + np.arange(count) * step_s
    return SeriesSet(
        name="a",
        source="a",
        reader="test",
        series=(OneSeries(name="a", values=np.sin(moments)[:, None], moments=moments),),
        is_date=True,
        step=step_s,
    )


def test_days_are_chosen_and_begin_at_midnight_with_their_weekday() -> None:
    found = dataset_of_windows(dated(datetime(2024, 2, 26, 15, 30), 48 * 210, 1800), DataOptions())
    assert found.shape == (48, 1)
    assert found.sample_names[0] == "2024-02-27 00:00"
    assert all(name.endswith(" 00:00") for name in found.sample_names)
    assert found.labels is not None
    for row, name in enumerate(found.sample_names):
        weekday = datetime.fromisoformat(name).strftime("%A")
        assert found.label_names[found.labels[row]] == weekday
    assert found.label_fields == ("weekday", "month")


def test_days_overlap_where_there_are_few_of_them() -> None:
    found = dataset_of_windows(dated(datetime(2024, 1, 1), 48 * 40, 1800), DataOptions())
    assert found.windows is not None
    assert (found.windows.length, found.windows.stride) == (48, 6)


def test_what_was_chosen_gives_the_same_windows_again() -> None:
    whole = dated(datetime(2024, 2, 26, 15, 30), 48 * 40, 1800)
    first = dataset_of_windows(whole, DataOptions())
    assert first.windows is not None
    again = dataset_of_windows(
        whole, DataOptions(window=first.windows.length, window_stride=first.windows.stride)
    )
    assert again.fingerprint == first.fingerprint


def test_another_field_of_the_calendar_can_be_the_label() -> None:
    whole = dated(datetime(2024, 1, 1), 48 * 60, 1800)
    found = dataset_of_windows(whole, DataOptions(label_field="month"))
    assert found.labels is not None
    assert {found.label_names[label] for label in found.labels} == {"January", "February"}


@pytest.mark.parametrize(
    ("step_s", "count", "length"),
    [(1800, 48 * 40, 48), (300, 288 * 40, 288), (3600, 24 * 40, 24), (60, 3000, 60), (1, 3000, 60)],
)
def test_a_window_is_a_round_of_the_clock(step_s: int, count: int, length: int) -> None:
    found = dataset_of_windows(dated(datetime(2024, 1, 1), count, step_s), DataOptions())
    assert found.shape == (length, 1)


def test_a_series_without_a_clock_overlaps_until_there_are_enough_windows() -> None:
    values = np.zeros((4000, 1))
    whole = SeriesSet(
        name="a", source="a", reader="test", series=(OneSeries(name="a", values=values),)
    )
    found = dataset_of_windows(whole, DataOptions())
    assert found.windows is not None
    assert found.windows.overlap
    assert found.num_samples >= 400


def test_the_rarest_label_within_a_window_is_its_label() -> None:
    steps = np.zeros(100, np.int64)
    steps[37] = 1
    one = OneSeries(name="a", values=np.zeros((100, 1)), step_labels=steps)
    whole = SeriesSet(
        name="a", source="a", reader="test", series=(one,), step_label_names=("calm", "odd")
    )
    found: Dataset = dataset_of_windows(whole, DataOptions(window=10))
    assert found.labels is not None
    assert np.flatnonzero(found.labels).tolist() == [3]


def test_the_examples_hold() -> None:
    for module in (window_places, time_words):
        results = doctest.testmod(module)
        assert results.attempted
        assert not results.failed
