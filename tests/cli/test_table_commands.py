"""A CSV file from info to training to other rows of the same kind, on the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Run

QUICK = ("--set", "data.kind=table", "--set", "network.hidden=[8]")
ROWS = [
    f"{n};{n % 17},5;{['light', 'dark', 'NA'][n % 3]};{1 + n % 28}.02.2024;{'ab'[n % 2]}"
    for n in range(80)
]
HEADER = "id;size;shade;seen;species"


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "measured.csv"
    path.write_text("\n".join([HEADER, *ROWS]))
    return path


def test_info_says_how_the_file_is_written_and_what_its_columns_hold(run: Run, table: Path) -> None:
    values = run("info", table, *QUICK[:2], "--json").json
    assert values["read_as"]["Delimiter"] == "semicolon"
    assert values["read_as"]["Decimal mark"] == "comma"
    assert values["labels"] == ["a", "b"]
    assert [column["kind"] for column in values["columns"]] == ["numeric", "categorical", "date"]
    assert values["missing_share"] == pytest.approx(26 / 240)
    said = run("info", table, *QUICK[:2]).out
    assert "shade: categorical, 2 different, most often dark, 32.5 % missing" in said
    assert "size: numeric, 0.5 to 16.5" in said


def test_a_run_on_a_table_takes_a_single_row_of_another(
    run: Run, table: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "run"
    trained = run("train", table, *QUICK, "--epochs", 1, "--out", folder)
    assert trained.code == 0, trained.err
    other = tmp_path / "other.csv"
    other.write_text("seen;shade;size\n3.2.2024;dark;4,5\n")
    codes = tmp_path / "codes.csv"
    encoded = run("encode", folder, other, "--out", codes)
    assert encoded.code == 0, encoded.err
    assert len(codes.read_text().splitlines()) == 2


def test_what_is_wrong_with_a_table_is_said_with_its_line(run: Run, table: Path) -> None:
    with table.open("a") as stream:
        stream.write("\n1;2\n")
    outcome = run("train", table, *QUICK)
    assert outcome.code == 2
    assert "line 82 has 2 cells, and 5 are expected" in outcome.err
    assert "data.ragged" in outcome.err
