"""A table as a file gives it, before anything is taken for a feature, a label or a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from aestudio.data.dataset import Finding

Values = npt.NDArray[Any]


@dataclass(frozen=True, slots=True, eq=False)
class RawTable:
    """Columns of equal length, each with a name of its own.

    ``values`` holds one array (N,) per name: floating point, NaN where a cell is missing; bool;
    objects, each a str that is not empty, or None for missing; or datetime64[ns], NaT for missing.
    Floating-point columns may lie in a memory map.
    """

    names: tuple[str, ...]
    values: tuple[Values, ...]
    #: What was odd on the way from the file to here.
    findings: tuple[Finding, ...] = ()
    #: How the file was read, in pairs of words: ("Delimiter", "semicolon").
    said: tuple[tuple[str, str], ...] = ()
    #: By name, how texts were written that were dates.
    date_forms: Mapping[str, str] = field(default_factory=dict)

    @property
    def num_rows(self) -> int:
        return len(self.values[0]) if self.values else 0

    @property
    def num_columns(self) -> int:
        return len(self.names)

    def column(self, name: str) -> Values:
        """Return the values of the column with that name; KeyError where there is none."""
        if name not in self.names:
            raise KeyError(name)
        return self.values[self.names.index(name)]


def is_number(values: Values) -> bool:
    """Whether a column holds numbers."""
    return bool(np.issubdtype(values.dtype, np.floating))


def is_text(values: Values) -> bool:
    """Whether a column holds texts."""
    return values.dtype == np.object_


def is_time(values: Values) -> bool:
    """Whether a column holds points in time."""
    return bool(np.issubdtype(values.dtype, np.datetime64))
