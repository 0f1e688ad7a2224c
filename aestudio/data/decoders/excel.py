"""Excel workbooks (openpyxl): one sheet, cell by cell, as numbers, truth values, moments or texts.

Per column there is a piece with its values, called by its number. The last pieces are texts:
``names``, ``sheets`` (all of them, the one that was read first) and ``skipped`` (how many rows
above the table were passed over).
"""

from __future__ import annotations

import datetime
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import zip_longest
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl

from aestudio.data.decoders.claims import check_claim
from aestudio.data.decoders.pieces import ArrayPiece, Piece, TextsPiece
from aestudio.data.files.doors import open_archive, open_file
from aestudio.data.tables.dates import in_nanoseconds
from aestudio.errors import DataError

#: What Excel itself can hold.
_MOST_ROWS = 1_048_576
_LOOKED_AT = 100

Row = tuple[Any, ...]


def decode(path: str, settings: Mapping[str, Any]) -> Iterator[Piece]:
    """Yield the columns of one sheet, and then what they are called."""
    check_members(path)
    # As a stream: from a path, its suffix would have to be one that the library knows.
    with open_file(path) as stream:
        book = openpyxl.load_workbook(stream, read_only=True, data_only=True, keep_links=False)
        try:
            sheets = [sheet.title for sheet in book.worksheets]
            title, rows = _chosen(book, sheets, settings)
        finally:
            book.close()
    skipped = 0 if settings["skip_lines"] else _num_above(rows)
    rows = rows[skipped:]
    has_header = {"yes": True, "no": False}.get(settings["header"], _has_header(rows))
    header = rows[0] if has_header else ()
    columns = list(zip_longest(*(rows[1:] if has_header else rows)))
    width = max(len(columns), len(header))
    columns += [()] * (width - len(columns))
    for place, cells in enumerate(columns):
        yield _piece(str(place), cells)
    names = ["" if cell is None else str(cell) for cell in header]
    yield TextsPiece("names", [*names, *[""] * (width - len(names))] if has_header else [])
    yield TextsPiece("sheets", [title, *(name for name in sheets if name != title)])
    yield TextsPiece("skipped", [str(skipped)])


def check_members(path: str) -> None:
    """Raise a DataError for an archive whose members would unpack to far more than a workbook."""
    with open_archive(Path(path)) as archive:
        check_claim("the workbook", archive.unpacked_bytes, os.path.getsize(path))


def _chosen(book: Any, sheets: list[str], settings: Mapping[str, Any]) -> tuple[str, list[Row]]:
    wanted = settings["sheet"]
    if wanted and wanted not in sheets:
        raise DataError(
            f"there is no sheet '{wanted}'.",
            next_step=f"Set 'Sheet' (data.sheet) to one of: {', '.join(sheets[:20])}.",
        )
    for sheet in book.worksheets:
        if wanted in ("", sheet.title):
            rows = _rows(sheet, settings["max_columns"])[settings["skip_lines"] :]
            if rows or wanted:
                return sheet.title, rows
    return sheets[0] if sheets else "", []


def _rows(sheet: Any, most: int) -> list[Row]:
    # The stored extent of a sheet may be a lie of a billion cells.
    sheet.reset_dimensions()
    rows: list[Row] = []
    for row in sheet.iter_rows(values_only=True, max_row=_MOST_ROWS):
        width = max((place for place, cell in enumerate(row, 1) if cell is not None), default=0)
        if width > most:
            raise DataError(
                f"the sheet has more than {most:,} columns.",
                next_step="Raise 'Most columns' (data.max_columns) if that is meant.",
            )
        rows.append(tuple(_cell(cell) for cell in row[:width]))
    while rows and not rows[-1]:
        rows.pop()
    return [row for row in rows if row]


def _cell(cell: Any) -> Any:
    """Return a plain value; errors of formulas and blank texts are missing."""
    if isinstance(cell, str):
        return (
            None
            if not cell.strip() or (cell.startswith("#") and cell.endswith(("!", "?", "A")))
            else cell
        )
    if isinstance(cell, datetime.date) and not isinstance(cell, datetime.datetime):
        return datetime.datetime(cell.year, cell.month, cell.day)
    if isinstance(cell, datetime.time | datetime.timedelta):
        return str(cell)
    return cell


def _num_above(rows: list[Row]) -> int:
    """Count titles above the table: rows of one cell, where most rows have several."""
    widths = Counter(_num_cells(row) for row in rows[:_LOOKED_AT])
    if not widths or widths.most_common(1)[0][0] < 2:
        return 0
    return next((place for place, row in enumerate(rows) if _num_cells(row) > 1), 0)


def _num_cells(row: Row) -> int:
    return sum(cell is not None for cell in row)


def _has_header(rows: list[Row]) -> bool:
    """Whether the first row holds texts only, each another one, and another row is not like it."""
    if not rows:
        return False
    first = [cell for cell in rows[0] if cell is not None]
    if not first or not all(isinstance(cell, str) for cell in first):
        return False
    below = [cell for row in rows[1:_LOOKED_AT] for cell in row]
    return len(set(first)) == len(first) and not set(first) <= set(map(str, below))


def _piece(name: str, cells: Iterable[Any]) -> Piece:
    cells = list(cells)
    kinds = {type(cell) for cell in cells if cell is not None}
    if kinds == {bool} and None not in cells:
        return ArrayPiece.whole(name, np.array(cells, dtype=np.bool_))
    if kinds <= {int, float}:
        numbers = [np.nan if cell is None else float(cell) for cell in cells]
        return ArrayPiece.whole(name, np.array(numbers, dtype=np.float64))
    if kinds == {datetime.datetime}:
        moments = [None if cell is None else cell.replace(tzinfo=None) for cell in cells]
        return ArrayPiece.whole(name, in_nanoseconds(np.array(moments, "datetime64[us]")))
    return TextsPiece(name, [None if cell is None else str(cell) for cell in cells])
