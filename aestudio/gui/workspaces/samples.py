"""What every browser of samples asks: which samples there are, what they are called, which are wanted."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from aestudio.data.dataset import Dataset
from aestudio.data.sample_cells import SampleCells
from aestudio.data.sample_choice import numbers_of
from aestudio.data.sample_search import SampleSearch

Rows = npt.NDArray[np.int64]

NO_LABEL = -1


class Samples:
    """All samples of one dataset; how they are shown is up to those who inherit."""

    #: What can be looked for, said in the field where it is typed.
    search_hint = "Search names"
    search_help = ""

    def __init__(self, dataset: Dataset, captions: Sequence[str] = ()) -> None:
        self.dataset = dataset
        self.search = SampleSearch(dataset, captions)
        self.cells = SampleCells(dataset, self.search)

    @property
    def num_samples(self) -> int:
        return self.dataset.num_samples

    @property
    def labels(self) -> tuple[tuple[str, int], ...]:
        """The names of the labels with their places, -1 for samples without one."""
        labels = self.dataset.labels
        if labels is None:
            return ()
        named = tuple((name, place) for place, name in enumerate(self.dataset.label_names))
        is_all_labelled = not len(labels) or int(labels.min()) >= 0
        return named if is_all_labelled else (*named, ("no label", NO_LABEL))

    def numbers(self, rows: Sequence[int]) -> Rows:
        """The numbers of several rows, (N,)."""
        return numbers_of(self.dataset, np.array(sorted(rows), dtype=np.int64))
