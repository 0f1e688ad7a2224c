"""Excel workbooks: sheets, headers, kinds of cells, and workbooks that lie."""

from __future__ import annotations

import datetime
import io
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest

from aestudio.data.columns import ColumnKind
from aestudio.data.dataset import Dataset
from aestudio.data.options import DataOptions
from aestudio.data.reading import read
from aestudio.errors import DataError
from tests.data.tables.reading import said

ROWS: list[list[Any]] = [
    [1.5, "red", True, datetime.datetime(2024, 1, 31), 4],
    [None, "blue", False, datetime.datetime(2024, 1, 30, 12), 5],
    [3.5, "red", True, datetime.datetime(2024, 1, 3), 6],
    ["#N/A", None, True, None, 4],
]
HEADER: list[Any] = ["size", "colour", "sold", "seen", "count"]


def saved(folder: Path, sheets: dict[str, Sequence[Sequence[Any]]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(list(row))
    path = folder / "book.xlsx"
    book.save(path)
    return path


def read_book(path: Path, **options: Any) -> Dataset:
    return read(path, DataOptions(source=str(path), **{"kind": "table", **options}))


def test_every_kind_of_cell_comes_back(tmp_path: Path) -> None:
    dataset = read_book(saved(tmp_path, {"Data": [HEADER, *ROWS]}), columns=", ".join(HEADER))
    assert [column.kind for column in dataset.columns] == [
        ColumnKind.NUMERIC,
        ColumnKind.CATEGORICAL,
        ColumnKind.BOOLEAN,
        ColumnKind.DATE,
        ColumnKind.NUMERIC,
    ]
    np.testing.assert_array_equal(dataset.x[:, 0], [1.5, np.nan, 3.5, np.nan])
    np.testing.assert_array_equal(dataset.x[:, 1], [1, 0, 1, np.nan])
    assert dataset.x[1, 3] - dataset.x[2, 3] == 27.5
    assert dict(dataset.read_as)["Sheet"] == "Data"


def test_titles_above_the_table_are_passed_over(tmp_path: Path) -> None:
    rows = [["A report"], [], ["printed today"], HEADER, *ROWS]
    dataset = read_book(saved(tmp_path, {"Data": rows}))
    assert dataset.num_samples == 4
    assert dict(dataset.read_as)["Rows passed over"] == "2"


def test_the_first_sheet_with_cells_is_read_and_told(tmp_path: Path) -> None:
    sheets = {"Empty": [], "First": [["a", "b"], [1, 2.5], [3, 4]], "Other": [["c"], [5], [5.5]]}
    path = saved(tmp_path, sheets)
    dataset = read_book(path)
    assert dataset.feature_names == ("a", "b")
    assert "Of 3 sheets, 'First' is read" in said(dataset)
    assert read_book(path, sheet="Other").feature_names == ("c",)


def test_a_sheet_that_is_not_there_is_named_with_those_that_are(tmp_path: Path) -> None:
    path = saved(tmp_path, {"Data": [HEADER, *ROWS]})
    with pytest.raises(DataError, match=r"no sheet 'Date'.*one of: Data"):
        read_book(path, sheet="Date")


def test_a_table_without_a_header_gets_numbers(tmp_path: Path) -> None:
    dataset = read_book(saved(tmp_path, {"Data": [[1.5, 2], [3, 4], [5, 7]]}))
    assert dataset.feature_names == ("column 1", "column 2")
    assert dataset.num_samples == 3


def test_an_empty_workbook_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="is empty"):
        read_book(saved(tmp_path, {"Data": []}))


def rewritten(path: Path, change: dict[str, bytes]) -> Path:
    """Replace members of a workbook."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in (members | change).items():
            archive.writestr(name, body)
    path.write_bytes(content.getvalue())
    return path


def test_a_bomb_is_refused_before_it_unpacks(tmp_path: Path) -> None:
    path = saved(tmp_path, {"Data": [HEADER, *ROWS]})
    rewritten(path, {"xl/worksheets/sheet1.xml": bytes(80 * 2**20)})
    with pytest.raises(DataError, match="would unpack"):
        read_book(path)


def test_a_false_extent_costs_nothing(tmp_path: Path) -> None:
    path = saved(tmp_path, {"Data": [HEADER, *ROWS]})
    with zipfile.ZipFile(path) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml")
    assert b'ref="A1:E5"' in sheet
    rewritten(path, {"xl/worksheets/sheet1.xml": sheet.replace(b"A1:E5", b"A1:XFD1048576")})
    assert read_book(path).num_samples == 4


def test_entities_do_not_multiply(tmp_path: Path) -> None:
    path = saved(tmp_path, {"Data": [HEADER, *ROWS]})
    lines = ['<!ENTITY a "aaaaaaaaaa">']
    lines += [
        f'<!ENTITY {name} "{10 * f"&{before};"}">'
        for before, name in zip("abcdefgh", "bcdefghi", strict=True)
    ]
    bomb = f'<?xml version="1.0"?><!DOCTYPE s [{"".join(lines)}]><sst><si><t>&i;</t></si></sst>'
    rewritten(path, {"xl/workbook.xml": bomb.encode()})
    with pytest.raises(DataError):
        read_book(path)


def test_content_counts_and_not_the_name(tmp_path: Path) -> None:
    path = saved(tmp_path, {"Data": [HEADER, *ROWS]}).rename(tmp_path / "book.dat")
    assert read_book(path).reader == "excel"


def test_older_workbooks_are_refused_with_a_way_out(tmp_path: Path) -> None:
    path = tmp_path / "old.xls"
    path.write_bytes(b"\xd0\xcf\x11\xe0" + bytes(508))
    with pytest.raises(DataError, match=r"\.xlsx"):
        read(path)
