"""Dates beyond what 64-bit nanoseconds hold, such as 9999-12-31, wherever they come from."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pyarrow as pa
import pytest
from pyarrow import parquet

from aestudio.data.arrays.python_objects import dataset_from
from aestudio.data.columns import ColumnKind
from aestudio.data.dataset import Dataset
from aestudio.data.options import DataOptions
from aestudio.data.reading import read
from aestudio.data.tables import csv_streamed, parquet_streamed
from aestudio.data.tables.dates import in_nanoseconds, times_among, times_of

NEVER = datetime.date(9999, 12, 31)
LONG_AGO = datetime.date(1, 1, 1)
DAYS = [datetime.date(2024, 1, 1 + row % 28) for row in range(60)]
DAYS[7] = DAYS[33] = NEVER
DAYS[40] = LONG_AGO
SIZES = [row * 0.5 for row in range(60)]


def csv(path: Path) -> Path:
    rows = [f"{day.isoformat()},{size}" for day, size in zip(DAYS, SIZES, strict=True)]
    path.write_text("day,size\n" + "\n".join(rows) + "\n")
    return path


def of_dates(path: Path) -> Path:
    parquet.write_table(pa.table({"day": DAYS, "size": SIZES}), path)
    return path


def of_moments(path: Path) -> Path:
    moments = pa.array(DAYS).cast(pa.timestamp("us")).cast(pa.timestamp("us", "Europe/Berlin"))
    parquet.write_table(pa.table({"day": moments, "size": SIZES}), path)
    return path


def excel(path: Path) -> Path:
    book = openpyxl.Workbook()
    book.active.append(["day", "size"])
    for row in zip(DAYS, SIZES, strict=True):
        # Days before 1900 have no place in a workbook.
        book.active.append(row if row[0] != LONG_AGO else (NEVER, row[1]))
    book.save(path)
    return path


def check(dataset: Dataset) -> None:
    assert [column.kind for column in dataset.columns] == [ColumnKind.DATE, ColumnKind.NUMERIC]
    assert np.flatnonzero(np.isnan(dataset.x[:, 0])).tolist() == [7, 33, 40]
    assert dataset.x[8, 0] == (DAYS[8] - datetime.date(1970, 1, 1)).days
    assert any("3 values are missing" in finding.text for finding in dataset.findings)


@pytest.mark.parametrize("streams", [False, True])
@pytest.mark.parametrize(
    ("save", "name"),
    [
        (csv, "t.csv"),
        (of_dates, "t.parquet"),
        (of_moments, "t.parquet"),
        (excel, "t.xlsx"),
    ],
)
def test_dates_that_are_too_far_away_are_missing(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    save: Callable[[Path], Path],
    name: str,
    streams: bool,
) -> None:
    monkeypatch.setenv("AESTUDIO_CACHE", str(tmp_path / "cache"))
    if streams:
        monkeypatch.setattr(csv_streamed, "STREAM_FROM_BYTES", 1)
        monkeypatch.setattr(parquet_streamed, "STREAM_FROM_BYTES", 1)
    path = save(tmp_path / name)
    check(read(path, DataOptions(source=str(path), kind="table")))


def test_they_are_missing_in_tables_of_pandas() -> None:
    check(dataset_from(pd.DataFrame({"day": np.array(DAYS, "datetime64[s]"), "size": SIZES})))


@pytest.mark.parametrize("unit", ["Y", "D", "s", "ms", "us", "ns"])
def test_times_of_every_unit_stay_the_same(unit: str) -> None:
    times = np.array(["1678-01-01", "NaT", "1970-01-01", "2261-01-01"], f"datetime64[{unit}]")
    np.testing.assert_array_equal(in_nanoseconds(times), times.astype("datetime64[ns]"))
    assert in_nanoseconds(times[:0]).dtype == np.dtype("datetime64[ns]")


def day_of(year: int, month: int, day: int) -> np.datetime64:
    """The day by Python's calendar, NaT where it has none."""
    try:
        return np.datetime64(datetime.date(year, month, day))
    except ValueError:
        return np.datetime64("NaT")


@pytest.mark.parametrize("form", ["{:04}-{:02}-{:02}", "{:04}/{}/{}", "{0}-{1:02}-{2:02} 23:59:30"])
def test_days_that_do_not_exist_are_missing_and_told(form: str) -> None:
    """And are not taken for the next ones that do."""
    days = [(y, m, d) for y in (1999, 2000, 2023, 2024) for m in range(1, 13) for d in range(1, 32)]
    texts = pa.chunked_array(
        [
            [form.format(*day) for day in days[:200]],
            [form.format(*day) for day in days[200:]],
            [None],
        ]
    )
    found = times_of("seen", texts)
    assert found is not None
    expected = np.array([*(day_of(*day) for day in days), np.datetime64("NaT")])
    np.testing.assert_array_equal(found.values.astype("datetime64[D]"), expected)
    (finding,) = found.findings
    num_unreal = np.isnat(expected).sum() - 1
    assert finding.text.startswith(f"{num_unreal} dates of 'seen' are on a day that does not exist")
    among = times_among(texts, "" if form.startswith("{:04}-") else found.form)
    np.testing.assert_array_equal(among, found.values)
