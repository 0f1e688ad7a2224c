"""Tables in Parquet files, decoded in a process of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aestudio.data.dataset import Finding, Severity
from aestudio.data.isolation.apart import read_apart
from aestudio.data.readers.registry import reader
from aestudio.data.tables.arrow_columns import retyped
from aestudio.data.tables.column_names import unique_names
from aestudio.data.tables.raw_table import RawTable
from aestudio.data.tables.registry import dataset_from_table

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
    settings = {"max_columns": request.options.max_columns}
    columns = read_apart("parquet", request.path, settings, request.check_cancelled)
    names, findings = unique_names([str(name) for name in columns.pop("names")])
    left_out = [str(name) for name in columns.pop("left_out")]
    if left_out:
        text = f"{len(left_out):,} columns hold no plain values and are left out ({', '.join(left_out[:8])})."
        findings = (*findings, Finding(Severity.NOTE, text))
    table = RawTable(names, tuple(columns.values()), findings)
    return dataset_from_table(request, "parquet", retyped(table))
