"""The points of the loss curves, in bounded memory however long a run lasts."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

Values = npt.NDArray[np.float64]


class CurvePoints:
    """One column of steps and one column per term, at most ``capacity`` rows.

    When the columns are full, every second row is dropped, and from then on only every second,
    fourth, ... new row is kept: what is left covers the whole run evenly. The newest row is always
    there. Steps are float64, because pyqtgraph searches float64 faster than integers.
    """

    def __init__(self, capacity: int = 32_768) -> None:
        self._capacity = max(4, capacity)
        self._stride = 1
        self._num_seen = 0
        #: Rows kept for good; one more follows them while the newest row is not among them.
        self._num_kept = 0
        self._has_tail = False
        self._steps: Values = np.empty(0)
        self._terms: dict[str, Values] = {}

    def __len__(self) -> int:
        return self._num_kept + self._has_tail

    @property
    def steps(self) -> Values:
        return self._steps[: len(self)]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._terms)

    def term(self, name: str) -> Values:
        return self._terms[name][: len(self)]

    def append(self, steps: npt.ArrayLike, terms: Mapping[str, npt.ArrayLike]) -> None:
        """Add rows: ``steps`` (K,) and (K,) per term; a term not named gets NaN."""
        new_steps = np.asarray(steps, dtype=np.float64).ravel()
        if not len(new_steps):
            return
        columns = {name: np.asarray(values, np.float64).ravel() for name, values in terms.items()}
        numbers = np.arange(self._num_seen, self._num_seen + len(new_steps))
        self._num_seen += len(new_steps)
        while self._num_kept + np.count_nonzero(numbers % self._stride == 0) >= self._capacity:
            self._halve()
        kept = np.flatnonzero(numbers % self._stride == 0)
        newest = len(new_steps) - 1
        self._has_tail = not len(kept) or int(kept[-1]) != newest
        rows = np.append(kept, newest) if self._has_tail else kept
        end = self._num_kept + len(rows)
        self._reserve(end)
        for name in columns:
            if name not in self._terms:
                self._terms[name] = np.full(len(self._steps), np.nan)
        place = slice(self._num_kept, end)
        self._steps[place] = new_steps[rows]
        for name, column in self._terms.items():
            column[place] = columns[name][rows] if name in columns else np.nan
        self._num_kept += len(kept)

    def extend(self, other: CurvePoints) -> None:
        self.append(other.steps, {name: other.term(name) for name in other.names})

    def _halve(self) -> None:
        self._stride *= 2
        every_second = slice(0, self._num_kept, 2)
        self._num_kept = -(-self._num_kept // 2)
        for column in (self._steps, *self._terms.values()):
            column[: self._num_kept] = column[every_second].copy()

    def _reserve(self, size: int) -> None:
        if size <= len(self._steps):
            return
        length = min(self._capacity, max(256, 2 * size))
        self._steps = _lengthened(self._steps, length)
        self._terms = {name: _lengthened(column, length) for name, column in self._terms.items()}


def _lengthened(column: Values, length: int) -> Values:
    longer = np.full(length, np.nan)
    longer[: len(column)] = column
    return longer
