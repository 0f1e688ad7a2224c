"""Tables in Excel workbooks, decoded in a process of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aestudio.data.dataset import Finding, Remedy, Severity
from aestudio.data.files.plain_words import data_error
from aestudio.data.isolation.apart import read_apart
from aestudio.data.readers.registry import reader
from aestudio.data.tables.arrow_columns import retyped
from aestudio.data.tables.column_names import numbered, unique_names
from aestudio.data.tables.raw_table import RawTable
from aestudio.data.tables.registry import dataset_from_table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aestudio.data.dataset import Dataset
    from aestudio.data.files.doors import Glimpse
    from aestudio.data.request import Request

#: A sheet of a million rows takes minutes, and says nothing before all of it is read.
_TIMEOUT_S = 1200.0


def _recognises(glimpse: Glimpse) -> bool:
    return not glimpse.is_folder and "xl/workbook.xml" in glimpse.names


@reader(
    name="excel",
    title="Excel workbook (.xlsx)",
    suffixes=(".xlsx", ".xlsm"),
    recognises=_recognises,
)
def read(request: Request) -> Dataset:
    options = request.options
    settings = {
        "sheet": options.sheet,
        "header": options.header,
        "skip_lines": options.skip_lines,
        "max_columns": options.max_columns,
    }
    columns = read_apart("excel", request.path, settings, request.check_cancelled, _TIMEOUT_S)
    given = [str(name) for name in columns.pop("names")]
    sheets = [str(name) for name in columns.pop("sheets")]
    num_skipped = int(columns.pop("skipped")[0])
    if not columns:
        raise data_error(
            request.path, f"sheet '{sheets[0]}' is empty.", "Choose another 'Sheet' (data.sheet)."
        )
    names, findings = unique_names(given) if given else (numbered(len(columns)), ())
    table = RawTable(
        names,
        tuple(columns.values()),
        (*_about(sheets, options.sheet), *findings),
        tuple(_said(sheets[0], bool(given), num_skipped)),
    )
    return dataset_from_table(request, "excel", retyped(table))


def _said(sheet: str, has_header: bool, num_skipped: int) -> Iterator[tuple[str, str]]:
    yield "Sheet", sheet
    yield "Header", "the first row names the columns" if has_header else "none"
    if num_skipped:
        yield "Rows passed over", f"{num_skipped:,}"


def _about(sheets: list[str], wanted: str) -> Iterator[Finding]:
    if len(sheets) > 1 and not wanted:
        yield Finding(
            Severity.NOTE,
            f"Of {len(sheets):,} sheets, '{sheets[0]}' is read; the others are {', '.join(sheets[1:9])}.",
            "Choose another under 'Sheet' (data.sheet).",
            Remedy(f"Read '{sheets[1]}'", "data.sheet", sheets[1]),
        )
