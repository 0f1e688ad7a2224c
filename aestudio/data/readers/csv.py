"""Tables in text files: values separated by commas, semicolons, tabs, bars or blanks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aestudio.data.readers.registry import reader
from aestudio.data.tables.csv_sniffing import has_columns
from aestudio.data.tables.csv_streamed import CsvBlocks, is_too_large
from aestudio.data.tables.csv_table import read_csv
from aestudio.data.tables.registry import dataset_from_table
from aestudio.data.tables.streamed_table import read_streamed

if TYPE_CHECKING:
    from aestudio.data.dataset import Dataset
    from aestudio.data.files.doors import Glimpse
    from aestudio.data.request import Request

_SUFFIXES = (".csv", ".tsv", ".tab", ".psv", ".csv.gz", ".tsv.gz", ".tab.gz")
#: May hold columns as well as prose; the content decides.
_OTHER_SUFFIXES = (".txt", ".dat", ".data", ".asc", ".prn", ".txt.gz", ".dat.gz", ".data.gz", "")


def _recognises(glimpse: Glimpse) -> bool:
    if glimpse.is_folder or not glimpse.head:
        return False
    name = glimpse.path.name.casefold()
    if name.endswith(_SUFFIXES):
        return not glimpse.head.startswith((b"PK\x03\x04", b"\x89", b"\x00"))
    if not name.endswith(_OTHER_SUFFIXES[:-1]) and "." in name:
        return False
    head = glimpse.head.removeprefix(b"\xef\xbb\xbf")
    if any(byte < 9 for byte in head):
        return False
    text = head.decode("latin-1").replace("\r\n", "\n").replace("\r", "\n")
    return has_columns(text)


# Below the formats that have a mark of their own: almost any text could be a table.
@reader(
    name="csv",
    title="table in a text file (.csv, .tsv)",
    suffixes=_SUFFIXES + _OTHER_SUFFIXES[:-1],
    recognises=_recognises,
    priority=-10,
)
def read(request: Request) -> Dataset:
    if is_too_large(request):
        return read_streamed(request, CsvBlocks(request))
    return dataset_from_table(request, "csv", read_csv(request))
