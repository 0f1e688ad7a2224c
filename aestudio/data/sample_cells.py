"""Samples as rows of words: number, name, label and, of a table, the cells in its own terms."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from aestudio.data.columns import Column, ColumnKind, cell_text
from aestudio.data.dataset import Dataset, Kind
from aestudio.data.files.mapped_file import check_unchanged
from aestudio.data.missing_values import is_missing
from aestudio.data.sample_choice import numbers_of
from aestudio.data.sample_search import BY_LABEL, BY_NAME, BY_NUMBER, BY_TEXT, SampleSearch


def number_of(dataset: Dataset, row: int) -> int:
    """Return the number by which ``data.exclude`` knows a row."""
    return int(numbers_of(dataset, np.array([row]))[0])


def label_of(dataset: Dataset, row: int) -> str:
    """Return what a sample is labelled; nothing where it is not."""
    place = -1 if dataset.labels is None else int(dataset.labels[row])
    return dataset.label_names[place] if place >= 0 else ""


@dataclass(frozen=True, slots=True)
class Head:
    """What stands in one place of every row."""

    title: str
    #: What the rows are ordered by where they are ordered by this.
    by: int | str
    is_number: bool = False
    #: The column of the table, if it is one.
    column: Column | None = None


class SampleCells:
    """Writes rows of one dataset, one at a time."""

    def __init__(self, dataset: Dataset, search: SampleSearch) -> None:
        self._dataset = dataset
        self._search = search
        heads = [Head("Row", BY_NUMBER, is_number=True)]
        if search.names:
            heads.append(Head("Name", BY_NAME))
        if dataset.labels is not None:
            heads.append(Head("Label", BY_LABEL))
        if dataset.kind is Kind.TOKENS:
            heads.append(Head("Text", BY_TEXT))
        heads += [
            Head(column.name, place, column.kind is ColumnKind.NUMERIC, column)
            for place, column in enumerate(search.columns)
        ]
        self.heads = tuple(heads)

    def number(self, row: int) -> int:
        """The number by which ``data.exclude`` knows a row."""
        return number_of(self._dataset, row)

    def label(self, row: int) -> str:
        """What a sample is labelled; nothing where it is not."""
        return label_of(self._dataset, row)

    def name(self, row: int) -> str:
        """What a sample is called; its number where it has no name."""
        called = self._search.names or self._search.texts
        return called[row] if called else f"{self.number(row):,}"

    def text(self, row: int) -> str:
        """The text of a sample of tokens."""
        return self._search.texts[row] if self._search.texts else ""

    def of(self, row: int) -> tuple[str | None, ...]:
        """Return what stands below each head; None where a cell of a table is missing."""
        known = {
            BY_NUMBER: f"{self.number(row):,}",
            BY_LABEL: self.label(row),
            BY_NAME: " ".join(self.name(row).split()),
            BY_TEXT: " ".join(self.text(row).split()),
        }
        values: list[float] = []
        gaps: list[bool] = []
        if self._search.columns:
            check_unchanged(self._dataset.x)
            cells = np.asarray(self._dataset.x[row], np.float64)
            values, gaps = cells.tolist(), is_missing(cells).tolist()
        return tuple(
            known[head.by]
            if isinstance(head.by, str)
            else (
                None if gaps[head.by] else cell_text(self._search.columns[head.by], values[head.by])
            )
            for head in self.heads
        )
