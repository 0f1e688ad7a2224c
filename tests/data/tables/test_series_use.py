"""Tables whose rows are steps in time: recognised, put in order, and told about."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from aestudio.data.dataset import Dataset, Kind, Severity
from aestudio.data.dataset_splitting import split_dataset
from aestudio.data.options import DataOptions
from aestudio.data.reading import read
from aestudio.errors import DataError, OptionError

pytestmark = pytest.mark.opens_files

START = datetime(2024, 1, 1)


def table(path: Path, header: str, rows: list[str]) -> Path:
    path.write_text("\n".join([header, *rows]) + "\n")
    return path


def half_hours(count: int, first: datetime = START) -> list[datetime]:
    return [first + timedelta(minutes=30 * index) for index in range(count)]


def said(dataset: Dataset) -> str:
    return " ".join(map(str, dataset.findings))


def test_a_time_and_a_value_are_a_series_of_days(tmp_path: Path) -> None:
    values = np.random.default_rng(0).normal(size=48 * 40).round(6)
    rows = [
        f"{when},{value}" for when, value in zip(half_hours(48 * 40), values.tolist(), strict=True)
    ]
    path = table(tmp_path / "a.csv", "timestamp,value", rows)
    assert read(path).shape == (48, 1)
    found = read(path, DataOptions(window=48))
    assert (found.kind, found.reader, found.x.shape) == (Kind.SEQUENCES, "csv", (40, 48, 1))
    assert np.array_equal(found.x.reshape(-1), values)
    assert found.feature_names == ("value",)
    assert found.sample_names[1] == "2024-01-02 00:00"
    assert found.label_names[found.labels[0]] == "Monday"
    assert str(found.times) == "2024-01-01 00:00 to 2024-02-09 23:30, a step every 30 minutes"
    assert ("Time column", "timestamp") in found.read_as


def test_several_values_are_channels_and_texts_are_left_out(tmp_path: Path) -> None:
    rows = [f"{when},{k},{-k},note {k}" for k, when in enumerate(half_hours(2000))]
    found = read(table(tmp_path / "a.csv", "when,up,down,remark", rows), DataOptions(window=100))
    assert found.x.shape == (20, 100, 2)
    assert found.feature_names == ("up", "down")
    assert "'remark'" in said(found)


def test_a_table_of_customers_with_a_date_is_no_series(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    days = rng.integers(0, 20_000, 300).tolist()
    rows = [
        f"{datetime(1970, 1, 1) + timedelta(days=day):%Y-%m-%d},{k % 7},{k}"
        for k, day in enumerate(days)
    ]
    path = table(tmp_path / "a.csv", "birthday,children,income", rows)
    assert read(path).kind is Kind.TABLE
    assert read(path, DataOptions(kind="series", window=10)).kind is Kind.SEQUENCES


def test_orders_that_come_by_chance_are_no_series(tmp_path: Path) -> None:
    waits = np.random.default_rng(0).exponential(3600, 400).cumsum().tolist()
    rows = [f"{START + timedelta(seconds=round(wait))},{k % 9}" for k, wait in enumerate(waits)]
    assert read(table(tmp_path / "a.csv", "time,amount", rows)).kind is Kind.TABLE


def test_a_series_can_be_read_as_a_table(tmp_path: Path) -> None:
    rows = [f"{when},{k}" for k, when in enumerate(half_hours(500))]
    found = read(table(tmp_path / "a.csv", "time,value", rows), DataOptions(kind="table"))
    assert found.kind is Kind.TABLE
    assert found.windows is None


def test_rows_out_of_order_twice_or_missing_are_told(tmp_path: Path) -> None:
    times = half_hours(48 * 40)
    kept = [*times[:100], *times[110:]]
    kept[5], kept[6] = kept[6], kept[5]
    kept.append(times[200])
    rows = [f"{when},1.5" for when in kept]
    found = read(table(tmp_path / "a.csv", "time,value", rows))
    text = said(found)
    assert "not in the order of time" in text
    assert "1 row has the same time" in text
    assert "There is one gap in the time: 10 steps are missing" in text
    # No window holds the third of January, in which the gap lies.
    assert not any(name.startswith("2024-01-03") for name in found.sample_names)


def test_numbers_of_seconds_since_1970_are_dates(tmp_path: Path) -> None:
    rows = [f"{1_704_067_200_000 + 60_000 * k},{k % 60}" for k in range(3000)]
    found = read(table(tmp_path / "a.csv", "timestamp,value", rows))
    assert found.sample_names[0] == "2024-01-01 00:00"
    assert found.shape == (60, 1)


def test_a_column_of_numbers_called_time_counts_in_its_own_unit(tmp_path: Path) -> None:
    rows = [f"{k / 100},{np.sin(k):.4f}" for k in range(2000)]
    found = read(table(tmp_path / "a.csv", "t,value", rows), DataOptions(window=50))
    assert found.times is not None
    assert not found.times.is_date
    assert np.allclose(found.times.of(np.array([1]))[0], np.arange(50, 100) / 100)
    assert found.sample_names[1] == "0.50"


def test_things_side_by_side_are_several_series_with_their_names_as_labels(tmp_path: Path) -> None:
    rows = [
        f"{when},{shop},{k + 1000 * place}"
        for k, when in enumerate(half_hours(480))
        for place, shop in enumerate(("Bonn", "Kiel"))
    ]
    found = read(table(tmp_path / "a.csv", "time,shop,sold", rows), DataOptions(window=48))
    assert found.x.shape == (20, 48, 1)
    assert found.label_names == ("Bonn", "Kiel")
    assert found.labels.tolist() == [0] * 10 + [1] * 10
    assert found.x[10, 0, 0] == 1000
    assert found.sample_names[10] == "Kiel, 2024-01-01 00:00"
    assert "names of 2 series" in said(found)
    assert found.times is not None
    assert np.array_equal(found.times.of(np.array([0])), found.times.of(np.array([10])))
    parts = split_dataset(found, DataOptions(validation_fraction=0.2))
    assert not set(parts.train) & set(parts.validation)


def test_a_column_of_labels_labels_windows_by_what_is_rare(tmp_path: Path) -> None:
    rows = [f"{when},{k},{int(k == 300)}" for k, when in enumerate(half_hours(960))]
    found = read(table(tmp_path / "a.csv", "time,value,anomaly", rows), DataOptions(window=48))
    assert found.feature_names == ("value",)
    assert found.label_names == ("0", "1")
    assert np.flatnonzero(found.labels).tolist() == [6]


def test_without_a_time_rows_are_steps_when_asked(tmp_path: Path) -> None:
    rows = [f"{k},{k % 5}" for k in range(300)]
    found = read(table(tmp_path / "a.csv", "a,b", rows), DataOptions(kind="series", window=30))
    assert found.x.shape == (10, 30, 2)
    assert found.times is None
    assert "each row was taken for one step" in said(found)


def test_the_time_column_can_be_named_and_a_wrong_name_is_refused(tmp_path: Path) -> None:
    rows = [f"{k * 7},{k % 5}" for k in range(300)]
    path = table(tmp_path / "a.csv", "clock,b", rows)
    found = read(path, DataOptions(time_column="clock", window=30))
    assert found.feature_names == ("b",)
    assert found.times is not None
    assert found.times.step == 7
    with pytest.raises(OptionError, match="no column is called 'clok'") as caught:
        read(path, DataOptions(time_column="clok", kind="series"))
    assert "clock" in caught.value.next_step


def test_a_series_of_texts_alone_is_refused(tmp_path: Path) -> None:
    rows = [f"{when},what {k} was" for k, when in enumerate(half_hours(200))]
    with pytest.raises(DataError, match="no column beside the time holds numbers"):
        read(table(tmp_path / "a.csv", "time,note", rows), DataOptions(kind="series"))


def test_minutes_can_be_made_hours(tmp_path: Path) -> None:
    rows = [f"{START + timedelta(minutes=k)},{k}" for k in range(60 * 24 * 20)]
    found = read(
        table(tmp_path / "a.csv", "time,value", rows), DataOptions(time_step=3600, window=24)
    )
    assert found.x.shape == (20, 24, 1)
    assert found.x[0, 1, 0] == pytest.approx(np.arange(60, 120).mean())


@pytest.mark.shared_data
def test_a_year_of_taxis_is_days_beginning_at_midnight(shared_data: Path) -> None:
    found = read(shared_data / "nab" / "realKnownCause" / "nyc_taxi.csv")
    assert found.x.shape == (215, 48, 1)
    assert found.x[0, :3, 0].tolist() == [10844, 8127, 6210]
    assert all(name.endswith("00:00") for name in found.sample_names)
    assert str(found.times) == "2014-07-01 00:00 to 2015-01-31 23:30, a step every 30 minutes"
    assert not [f for f in found.findings if f.severity is Severity.WARNING]
    again = read(
        shared_data / "nab" / "realKnownCause" / "nyc_taxi.csv",
        DataOptions(kind="series", window=48, window_stride=48),
    )
    assert again.fingerprint == found.fingerprint


@pytest.mark.shared_data
def test_every_series_of_the_benchmark_is_read_as_one(shared_data: Path) -> None:
    paths = sorted((shared_data / "nab").glob("*/*.csv"))
    assert len(paths) == 5
    for path in paths:
        found = read(path)
        assert found.kind is Kind.SEQUENCES, path
        assert found.times is not None
        assert found.times.is_date
        assert np.isfinite(found.x).all()
