"""The points of the loss curves, in bounded memory however long a run lasts."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

Values = npt.NDArray[np.float64]


class CurvePoints:
    """One column of steps and one column per term, at most ``capacity`` rows.

    When the columns are full, every second row is dropped, so that the rows left still cover the
    whole run evenly. Steps are float64: pyqtgraph searches float64 faster than integers.
    """

    def __init__(self, capacity: int = 32_768) -> None:
        self._capacity = max(4, capacity)
        self._size = 0
        self._steps: Values = np.empty(0)
        self._terms: dict[str, Values] = {}

    def __len__(self) -> int:
        return self._size

    @property
    def steps(self) -> Values:
        return self._steps[: self._size]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._terms)

    def term(self, name: str) -> Values:
        return self._terms[name][: self._size]

    def append(self, steps: npt.ArrayLike, terms: Mapping[str, npt.ArrayLike]) -> None:
        """Add rows: ``steps`` (K,) and (K,) per term; a term not named gets NaN."""
        new_steps = np.asarray(steps, dtype=np.float64).ravel()
        columns = {
            name: np.asarray(values, dtype=np.float64).ravel() for name, values in terms.items()
        }
        while len(new_steps) > self._capacity // 2:
            new_steps = new_steps[1::2]
            columns = {name: values[1::2] for name, values in columns.items()}
        while self._size + len(new_steps) > self._capacity:
            self._drop_every_second()
        end = self._size + len(new_steps)
        self._reserve(end)
        for name in columns.keys() - self._terms.keys():
            self._terms[name] = np.full(len(self._steps), np.nan)
        self._steps[self._size : end] = new_steps
        for name, column in self._terms.items():
            column[self._size : end] = columns.get(name, np.nan)
        self._size = end

    def extend(self, other: CurvePoints) -> None:
        if len(other):
            self.append(other.steps, {name: other.term(name) for name in other.names})

    def _drop_every_second(self) -> None:
        kept = slice(1, self._size, 2)
        self._size = len(range(*kept.indices(self._size)))
        for column in (self._steps, *self._terms.values()):
            column[: self._size] = column[kept].copy()

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
