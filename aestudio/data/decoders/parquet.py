"""Parquet files (pyarrow): every column as plain numbers, truth values, moments or texts.

Per column there is a piece with its values, called by its number, and two texts: ``names`` and
``left_out`` hold, last of all, what the columns are called and which of them are of no such type.
A column of lists of one length becomes one column per place in the list. Of a table of more bytes
of cells than ``most_bytes``, if that is not 0, there is nothing but a piece called ``too_large``.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pyarrow import parquet

from aestudio.data.decoders.claims import check_claim
from aestudio.data.decoders.pieces import ArrayPiece, Piece, TextsPiece
from aestudio.data.tables.dates import in_nanoseconds
from aestudio.errors import DataError

#: Numbers, and references to texts.
CELL_BYTES = 8
#: The name under which programs once stored pickles as types of columns.
_PICKLED = b"arrow.py_extension_type"

Values = npt.NDArray[Any] | list[str | None]


def decode(path: str, settings: Mapping[str, Any]) -> Iterator[Piece]:
    """Yield the columns, one in memory at a time, and then their names."""
    most, most_bytes = int(settings["max_columns"]), int(settings.get("most_bytes", 0))
    names: list[str] = []
    left_out: list[str] = []
    with parquet.ParquetFile(path, memory_map=False, pre_buffer=False) as file:
        schema = file.schema_arrow
        check_schema(file, most)
        if most_bytes and num_cells(file) * CELL_BYTES > most_bytes:
            yield ArrayPiece.whole("too_large", np.array([num_cells(file)]))
            return
        # Equal values take next to no place in such a file, so only the memory sets a bound.
        num_rows = file.metadata.num_rows
        check_claim("one column", num_rows * CELL_BYTES, max(os.path.getsize(path), num_rows))
        for field, stored in zip(schema, stored_columns(file), strict=True):
            column = file.reader.read_all(column_indices=list(stored), use_threads=False).column(0)
            if len(column) != num_rows:
                raise DataError(
                    f"column '{field.name}' has {len(column):,} rows, and the footer claims {num_rows:,}."
                )
            width = 0
            for width, values in enumerate(_values(column), start=1):
                number = str(len(names))
                names.append(field.name if is_flat(column.type) else f"{field.name}[{width - 1}]")
                check_width(len(names), most)
                if isinstance(values, list):
                    yield TextsPiece(number, values)
                else:
                    yield ArrayPiece.whole(number, values)
            if not width:
                left_out.append(field.name)
    yield TextsPiece("names", names)
    yield TextsPiece("left_out", left_out)


def check_schema(file: parquet.ParquetFile, most: int) -> None:
    """Compare what the footer claims with what may be, before a column is read."""
    schema = file.schema_arrow
    check_width(len(schema), most)
    for field in schema:
        metadata = field.metadata or {}
        is_pickled = metadata.get(b"ARROW:extension:name") == _PICKLED
        if is_pickled or getattr(field.type, "extension_name", "") == _PICKLED.decode():
            raise DataError(
                f"column '{field.name}' holds Python objects, which are never opened.",
                next_step="Save the column as numbers or texts.",
            )
    if file.metadata.num_rows < 0:
        raise DataError(f"its footer claims {file.metadata.num_rows:,} rows.")


def num_cells(file: parquet.ParquetFile) -> int:
    """Return how many cells the footer claims, those in lists counted one by one."""
    metadata = file.metadata
    repeated = [
        place
        for place in range(metadata.num_columns)
        if file.schema.column(place).max_repetition_level
    ]
    count: int = metadata.num_rows * (metadata.num_columns - len(repeated))
    for group in range(metadata.num_row_groups if repeated else 0):
        columns = metadata.row_group(group)
        count += sum(max(0, columns.column(place).num_values) for place in repeated)
    return count


def stored_columns(file: parquet.ParquetFile) -> list[range]:
    """Return which of the file's stored columns each field consists of.

    Fields are asked for by these, because names may occur twice and hold dots.
    """
    counts = [_num_stored(field.type) for field in file.schema_arrow]
    if sum(counts) != file.metadata.num_columns:
        raise DataError("its footer contradicts itself about the columns.")
    ends = list(itertools.accumulate(counts))
    return [range(end - count, end) for end, count in zip(ends, counts, strict=True)]


def _num_stored(type_: pa.DataType) -> int:
    if isinstance(type_, pa.BaseExtensionType):
        return _num_stored(type_.storage_type)
    if not type_.num_fields:
        return 1
    return sum(_num_stored(type_.field(place).type) for place in range(type_.num_fields))


def holds_numbers(type_: pa.DataType) -> bool:
    """Whether cells of a type, within lists, are plain numbers."""
    return bool(pa.types.is_integer(type_) or pa.types.is_floating(type_))


def is_flat(type_: pa.DataType) -> bool:
    """Whether a column has one cell per row."""
    return not (pa.types.is_list(type_) or pa.types.is_large_list(type_) or _is_fixed(type_))


def _is_fixed(type_: pa.DataType) -> bool:
    return bool(pa.types.is_fixed_size_list(type_))


def _values(column: pa.ChunkedArray) -> Iterator[Values]:
    """Yield one column; several where the cells are lists of one length; none for other types."""
    column = plain(column)
    if is_flat(column.type):
        values = _flat(column)
        if values is not None:
            yield values
        return
    yield from _unpacked(column)


def plain(column: Any) -> Any:
    """Return a column as what it is stored as; types of others mean nothing here."""
    if isinstance(column.type, pa.BaseExtensionType):
        return column.cast(column.type.storage_type)
    return column


def _unpacked(column: pa.ChunkedArray) -> Iterator[Values]:
    whole = column.combine_chunks()
    lengths = pa.compute.list_value_length(whole)
    longest = pa.compute.min_max(lengths).as_py()
    is_number = holds_numbers(whole.type.value_type)
    if not is_number or longest["min"] != longest["max"] or whole.null_count or not len(whole):
        return
    cells = numbers(whole.flatten()).reshape(len(whole), -1)
    for place in range(cells.shape[1]):
        yield np.ascontiguousarray(cells[:, place])


def _flat(column: pa.ChunkedArray) -> Values | None:
    type_ = column.type
    if pa.types.is_dictionary(type_):
        return _flat(column.cast(type_.value_type))
    if pa.types.is_null(type_):
        return np.full(len(column), np.nan)
    if pa.types.is_boolean(type_):
        if column.null_count:
            return _texts(column.cast(pa.string()))
        return np.asarray(column.to_numpy(), dtype=np.bool_)
    if pa.types.is_integer(type_) or pa.types.is_floating(type_) or pa.types.is_decimal(type_):
        return numbers(column)
    if pa.types.is_date(type_) or pa.types.is_timestamp(type_):
        return moments(column)
    if holds_texts(type_):
        return _texts(column)
    return None


def _texts(column: pa.ChunkedArray) -> list[str | None]:
    return [None if text is None or not text.strip() else text for text in column.to_pylist()]


def holds_texts(type_: pa.DataType) -> bool:
    """Whether the cells of a type are texts."""
    is_text = pa.types.is_string(type_) or pa.types.is_large_string(type_)
    return bool(is_text or type_ == pa.string_view())


def numbers(column: Any) -> npt.NDArray[Any]:
    """Return cells that are numbers of any type as 64-bit floats, NaN where there is none."""
    wide = column.cast(pa.float64(), safe=False)
    return np.asarray(
        wide.to_numpy(zero_copy_only=False) if isinstance(wide, pa.Array) else wide.to_numpy()
    )


def moments(column: Any) -> npt.NDArray[Any]:
    """Return dates and times as nanoseconds, NaT where there is none."""
    is_time = pa.types.is_timestamp(column.type)
    # Without a zone; and days of any year are whole seconds.
    return in_nanoseconds(
        column.cast(pa.timestamp(column.type.unit if is_time else "s")).to_numpy()
    )


def check_width(num_columns: int, most: int) -> None:
    """Refuse a table of too many columns, those that lists become counted one by one."""
    if num_columns > most:
        raise DataError(
            f"the table has more than {most:,} columns.",
            next_step="Raise 'Most columns' (data.max_columns) if that is meant.",
        )
