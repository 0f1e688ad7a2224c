"""Where the windows of a dataset lie in the long series that they were cut from.

Shapes: N windows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class WindowPlaces:
    """The series and the first step of every window, each (N,), in the order of both."""

    length: int
    stride: int
    series_names: tuple[str, ...]
    #: Positions in ``series_names``.
    series: Numbers
    #: Steps, counted from the beginning of the series.
    start: Numbers

    @property
    def overlap(self) -> bool:
        """Whether neighbours share steps."""
        return self.stride < self.length

    @property
    def num_series(self) -> int:
        """How many series have a window here."""
        return len(np.unique(self.series))

    def chosen(self, rows: npt.NDArray[np.integer] | npt.NDArray[np.bool_]) -> WindowPlaces:
        """Return the places of some windows."""
        return WindowPlaces(
            length=self.length,
            stride=self.stride,
            series_names=self.series_names,
            series=self.series[rows],
            start=self.start[rows],
        )

    def __str__(self) -> str:
        windows = "1 window" if len(self.start) == 1 else f"{len(self.start):,} windows"
        count = self.num_series
        series = "one series" if count == 1 else f"{count:,} series"
        return f"{windows} of {self.length:,} steps from {series}"


def places_along(
    names: Sequence[str], pieces: Sequence[Sequence[tuple[int, int]]], length: int, stride: int
) -> WindowPlaces:
    """Return every place of a window in the pieces, (first, stop) steps, of each series.

    Windows begin at whole multiples of the stride from the beginning of their piece and lie within
    it; a piece that is shorter than a window has none.

    >>> places_along(["a"], [[(0, 7), (10, 14)]], length=4, stride=3).start.tolist()
    [0, 3, 10]
    """
    starts = [
        [np.arange(first, stop - length + 1, stride, dtype=np.int64) for first, stop in its_pieces]
        for its_pieces in pieces
    ]
    counts = [sum(map(len, its_starts)) for its_starts in starts]
    none = [np.empty(0, np.int64)]
    return WindowPlaces(
        length=length,
        stride=stride,
        series_names=tuple(names),
        series=np.repeat(np.arange(len(counts), dtype=np.int64), counts),
        start=np.concatenate([*none, *(part for its_starts in starts for part in its_starts)]),
    )


def joined_places(parts: Sequence[WindowPlaces], names: Sequence[str]) -> WindowPlaces:
    """Return the places of windows of several sources, one source behind the other.

    ``names`` are those of the sources, which the names of their series begin with.
    """
    firsts = np.cumsum([0, *(len(part.series_names) for part in parts[:-1])])
    return WindowPlaces(
        length=parts[0].length,
        # The closest of all: whoever asks wants to know whether steps are shared.
        stride=min(part.stride for part in parts),
        series_names=tuple(
            name if len(part.series_names) == 1 else f"{name}, {own}"
            for part, name in zip(parts, names, strict=True)
            for own in part.series_names
        ),
        series=np.concatenate(
            [part.series + first for part, first in zip(parts, firsts.tolist(), strict=True)]
        ),
        start=np.concatenate([part.start for part in parts]),
    )
