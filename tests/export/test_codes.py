"""Codes come back to the last bit from every format, and no text is a formula."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aestudio.errors import OutputError
from aestudio.export import codes as module
from aestudio.export.codes import CodeTable, write_codes
from aestudio.export.spreadsheet_text import neutral_text

CODES = np.array([[1 / 3, -1.0], [1e-38, 65504.0], [-0.0, 3.4e38]], np.float32)
TABLE = CodeTable(
    codes=CODES,
    rows=np.array([4, 0, 7]),
    labels=("a", "=1+1", "ü,\n"),
    sample_names=("x.png", "lone\ud800", "@SUM(A1)"),
)


def test_csv_keeps_every_number_and_neutralises_texts(tmp_path: Path) -> None:
    write_codes(tmp_path / "codes.csv", TABLE)
    with (tmp_path / "codes.csv").open(encoding="utf-8", newline="") as stream:
        head, *lines = csv.reader(stream)
    assert head == ["row", "sample", "label", "code_1", "code_2"]
    assert [line[0] for line in lines] == ["4", "0", "7"]
    assert [line[1] for line in lines] == ["x.png", "lone\\ud800", "'@SUM(A1)"]
    assert [line[2] for line in lines] == ["a", "'=1+1", "ü,\n"]
    numbers = np.array([line[3:] for line in lines], dtype=np.float32)
    assert numbers.tobytes() == CODES.tobytes()
    assert lines[0][4] == "-1", "a negative number stays a number"


def test_parquet_keeps_types_and_names(tmp_path: Path) -> None:
    write_codes(tmp_path / "codes.parquet", TABLE)
    frame = pd.read_parquet(tmp_path / "codes.parquet")
    assert list(frame.columns) == ["row", "sample", "label", "code_1", "code_2"]
    assert frame[["code_1", "code_2"]].to_numpy().tobytes() == CODES.tobytes()
    assert frame["label"].tolist() == ["a", "=1+1", "ü,\n"]
    assert frame["row"].tolist() == [4, 0, 7]


def test_npz_needs_no_pickle(tmp_path: Path) -> None:
    write_codes(tmp_path / "CODES.NPZ", TABLE)
    with np.load(tmp_path / "CODES.NPZ", allow_pickle=False) as arrays:
        assert arrays["codes"].tobytes() == CODES.tobytes()
        assert arrays["rows"].tolist() == [4, 0, 7]
        assert arrays["labels"].tolist() == ["a", "=1+1", "ü,\n"]
        assert arrays["sample_names"][1] == "lone\\ud800"


@pytest.mark.parametrize("suffix", ["csv", "parquet", "npz"])
def test_what_is_not_known_is_left_out(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"codes.{suffix}"
    write_codes(path, CodeTable(codes=CODES[:0], rows=np.empty(0, np.int64)))
    columns = {
        "csv": lambda: list(pd.read_csv(path).columns),
        "parquet": lambda: list(pd.read_parquet(path).columns),
        "npz": lambda: sorted(np.load(path).files),
    }[suffix]()
    assert columns == (["codes", "rows"] if suffix == "npz" else ["row", "code_1", "code_2"])


def test_many_rows_are_written_in_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_ROWS_PER_CHUNK", 3)
    codes = np.arange(20, dtype=np.float32).reshape(10, 2)
    write_codes(tmp_path / "codes.csv", CodeTable(codes=codes, rows=np.arange(10)))
    frame = pd.read_csv(tmp_path / "codes.csv")
    assert frame["row"].tolist() == list(range(10))
    assert (frame[["code_1", "code_2"]].to_numpy() == codes).all()


@pytest.mark.parametrize("name", ["codes.xlsx", "codes"])
def test_other_formats_are_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(OutputError, match="cannot be written as") as caught:
        write_codes(tmp_path / name, TABLE)
    assert ".csv, .parquet, .npz" in caught.value.next_step


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])  # noqa: RUF001
@pytest.mark.parametrize("before", ["", " ", "\u00a0", "\ufeff", " \u200b\u2060"])
def test_a_formula_is_text_whatever_stands_before_it(before: str, start: str) -> None:
    assert neutral_text(f"{before}{start}cmd|'/C calc'!A0").startswith("'")


@given(st.text())
def test_a_text_is_changed_by_one_apostrophe_or_not_at_all(text: str) -> None:
    assert neutral_text(text) in (text, f"'{text}")
    assert not neutral_text(text).startswith(("=", "+", "-", "@"))
