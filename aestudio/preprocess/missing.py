"""Refusing data with missing values, column by column."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from aestudio.data.arrays.slicing import slices
from aestudio.data.dataset import Kind
from aestudio.data.missing_values import can_miss, count_missing, is_missing
from aestudio.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

#: More columns than this are counted, not listed.
_LISTED = 8


def refuse_missing(
    x: npt.NDArray[Any],
    kind: Kind,
    feature_names: Sequence[str],
    check_cancelled: Callable[[], None] = lambda: None,
) -> None:
    """Raise a DataError that names the columns with missing values, if there are any."""
    counts = count_missing(x, check_cancelled)
    total = int(counts.sum())
    if total == 0:
        return
    where = ""
    if kind is Kind.TABLE:
        where = f" in {describe_columns(np.flatnonzero(counts), feature_names)}"
    raise DataError(
        f"{total:,} of {x.size:,} values are missing or not finite{where}.",
        subject="preprocess.missing",
        next_step="Set preprocess.missing=auto to learn from the values that are there, preprocess.missing=mean to take the mean of the training samples for the others, or leave them out of the data.",
    )


def refuse_nothing(x: npt.NDArray[Any]) -> None:
    """Raise a DataError where not a single value is there."""
    if can_miss(x) and all(is_missing(part).all() for part in slices(x)):
        raise DataError(
            f"all of its {x.size:,} values are missing or not finite.",
            subject="preprocess.missing",
            next_step="Choose data with values.",
        )


def describe_columns(columns: Sequence[int] | npt.NDArray[np.int64], names: Sequence[str]) -> str:
    """'column 3 (pressure) and 2 more' for the given positions, counted from 1."""
    shown = [
        f"{column + 1} ({names[column]})" if column < len(names) else f"{column + 1}"
        for column in columns[:_LISTED]
    ]
    text = f"column{'s' if len(columns) > 1 else ''} {', '.join(shown)}"
    more = len(columns) - len(shown)
    return f"{text} and {more:,} more" if more else text
