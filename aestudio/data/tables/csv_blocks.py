"""One block of a text table becomes arrow columns; what does not fit is said with its line."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import pyarrow as pa
from pyarrow import csv as arrow_csv

from aestudio.data.files.plain_words import data_error
from aestudio.data.tables.csv_format import MISSING, NO_DELIMITER, CsvFormat, sign_of, with_signs
from aestudio.data.tables.csv_records import Block, lines_of_records

if TYPE_CHECKING:
    from pathlib import Path

#: What a column of texts is read as.
NUMBERS, TIMES, TEXTS = pa.float64(), pa.timestamp("ns"), pa.string()
_MISFIT = re.compile(r"CSV conversion error to ")
_COLUMN = re.compile(r"In CSV column #(\d+)")
_BLANKS = re.compile(rb"[ \t]+")
_EDGES = re.compile(rb"^ | $", re.MULTILINE)


class DoesNotFit(Exception):  # noqa: N818 - the caller tries again with another type
    """A column holds something else than what it was taken for."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


@dataclass(slots=True)
class RaggedLines:
    """Lines that were left out because they have another number of cells than the header."""

    count: int = 0
    first: int = 0


@dataclass(frozen=True, slots=True)
class BlockParser:
    """Parses blocks of one file."""

    path: Path
    format: CsvFormat
    #: The columns to read; others cost next to nothing.
    wanted: tuple[str, ...]
    skips_ragged: bool
    ragged: RaggedLines = field(default_factory=RaggedLines)

    def guess_types(self, block: Block) -> dict[str, pa.DataType]:
        """Return the type of each wanted column by the look of one block."""
        counted = replace(self, ragged=RaggedLines())
        table = counted._read(block, {})
        return {
            name: _kept(type_)
            for name, type_ in zip(table.column_names, table.schema.types, strict=True)
        }

    def parse(self, block: Block, types: Mapping[str, pa.DataType]) -> pa.Table:
        """Return the wanted columns, in the types given.

        Raises
        ------
        DoesNotFit
            A column holds something else.
        DataError
            A line has another number of cells than the header.
        """
        return self._read(block, types)

    def _read(self, block: Block, types: Mapping[str, pa.DataType]) -> pa.Table:
        form = self.format
        content = with_signs(block.content, form.delimiter)
        if form.delimiter == " ":
            content = _EDGES.sub(b"", _BLANKS.sub(b" ", content))
        num_skipped = 0

        def on_ragged(row: Any) -> str:
            nonlocal num_skipped
            num_skipped += 1
            return "skip"

        names = list(form.names)
        if form.has_empty_end:
            names.append(NO_DELIMITER)
        try:
            table = arrow_csv.read_csv(
                pa.BufferReader(content),
                # One block, so that no second guess of a type is made within it.
                arrow_csv.ReadOptions(
                    column_names=names, use_threads=False, block_size=len(content) + 1
                ),
                arrow_csv.ParseOptions(
                    delimiter=sign_of(form.delimiter),
                    quote_char='"' if form.is_quoted else False,
                    newlines_in_values=form.is_quoted,
                    invalid_row_handler=on_ragged,
                ),
                arrow_csv.ConvertOptions(
                    column_types=dict(types),
                    null_values=list(MISSING),
                    strings_can_be_null=True,
                    decimal_point=form.decimal,
                    include_columns=list(self.wanted),
                    check_utf8=False,
                ),
            )
        except pa.ArrowInvalid as error:
            if _MISFIT.search(str(error)) and (place := _COLUMN.search(str(error))):
                raise DoesNotFit(names[int(place[1])]) from None
            raise self._unreadable(block, str(error)) from None
        if num_skipped:
            self._tell_of_ragged(block, num_skipped)
        return table

    def _tell_of_ragged(self, block: Block, count: int) -> None:
        line, num_cells = self._first_ragged(block)
        if not self.skips_ragged:
            raise data_error(
                self.path,
                f"line {line:,} has {num_cells:,} cells, and {self.format.num_cells:,} are expected.",
                "Correct the line, set 'Ragged lines' (data.ragged) to 'skip', or check the delimiter.",
            )
        self.ragged.first = self.ragged.first or line
        self.ragged.count += count

    def _first_ragged(self, block: Block) -> tuple[int, int]:
        """Return line number and number of cells of the first line that has too many or too few."""
        form = self.format
        for before, record in lines_of_records(
            block.content, form.delimiter, is_quoted=form.is_quoted
        ):
            num_cells = _num_cells(record, form)
            if num_cells not in (0, form.num_cells):
                return block.first_line + before, num_cells
        return block.first_line, 0

    def _unreadable(self, block: Block, reason: str) -> Exception:
        return data_error(
            self.path,
            f"the table cannot be read from line {block.first_line:,} on ({reason[:200]}).",
            "Save the table again, or check delimiter and quotes.",
        )


def _num_cells(record: bytes, form: CsvFormat) -> int:
    text = with_signs(record, form.delimiter).decode("utf-8", "replace")
    delimiter = sign_of(form.delimiter)
    if form.delimiter == " ":
        text = text.strip(" \t")
        return len(re.split(r"[ \t]+", text)) if text else 0
    if not text:
        return 0
    quote = '"' if form.is_quoted else None
    try:
        row = next(csv.reader(io.StringIO(text), delimiter=delimiter, quotechar=quote), [])
    except csv.Error:  # a cell longer than the module allows
        return text.count(delimiter) + 1
    return len(row)


def _kept(type_: pa.DataType) -> pa.DataType:
    """Return the type in which a column is kept that arrow takes for ``type_``."""
    if pa.types.is_integer(type_) or pa.types.is_floating(type_) or pa.types.is_null(type_):
        return NUMBERS
    is_zoned = pa.types.is_timestamp(type_) and type_.tz is not None
    if pa.types.is_date(type_) or (pa.types.is_timestamp(type_) and not is_zoned):
        return TIMES
    return TEXTS
