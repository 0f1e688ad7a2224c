"""Parquet files (pyarrow): every column as plain numbers, truth values, moments or texts.

Per column there is a piece with its values, called by its number, and two texts: ``names`` and
``left_out`` hold, last of all, what the columns are called and which of them are of no such type.
A column of lists of one length becomes one column per place in the list.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pyarrow import parquet

from aestudio.data.decoders.claims import check_claim
from aestudio.data.decoders.pieces import ArrayPiece, Piece, TextsPiece
from aestudio.errors import DataError

_CELL_BYTES = 8
#: The name under which programs once stored pickles as types of columns.
_PICKLED = b"arrow.py_extension_type"

Values = npt.NDArray[Any] | list[str | None]


def decode(path: str, settings: Mapping[str, Any]) -> Iterator[Piece]:
    """Yield the columns, one in memory at a time, and then their names."""
    most = int(settings["max_columns"])
    names: list[str] = []
    left_out: list[str] = []
    with parquet.ParquetFile(path, memory_map=False, pre_buffer=False) as file:
        schema = file.schema_arrow
        _check(file, schema, most, os.path.getsize(path))
        for place, field in enumerate(schema):
            column = _column(file, schema, place)
            if len(column) != file.metadata.num_rows:
                raise DataError(
                    f"column '{field.name}' has {len(column):,} rows, and the footer claims {file.metadata.num_rows:,}."
                )
            width = 0
            for width, values in enumerate(_values(column), start=1):
                number = str(len(names))
                names.append(field.name if _is_flat(column.type) else f"{field.name}[{width - 1}]")
                if len(names) > most:
                    raise _too_wide(most)
                if isinstance(values, list):
                    yield TextsPiece(number, values)
                else:
                    yield ArrayPiece.whole(number, values)
            if not width:
                left_out.append(field.name)
    yield TextsPiece("names", names)
    yield TextsPiece("left_out", left_out)


def _check(file: parquet.ParquetFile, schema: pa.Schema, most: int, stored_bytes: int) -> None:
    """Compare what the footer claims with what may be, before a column is read."""
    if len(schema) > most:
        raise _too_wide(most)
    for field in schema:
        metadata = field.metadata or {}
        is_pickled = metadata.get(b"ARROW:extension:name") == _PICKLED
        if is_pickled or getattr(field.type, "extension_name", "") == _PICKLED.decode():
            raise DataError(
                f"column '{field.name}' holds Python objects, which are never opened.",
                next_step="Save the column as numbers or texts.",
            )
    rows = file.metadata.num_rows
    if rows < 0:
        raise DataError(f"its footer claims {rows:,} rows.")
    # Equal values take next to no place in such a file, so only the memory sets a bound.
    check_claim("one column", rows * _CELL_BYTES, max(stored_bytes, rows))


def _column(file: parquet.ParquetFile, schema: pa.Schema, place: int) -> pa.ChunkedArray:
    name = schema.names[place]
    if schema.names.count(name) > 1:
        return file.read(use_threads=False).column(place)
    return file.read(columns=[name], use_threads=False).column(0)


def _is_flat(type_: pa.DataType) -> bool:
    return not (pa.types.is_list(type_) or pa.types.is_large_list(type_) or _is_fixed(type_))


def _is_fixed(type_: pa.DataType) -> bool:
    return bool(pa.types.is_fixed_size_list(type_))


def _values(column: pa.ChunkedArray) -> Iterator[Values]:
    """Yield one column; several where the cells are lists of one length; none for other types."""
    if isinstance(column.type, pa.BaseExtensionType):
        column = column.cast(column.type.storage_type)
    if _is_flat(column.type):
        values = _flat(column)
        if values is not None:
            yield values
        return
    yield from _unpacked(column)


def _unpacked(column: pa.ChunkedArray) -> Iterator[Values]:
    whole = column.combine_chunks()
    lengths = pa.compute.list_value_length(whole)
    longest = pa.compute.min_max(lengths).as_py()
    item = whole.type.value_type
    is_number = pa.types.is_integer(item) or pa.types.is_floating(item)
    if not is_number or longest["min"] != longest["max"] or whole.null_count or not len(whole):
        return
    cells = _numbers(whole.flatten()).reshape(len(whole), -1)
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
        return _numbers(column)
    if pa.types.is_date(type_) or pa.types.is_timestamp(type_):
        return _moments(column)
    if pa.types.is_string(type_) or pa.types.is_large_string(type_) or _is_view(type_):
        return _texts(column)
    return None


def _texts(column: pa.ChunkedArray) -> list[str | None]:
    return [None if text is None or not text.strip() else text for text in column.to_pylist()]


def _is_view(type_: pa.DataType) -> bool:
    return bool(type_ == pa.string_view())


def _numbers(column: Any) -> npt.NDArray[Any]:
    wide = column.cast(pa.float64(), safe=False)
    return np.asarray(
        wide.to_numpy(zero_copy_only=False) if isinstance(wide, pa.Array) else wide.to_numpy()
    )


def _moments(column: pa.ChunkedArray) -> npt.NDArray[Any]:
    if pa.types.is_timestamp(column.type) and column.type.tz is not None:
        column = column.cast(pa.timestamp(column.type.unit))
    # Years beyond the 64-bit nanoseconds would wrap around.
    return np.asarray(column.cast(pa.timestamp("ns")).to_numpy().astype("datetime64[ns]"))


def _too_wide(most: int) -> DataError:
    return DataError(
        f"the table has more than {most:,} columns.",
        next_step="Raise 'Most columns' (data.max_columns) if that is meant.",
    )
