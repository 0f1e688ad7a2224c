"""Tables in Parquet files, decoded in a process of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aestudio.data.files.cache import known
from aestudio.data.isolation.apart import read_apart
from aestudio.data.readers.registry import reader
from aestudio.data.tables import parquet_streamed
from aestudio.data.tables.arrow_columns import retyped
from aestudio.data.tables.column_names import unique_names
from aestudio.data.tables.parquet_streamed import ParquetBlocks, about_left_out
from aestudio.data.tables.raw_table import RawTable
from aestudio.data.tables.registry import dataset_from_table, is_plain
from aestudio.data.tables.streamed_table import key_of_table, read_streamed

if TYPE_CHECKING:
    from aestudio.data.dataset import Dataset
    from aestudio.data.files.doors import Glimpse
    from aestudio.data.request import Request


def _recognises(glimpse: Glimpse) -> bool:
    return glimpse.head.startswith(b"PAR1")


@reader(
    name="parquet",
    title="Parquet table (.parquet)",
    suffixes=(".parquet", ".pq"),
    recognises=_recognises,
)
def read(request: Request) -> Dataset:
    can_stream = request.options.kind in ("auto", "table")
    table = _table(request, parquet_streamed.STREAM_FROM_BYTES if can_stream else 0)
    if isinstance(table, int):
        blocks = ParquetBlocks(request, table)
        if known(key_of_table(request, blocks)) or is_plain(request, blocks.sample()):
            return read_streamed(request, blocks)
        table = _table(request, 0)
        assert isinstance(table, RawTable)
    return dataset_from_table(request, "parquet", table)


def _table(request: Request, most_bytes: int) -> RawTable | int:
    """Read the table into memory; how many cells it has where they take more than ``most_bytes``."""
    settings = {"max_columns": request.options.max_columns, "most_bytes": most_bytes}
    columns = read_apart("parquet", request.path, settings, request.check_cancelled)
    if "too_large" in columns:
        return int(columns["too_large"][0])
    names, findings = unique_names([str(name) for name in columns.pop("names")])
    left_out = [str(name) for name in columns.pop("left_out")]
    findings = (*findings, *about_left_out(left_out))
    return retyped(RawTable(names, tuple(columns.values()), findings))
