"""What an insight shows, as numbers; the window and the command line draw it.

Shapes: K places on an axis, S series, P samples.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Values = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Bars:
    """One bar for each of K things, with a line at ``reference`` where there is one."""

    values: Values
    names: tuple[str, ...]
    across: str
    up: str
    reference: float | None = None

    def table(self) -> list[list[object]]:
        """Return the figures as rows, the head first."""
        rows = zip(self.names, self.values.tolist(), strict=True)
        return [[self.across, self.up], *([name, value] for name, value in rows)]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Lines:
    """S curves over the same K places."""

    x: Values
    series: dict[str, Values]
    across: str
    up: str

    def table(self) -> list[list[object]]:
        """Return the figures as rows, the head first."""
        columns = [values.tolist() for values in self.series.values()]
        rows = zip(self.x.tolist(), *columns, strict=True)
        return [[self.across, *self.series], *(list(row) for row in rows)]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Samples:
    """P samples (P, *shape) in the data's own scale, in rows of ``columns``."""

    samples: npt.NDArray[np.float32]
    columns: int
    #: What each sample is, for tool tips.
    names: tuple[str, ...]


Figure = Bars | Lines | Samples
