"""Row C15: series whose times are out of order, twice, or missing; each loads and says so."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from aestudio.data.dataset import Dataset, Kind
from aestudio.data.reading import read

START = datetime(2024, 3, 1)
HOURS = [START + timedelta(hours=hour) for hour in range(24 * 40)]


def series(folder: Path, times: list[str]) -> Dataset:
    path = folder / "series.csv"
    rows = [f"{when},{index % 24}" for index, when in enumerate(times)]
    path.write_text("\n".join(["time,value", *rows]) + "\n")
    return read(path)


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("unsorted", "not in the order of time"),
        ("duplicates", "have the same time as another"),
        ("gaps", "gap in the time"),
        ("spring", "put forward for summer"),
        ("autumn", "put back for winter"),
        ("uneven", "unevenly spaced"),
        ("unknown", "have no time"),
    ],
)
def test_c15_odd_times_are_loaded_and_told(tmp_path: Path, name: str, what: str) -> None:
    rng = np.random.default_rng(0)
    times = list(HOURS)
    if name == "unsorted":
        times = [times[index] for index in rng.permutation(len(times))]
    elif name == "duplicates":
        times[100:120] = [times[100]] * 20
    elif name == "gaps":
        del times[500:560]
    elif name == "spring":
        times = [*times[:700], *(when + timedelta(hours=1) for when in times[700:])]
    elif name == "autumn":
        times = [*times[:700], *(when - timedelta(hours=1) for when in times[700:])]
    elif name == "uneven":
        times = [when + timedelta(seconds=int(rng.integers(0, 3500))) for when in times]
    texts = [str(when) for when in times]
    if name == "unknown":
        texts[40:45] = [""] * 5
    found = series(tmp_path, texts)
    assert found.kind is Kind.SEQUENCES
    assert np.isfinite(found.x).all()
    assert any(what in str(finding) for finding in found.findings)


def test_c15_times_with_their_zone_know_no_change_of_the_clock(tmp_path: Path) -> None:
    zone = ZoneInfo("Europe/Berlin")
    first = datetime(2024, 3, 20, tzinfo=ZoneInfo("UTC"))
    times = [(first + timedelta(hours=hour)).astimezone(zone) for hour in range(24 * 30)]
    found = series(tmp_path, [when.isoformat(sep=" ") for when in times])
    assert found.windows is not None
    assert not any("gap" in finding.text for finding in found.findings)
    assert not any("same time" in finding.text for finding in found.findings)
