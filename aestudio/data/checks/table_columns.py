"""What several checks of tables ask: the cells looked at, columns in words, and how to drop them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from aestudio.data.arrays.slicing import picked
from aestudio.data.column_statistics import MOST_COLUMNS, looked_at
from aestudio.data.dataset import Dataset, Remedy
from aestudio.data.tables.column_choice import written_names

_LISTED = 4


def sampled_cells(dataset: Dataset) -> npt.NDArray[np.float64]:
    """Return the cells of evenly spread rows and of the first columns, (N, D)."""
    return picked(dataset.x, looked_at(dataset))[:, :MOST_COLUMNS].astype(np.float64)


def listed(names: Sequence[str]) -> str:
    """Return "column 'a'" or "the columns 'a', 'b' and 3 more"."""
    shown = ", ".join(f"'{name}'" for name in names[:_LISTED])
    if len(names) == 1:
        return f"column {shown}"
    more = len(names) - _LISTED
    return f"the columns {shown} and {more:,} more" if more > 0 else f"the columns {shown}"


def without(dataset: Dataset, names: Sequence[str]) -> Remedy | None:
    """Return the setting that leaves columns out; None where columns have no names of their own."""
    if not dataset.columns:
        return None
    many = "s" if len(names) > 1 else ""
    return Remedy(f"Leave the column{many} out", "data.leave_out", written_names(names), adds=True)
