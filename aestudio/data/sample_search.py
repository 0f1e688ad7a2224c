"""Which samples of a dataset are looked for, and in which order they stand.

Shapes: N samples, M of them that were found.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from aestudio.data.arrays.slicing import slices
from aestudio.data.arrays.tokens import texts_of
from aestudio.data.column_statistics import columns_of_table
from aestudio.data.columns import Column
from aestudio.data.dataset import Dataset, Kind
from aestudio.data.tables.cell_search import rows_with, sort_keys
from aestudio.data.text.token_dataset import text_unit

Rows = npt.NDArray[np.int64]

#: By what samples can be ordered that is no column of a table.
BY_NUMBER, BY_NAME, BY_LABEL, BY_TEXT = "number", "name", "label", "text"


class SampleSearch:
    """Finds samples by name, label, text or cell, and puts them in order."""

    def __init__(self, dataset: Dataset, names: Sequence[str] = ()) -> None:
        """``names`` are what samples without names of their own are called."""
        self._dataset = dataset
        #: What tokens stand for, (N,); empty for all else.
        self.texts: Sequence[str] = ()
        #: What the samples are called, (N,); empty where they have no names.
        self.names: Sequence[str] = dataset.sample_names or tuple(names)
        if dataset.kind is Kind.TOKENS:
            self._take_texts()
        called = (
            [self.names, self.texts] if self.names and self.texts else [self.names or self.texts]
        )
        self._searched = ["\n".join(parts).casefold() for parts in zip(*called, strict=True)]
        is_table = dataset.kind is Kind.TABLE
        #: The columns of a table; none for all else.
        self.columns: tuple[Column, ...] = columns_of_table(dataset) if is_table else ()

    def matching(self, words: str, label: int | None = None) -> Rows:
        """Return the (M,) rows with that label, or any, in which ``words`` occur.

        Names and texts are searched, of tables also labels and cells, whose terms
        :mod:`~aestudio.data.tables.cell_search` tells. Label -1 is that of samples without one.
        """
        dataset = self._dataset
        rows = np.arange(dataset.num_samples)
        if label is not None and dataset.labels is not None:
            rows = rows[dataset.labels == label]
        wanted = words.casefold().strip()
        if not wanted or not len(rows):
            return rows
        found = np.zeros(dataset.num_samples, np.bool_)
        if self._searched:
            found[[row for row in rows.tolist() if wanted in self._searched[row]]] = True
        if self.columns:
            found |= rows_with(dataset.x, self.columns, words)
            if dataset.labels is not None:
                found |= self._has_label_with(wanted)
        return rows[found[rows]]

    def in_order(self, rows: Rows, by: int | str, *, descending: bool = False) -> Rows:
        """Return rows ordered by a column, by name or by label; what is missing comes last."""
        keys = self._keys(by)[rows]
        order = np.argsort(-keys if descending else keys, kind="stable")
        return np.asarray(rows[order])

    def _keys(self, by: int | str) -> npt.NDArray[np.float64]:
        dataset = self._dataset
        if isinstance(by, int):
            return sort_keys(dataset.x, self.columns[by], by)
        called = {BY_NAME: self.names, BY_TEXT: self.texts}.get(by)
        if called:
            return _ranks([name.casefold() for name in called]).astype(np.float64)
        if by == BY_LABEL and dataset.labels is not None:
            ranks = np.append(_ranks([name.casefold() for name in dataset.label_names]), np.nan)
            return np.asarray(ranks[dataset.labels])
        return np.arange(dataset.num_samples, dtype=np.float64)

    def _take_texts(self) -> None:
        dataset = self._dataset
        if text_unit(dataset) is not None:
            # Texts that were read are what their samples are called.
            self.names, self.texts = (), self.names
            return
        self.texts = tuple(
            text
            for part in slices(dataset.x)
            for text in texts_of(part, dataset.symbols, dataset.padding)
        )

    def _has_label_with(self, wanted: str) -> npt.NDArray[np.bool_]:
        has = [wanted in name.casefold() for name in self._dataset.label_names]
        return np.asarray(np.array([*has, False])[self._dataset.labels])


def _ranks(texts: Sequence[str]) -> npt.NDArray[np.int64]:
    """Return the place of each text in alphabetic order; equal ones keep the order they have."""
    order = sorted(range(len(texts)), key=texts.__getitem__)
    ranks = np.empty(len(texts), np.int64)
    ranks[order] = np.arange(len(texts))
    return ranks
