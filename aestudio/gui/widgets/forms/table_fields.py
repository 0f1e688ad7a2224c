"""Which options of reading tables and files of arrays mean something for what was read."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aestudio.data.dataset import Dataset

LEAVE_OUT = "data.leave_out"
_COLUMNS = ("data.columns", LEAVE_OUT)
_TEXT_FILE = (
    "data.delimiter",
    "data.decimal",
    "data.encoding",
    "data.header",
    "data.quotes",
    "data.skip_lines",
    "data.ragged",
)
_WORKBOOK = ("data.sheet", "data.header", "data.skip_lines")
_ARRAYS = ("data.array",)
_RATINGS = ("data.ratings_of", "data.most_rated")

TABLE_FIELDS = tuple(dict.fromkeys((*_ARRAYS, *_COLUMNS, *_RATINGS, *_WORKBOOK, *_TEXT_FILE)))


def table_fields(dataset: Dataset) -> frozenset[str]:
    """Return the keys of the options to offer beside what was read; none for what is no table."""
    keys: set[str] = set()
    if dataset.reader == "csv":
        keys.update(_TEXT_FILE)
    if dataset.reader == "excel":
        keys.update(_WORKBOOK)
    if any(title == "Array" for title, _ in dataset.read_as):
        keys.update(_ARRAYS)
    is_ratings = any(title == "Ratings" for title, _ in dataset.read_as)
    if is_ratings:
        keys.update(_RATINGS)
    elif dataset.columns:
        keys.update(_COLUMNS)
    return frozenset(keys)
