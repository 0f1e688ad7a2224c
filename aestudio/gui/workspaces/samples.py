"""What every browser of samples asks: which samples there are, what they are called, which are wanted."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from aestudio.data.dataset import Dataset
from aestudio.data.sample_cells import SampleCells
from aestudio.data.sample_choice import numbers_of, read_numbers
from aestudio.data.sample_search import SampleSearch
from aestudio.errors import OptionError

Rows = npt.NDArray[np.int64]

NO_LABEL = -1


class Samples:
    """All samples of one dataset; how they are shown is up to those who inherit."""

    #: What can be looked for, said in the field where it is typed, and in full beside it.
    search_hint = "Search names"
    search_help = "A part of the name; or numbers of samples: #3, 17-20"

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

    def matching(self, words: str, label: int | None = None) -> Rows:
        """Return the (M,) rows with that label, or any, that ``words`` name.

        After a number sign stand numbers of samples: "#3, 17-20".
        """
        wanted = words.strip()
        if not wanted.startswith("#"):
            return self.search.matching(words, label)
        numbers = numbers_of(self.dataset, np.arange(self.num_samples))
        try:
            named = read_numbers(wanted[1:], int(numbers.max(initial=0)) + 1)
        except OptionError:
            return self.search.matching(words, label)
        rows = self.search.matching("", label)
        return rows[np.isin(numbers[rows], named)]

    def numbers(self, rows: Sequence[int]) -> Rows:
        """The numbers of several rows, (N,)."""
        return numbers_of(self.dataset, np.array(sorted(rows), dtype=np.int64))
