"""Parquet files too large for the memory (pyarrow): some rows at a time, in blocks.

Before the first block there are

- ``size``: how many rows and how many cells the footer claims;
- ``fields``: (F, 3), a row per field of plain values: its place in the schema, its kind (an index into
  :data:`KINDS`) and how many columns it becomes;
- ``names`` and ``left_out``: what these fields are called, and those without plain values.

A block is ``rows``: how many, and how many lists in them are unlike the others of their field and hence
missing; ``numbers``: (K, n), a row for every column that a field becomes unless it holds texts, moments
as days since 1970; then per field of texts ``words``, each one once, and ``places``: (n,), -1 for none.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pyarrow import compute, parquet

from aestudio.data.decoders.parquet import (
    CELL_BYTES,
    check_schema,
    check_width,
    holds_numbers,
    holds_texts,
    is_flat,
    moments,
    num_cells,
    numbers,
    plain,
    stored_columns,
)
from aestudio.data.decoders.pieces import ArrayPiece, Piece, TextsPiece
from aestudio.data.files.doors import MAX_EXPANSION
from aestudio.errors import DataError

KINDS = ("number", "truth", "moment", "texts")
#: What one block takes as 64-bit numbers, and as stored.
BLOCK_BYTES = 2**24
_MOST_ROWS = 2**16
#: Of each column, so much of the file is in memory at once; of all of them together, about so much.
_BUFFER_BYTES = 2**20
_ALL_BUFFERS_BYTES = 2**27
_DAY = np.timedelta64(86_400_000_000_000, "ns")


@dataclass(frozen=True, slots=True)
class _Field:
    place: int
    name: str
    kind: str
    width: int = 1


def decode(path: str, settings: Mapping[str, Any]) -> Iterator[Piece]:
    """Yield what the columns are, and then block by block what they hold.

    ``fields`` names the fields to read by their place and how many columns they become, all if it is
    None; ``most_bytes`` is what all cells may take as 32-bit numbers even if the file is small.
    """
    wanted = settings["fields"]
    with parquet.ParquetFile(path, memory_map=False, pre_buffer=False) as looked_at:
        check_schema(looked_at, int(settings["max_columns"]))
        _check_size(looked_at, os.path.getsize(path), int(settings["most_bytes"]))
        stored = stored_columns(looked_at)
        schema = looked_at.schema_arrow
        rows_at_once = _rows_at_once(looked_at)
    chosen = range(len(schema)) if wanted is None else [place for place, _ in wanted]
    widths = {} if wanted is None else dict(wanted)
    # A whole column of a group of rows would be in memory otherwise.
    buffer_bytes = max(2**12, min(_BUFFER_BYTES, _ALL_BUFFERS_BYTES // max(1, len(chosen))))
    with parquet.ParquetFile(
        path, memory_map=False, pre_buffer=False, buffer_size=buffer_bytes
    ) as file:
        yield ArrayPiece.whole("size", np.array([file.metadata.num_rows, num_cells(file)]))
        batches = file.reader.iter_batches(
            rows_at_once,
            row_groups=range(file.metadata.num_row_groups),
            column_indices=[index for place in chosen for index in stored[place]],
            use_threads=False,
        )
        fields: list[_Field] | None = None
        for batch in batches:
            if not batch.num_rows:
                continue
            columns = {
                place: plain(column) for place, column in zip(chosen, batch.columns, strict=True)
            }
            if fields is None:
                found = [
                    _field(place, schema.names[place], columns[place], widths.get(place))
                    for place in chosen
                ]
                fields = [field for field in found if field is not None]
                check_width(sum(field.width for field in fields), int(settings["max_columns"]))
                known = {field.place for field in fields}
                facts = [(field.place, KINDS.index(field.kind), field.width) for field in fields]
                yield ArrayPiece.whole("fields", np.array(facts, np.int64).reshape(-1, 3))
                yield TextsPiece("names", [field.name for field in fields])
                yield TextsPiece(
                    "left_out", [schema.names[place] for place in chosen if place not in known]
                )
            yield from _block(fields, columns, batch.num_rows)


def _check_size(file: parquet.ParquetFile, stored_bytes: int, most_bytes: int) -> None:
    metadata = file.metadata
    groups = [metadata.row_group(place).num_rows for place in range(metadata.num_row_groups)]
    if sum(groups) != metadata.num_rows or min(groups, default=0) < 0:
        raise DataError("its footer contradicts itself about the number of rows.")
    num_bytes = num_cells(file) * 4
    if num_bytes > max(most_bytes, MAX_EXPANSION * stored_bytes):
        raise DataError(
            f"{stored_bytes:,} bytes would unpack to {num_bytes:,}.",
            next_step="Save the columns that you need as a table of their own.",
        )


def _rows_at_once(file: parquet.ParquetFile) -> int:
    metadata = file.metadata
    unpacked = sum(
        max(0, metadata.row_group(place).total_byte_size)
        for place in range(metadata.num_row_groups)
    )
    row_bytes: int = max(num_cells(file) * CELL_BYTES, unpacked) // max(1, metadata.num_rows)
    return max(1, min(_MOST_ROWS, BLOCK_BYTES // max(1, row_bytes)))


def _field(place: int, name: str, column: pa.Array, width: int | None) -> _Field | None:
    """Return what a field is by its first cells; None for what is no plain value."""
    if is_flat(column.type):
        kind = _kind(column.type)
        return None if kind is None else _Field(place, name, kind)
    if not holds_numbers(column.type.value_type):
        return None
    lengths = compute.list_value_length(column)
    if width is None:
        if column.null_count or compute.count_distinct(lengths).as_py() != 1:
            return None
        width = lengths[0].as_py()
    return _Field(place, name, "number", width) if width else None


def _kind(type_: pa.DataType) -> str | None:
    types = pa.types
    if types.is_dictionary(type_):
        return _kind(type_.value_type)
    if types.is_boolean(type_):
        return "truth"
    if types.is_date(type_) or types.is_timestamp(type_):
        return "moment"
    if holds_texts(type_):
        return "texts"
    is_number = holds_numbers(type_) or types.is_decimal(type_) or types.is_null(type_)
    return "number" if is_number else None


def _block(fields: list[_Field], columns: Mapping[int, pa.Array], num_rows: int) -> Iterator[Piece]:
    # In columns, as they are filled and taken.
    cells = np.empty((sum(field.width for field in fields if field.kind != "texts"), num_rows))
    texts: list[Piece] = []
    num_odd = at = 0
    for field in fields:
        column = columns[field.place]
        if field.kind == "texts":
            texts.extend(_texts(column))
            continue
        if is_flat(column.type):
            cells[at] = _one_per_row(field.kind, column)
        else:
            cells[at : at + field.width], odd = _lists(column, field.width)
            num_odd += odd
        at += field.width
    yield ArrayPiece.whole("rows", np.array([num_rows, num_odd]))
    yield ArrayPiece.whole("numbers", cells)
    yield from texts


def _one_per_row(kind: str, column: pa.Array) -> npt.NDArray[np.float64]:
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if kind == "moment":
        return np.asarray((moments(pa.chunked_array([column])) - np.datetime64(0, "ns")) / _DAY)
    return numbers(column)


def _lists(column: pa.Array, width: int) -> tuple[npt.NDArray[np.float64], int]:
    """Return (width, n), NaN in the rows whose list has another length, and how many these are."""
    lengths = compute.list_value_length(column).fill_null(-1)
    fits = compute.equal(lengths, width)
    fitting = column.filter(fits)
    cells = np.full((len(column), width), np.nan)
    cells[fits.to_numpy(zero_copy_only=False)] = numbers(fitting.flatten()).reshape(-1, width)
    return cells.T, len(column) - len(fitting)


def _texts(column: pa.Array) -> tuple[Piece, Piece]:
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    coded = column.cast(pa.large_string()).dictionary_encode()
    words = coded.dictionary.to_pylist()
    # A last place, for what is missing.
    places = np.append(np.arange(len(words), dtype=np.int32), np.int32(-1))
    for place, word in enumerate(words):
        if not word.strip():
            places[place] = -1
    known = coded.indices.fill_null(len(words)).to_numpy(zero_copy_only=False)
    return TextsPiece("words", words), ArrayPiece.whole("places", places[known])
