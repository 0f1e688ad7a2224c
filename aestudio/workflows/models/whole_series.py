"""What a model makes of windows, put together again to the series that they were cut from.

Shapes: N windows, T steps of a window, C channels, L steps of a series.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from aestudio.data.dataset import Dataset
from aestudio.data.series.time_words import moments_in_words
from aestudio.data.series.window_places import WindowPlaces
from aestudio.export.spreadsheet_text import neutral_text
from aestudio.workflows.models.series_reconstruction import StepMeans

Doubles = npt.NDArray[np.float64]

#: A table with more rows is opened by few programs; the array holds the same numbers.
MOST_ROWS = 1_000_000


class JoinedWindows:
    """Collects reconstructed windows; where windows overlap, each step is the mean of all."""

    def __init__(self, dataset: Dataset, places: WindowPlaces) -> None:
        self._dataset = dataset
        self._places = places
        num_steps = [
            int(places.start[places.series == index].max(initial=-places.length)) + places.length
            for index in range(len(places.series_names))
        ]
        #: Where each series begins, all of them one behind the other.
        self._offsets = np.concatenate([[0], np.cumsum(num_steps)])
        self._means = StepMeans(int(self._offsets[-1]), dataset.shape[1])

    @property
    def num_rows(self) -> int:
        """How many steps have been reconstructed at least once."""
        return int(np.count_nonzero(self._means.counts))

    def add(
        self,
        rows: slice,
        reconstructions: npt.NDArray[np.generic],
        squared: npt.NDArray[np.generic],
    ) -> None:
        """Take windows (B, T, C) in the data's own scale, and their squared errors (B, T)."""
        starts = self._offsets[self._places.series[rows]] + self._places.start[rows]
        self._means.add(starts, reconstructions, squared)

    def rows(self) -> Iterator[list[object]]:
        """Yield a header and, for every step of every series, its time, values and error."""
        dataset, places = self._dataset, self._places
        has_several = len(places.series_names) > 1
        names = dataset.feature_names or tuple(
            f"channel {channel + 1}" for channel in range(dataset.shape[1])
        )
        if len(names) == 1 and not dataset.feature_names:
            names = ("value",)
        yield [
            *(["series"] if has_several else []),
            "time" if dataset.times is not None else "step",
            *(neutral_text(name) for name in names),
            *(neutral_text(f"{name}, reconstructed") for name in names),
            "squared_error",
        ]
        for index, name in enumerate(places.series_names):
            yield from self._rows_of(index, [neutral_text(name)] if has_several else [])

    def _rows_of(self, index: int, head: list[str]) -> Iterator[list[object]]:
        places = self._places
        windows = np.flatnonzero(places.series == index)
        first = self._offsets[index]
        next_step = 0
        for row in windows.tolist():
            start = int(places.start[row])
            # Each step once, with the first window that holds it.
            steps = np.arange(max(start, next_step), start + places.length)
            next_step = start + places.length
            if not len(steps):
                continue
            outputs, errors = self._means.of(first + steps)
            originals = np.asarray(self._dataset.x[row])[steps - start]
            for when, original, output, error in zip(
                self._when(row, steps - start, steps), originals, outputs, errors, strict=True
            ):
                yield [
                    *head,
                    when,
                    *(f"{value:.9g}" for value in original.tolist()),
                    *(f"{value:.9g}" for value in output.tolist()),
                    f"{error:.9g}",
                ]

    def _when(
        self, row: int, within: npt.NDArray[np.int64], steps: npt.NDArray[np.int64]
    ) -> list[object]:
        times = self._dataset.times
        if times is None:
            return [int(step) + 1 for step in steps]
        moments = times.of(np.array([row]))[0][within]
        if not times.is_date:
            return [f"{moment:.12g}" for moment in moments]
        return list(moments_in_words(moments, is_date=True, step=times.step))
