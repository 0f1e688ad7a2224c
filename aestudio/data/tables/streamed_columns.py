"""Columns of a table that is read block by block and never as a whole.

What a column holds was decided by the beginning of the table; cells that do not fit it count as
missing and are counted.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pyarrow import compute

from aestudio.data.columns import Column, ColumnKind
from aestudio.data.tables.arrow_columns import coerced, without_gaps
from aestudio.data.tables.cells import as_texts, days, read_cells_as
from aestudio.data.tables.csv_blocks import NUMBERS, TEXTS, TIMES
from aestudio.data.tables.dates import times_among
from aestudio.data.tables.raw_table import Values

Cells = npt.NDArray[np.floating[Any]]
#: As arrow or as a raw table has it, but texts as arrow alone.
BlockColumn: TypeAlias = pa.ChunkedArray | Values


@dataclass(slots=True)
class StreamedColumn:
    """One feature: from arrow's cells of a block to floats."""

    column: Column
    decimal: str
    most_categories: int
    #: How dates are written that are texts.
    date_form: str = ""
    num_misfits: int = 0
    _places: dict[str, int] = field(default_factory=dict)
    _truths: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        self._places = {name: place for place, name in enumerate(self.column.categories)}

    @property
    def final(self) -> Column:
        """The column with every category that was met."""
        return replace(self.column, categories=tuple(self._places)) if self._places else self.column

    def cells(self, block: BlockColumn) -> Cells:
        """Return (n,) floats, NaN where missing or not fitting."""
        if isinstance(block, np.ndarray):
            return self._plain(block)
        if block.type == NUMBERS and self.column.kind is ColumnKind.NUMERIC:
            return np.asarray(block.to_numpy())
        if block.type == TIMES:
            return days(block.to_numpy().astype("datetime64[ns]"))
        texts = without_gaps(block.cast(TEXTS))
        if self.column.kind is ColumnKind.DATE:
            return self._dates(texts)
        if self.column.kind is ColumnKind.CATEGORICAL:
            return self._codes(texts)
        if self.column.kind is ColumnKind.BOOLEAN:
            return self._truth(texts)
        numbers, num_misfits = coerced(texts, self.decimal)
        self.num_misfits += num_misfits
        return numbers

    def _plain(self, values: Values) -> Cells:
        if self.column.kind is ColumnKind.CATEGORICAL:
            # As few values as categories are called by their names, each once.
            distinct, places = np.unique(values, return_inverse=True)
            names = pa.array(as_texts(distinct), pa.string())
            return self._codes(pa.chunked_array([names.take(pa.array(places))]))
        reading = read_cells_as(self.column, values)
        self.num_misfits += reading.num_misfits
        return reading.cells

    def _dates(self, texts: pa.ChunkedArray) -> Cells:
        # In the form that the beginning told: a block of its own may be read in more than one.
        times = times_among(texts, self.date_form)
        self.num_misfits += int(np.isnat(times).sum()) - texts.null_count
        return days(times)

    def _truth(self, texts: pa.ChunkedArray) -> Cells:
        folded = compute.utf8_lower(texts)
        is_true = compute.is_in(folded, value_set=pa.array(TRUE_WORDS))
        is_false = compute.is_in(folded, value_set=pa.array(FALSE_WORDS))
        cells = np.where(is_true.to_numpy(), 1.0, np.where(is_false.to_numpy(), 0.0, np.nan))
        self.num_misfits += int(np.isnan(cells).sum()) - texts.null_count
        return cells

    def _codes(self, texts: pa.ChunkedArray) -> Cells:
        coded = texts.combine_chunks().dictionary_encode()
        places = np.full(len(coded.dictionary) + 1, np.nan)
        for index, name in enumerate(coded.dictionary.to_pylist()):
            place = self._places.get(name)
            if place is None and len(self._places) < self.most_categories:
                place = self._places[name] = len(self._places)
            places[index] = np.nan if place is None else place
        known = coded.indices.fill_null(len(coded.dictionary)).to_numpy(zero_copy_only=False)
        cells: Cells = places[known]
        self.num_misfits += int(np.isnan(cells).sum()) - texts.null_count
        return cells


TRUE_WORDS = ("true", "yes", "t", "y", "ja", "wahr", "oui", "vrai", "on", "1")
FALSE_WORDS = ("false", "no", "f", "n", "nein", "falsch", "non", "faux", "off", "0")
