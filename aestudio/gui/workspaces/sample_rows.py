"""What the list of samples shows: rows of a table in its own terms, or texts, whichever come into view."""

from __future__ import annotations

from collections import OrderedDict

from aestudio.data.dataset import Dataset, Kind
from aestudio.data.sample_cells import Head
from aestudio.gui.workspaces.samples import Samples

_SHOWN_LETTERS = 500
#: Rows that are kept in writing, so that painting them again is quick.
_MOST_WRITTEN = 1_000


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
                "for what is missing; or numbers of rows: #3, 17-20"
            )
        else:
            self.search_hint = "Search in the texts"
            self.search_help = "Words or parts of words; or numbers of rows: #3, 17-20"

    @property
    def heads(self) -> tuple[Head, ...]:
        return self.cells.heads

    def written(self, row: int) -> tuple[str | None, ...]:
        """Return what stands in a row below each head; None where a cell is missing."""
        if row not in self._written:
            while len(self._written) >= _MOST_WRITTEN:
                self._written.popitem(last=False)
            self._written[row] = self.cells.of(row)
        return self._written[row]

    def words(self, row: int) -> str:
        """What a sample is called; of a text as much as can be read at a glance."""
        return (self.cells.text(row) or self.cells.name(row))[:_SHOWN_LETTERS]
