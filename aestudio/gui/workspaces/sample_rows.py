"""What the list of samples shows: rows of a table in its own terms, or texts, whichever come into view."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

import numpy as np

from aestudio.data.columns import Column, ColumnKind, cell_text
from aestudio.data.dataset import Dataset, Kind
from aestudio.data.files.mapped_file import check_unchanged
from aestudio.data.missing_values import is_missing
from aestudio.data.sample_search import BY_LABEL, BY_NAME
from aestudio.gui.workspaces.samples import Samples

_NUMBER = "number"
_SHOWN_LETTERS = 500
#: Rows that are kept in writing, so that painting them again is quick.
_MOST_WRITTEN = 1_000


@dataclass(frozen=True, slots=True)
class Head:
    """One column of the list."""

    title: str
    #: What the rows are ordered by when it is clicked.
    by: int | str
    is_right: bool = False
    #: The column of the table that stands here, if one does.
    column: Column | None = None


class SampleRows(Samples):
    """Writes rows of one dataset of a table or of texts when they come into view."""

    def __init__(self, dataset: Dataset) -> None:
        super().__init__(dataset)
        self.is_table = dataset.kind is Kind.TABLE
        self._written: OrderedDict[int, tuple[str | None, ...]] = OrderedDict()
        if self.is_table:
            self.search_hint = "Search cells"
            self.search_help = (
                "A word or a number anywhere; or a column: price > 40, colour = red, and colour = "
                "for what is missing"
            )
        else:
            self.search_hint = "Search in the texts"
        heads = [Head("Row", _NUMBER, is_right=True)]
        if self.is_table and dataset.sample_names:
            heads.append(Head("Name", BY_NAME))
        if dataset.labels is not None:
            heads.append(Head("Label", BY_LABEL))
        if not self.is_table:
            heads.append(Head("Text", BY_NAME))
        heads += [
            Head(column.name, place, column.kind is ColumnKind.NUMERIC, column)
            for place, column in enumerate(self.search.columns)
        ]
        self.heads = tuple(heads)

    def cells(self, row: int) -> tuple[str | None, ...]:
        """Return what stands in a row below each head; None where a cell is missing."""
        if row not in self._written:
            while len(self._written) >= _MOST_WRITTEN:
                self._written.popitem(last=False)
            self._written[row] = self._write(row)
        return self._written[row]

    def _write(self, row: int) -> tuple[str | None, ...]:
        known = {_NUMBER: f"{self.number(row):,}", BY_LABEL: self.label(row), BY_NAME: ""}
        if self.search.names:
            known[BY_NAME] = " ".join(self.name(row).split())
        values: list[float] = []
        gaps: list[bool] = []
        if self.is_table:
            check_unchanged(self.dataset.x)
            cells = np.asarray(self.dataset.x[row], np.float64)
            values, gaps = cells.tolist(), is_missing(cells).tolist()
        return tuple(
            known[head.by]
            if isinstance(head.by, str)
            else (
                None if gaps[head.by] else cell_text(self.search.columns[head.by], values[head.by])
            )
            for head in self.heads
        )

    def words(self, row: int) -> str:
        """What a sample is called; of a text as much as can be read at a glance."""
        return self.name(row)[:_SHOWN_LETTERS]
