"""Bringing another table into the form of the one that a model has learned.

The columns of another file may stand in another order, and its categories be counted in another
way: both are matched by name. A category that the model has not met is nothing it could be told, and
counts as missing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from aestudio.data.columns import Column, ColumnKind
from aestudio.data.dataset import Dataset, Finding, Severity
from aestudio.data.missing_values import is_missing
from aestudio.errors import DataError

Array = npt.NDArray[Any]

_LISTED = 5


def aligned(dataset: Dataset, wanted: Sequence[Column]) -> Dataset:
    """Return the table with the columns ``wanted``, in this order and counted like these.

    A table without names is taken to be in that order already. Raises :class:`DataError` where a
    column is absent, or holds another kind of cells.
    """
    names = [column.name for column in wanted]
    if not dataset.feature_names or dataset.columns == tuple(wanted):
        return dataset
    places = {name: place for place, name in enumerate(dataset.feature_names)}
    absent = [name for name in names if name not in places]
    if absent:
        more = f" and {len(absent) - _LISTED:,} more" if len(absent) > _LISTED else ""
        raise DataError(
            f"it has no column called {', '.join(map(repr, absent[:_LISTED]))}{more}, which the "
            "model has learned from.",
            subject=dataset.source,
            next_step="Give a table with the columns of the run's own data.",
        )
    order = [places[name] for name in names]
    if not dataset.columns and all(column.kind is ColumnKind.NUMERIC for column in wanted):
        if order == list(range(dataset.shape[0])):
            return dataset
        return _with(dataset, dataset.x[:, order], tuple(wanted))
    given = dataset.columns or tuple(map(Column, dataset.feature_names))
    x = np.array(dataset.x[:, order])
    findings = list(dataset.findings)
    for place, column in enumerate(wanted):
        cells, unknown = _cells(x[:, place], given[order[place]], column, dataset.source)
        x[:, place] = cells
        if unknown:
            findings.append(
                Finding(
                    Severity.WARNING,
                    f"The model knows no {', '.join(map(repr, unknown[:_LISTED]))} in the column "
                    f"'{column.name}'.",
                    "Such cells count as missing.",
                )
            )
    return _with(replace(dataset, findings=tuple(findings)), x, tuple(wanted))


def _with(dataset: Dataset, x: Array, columns: tuple[Column, ...]) -> Dataset:
    names = tuple(column.name for column in columns)
    is_plain = all(column.kind is ColumnKind.NUMERIC for column in columns)
    return replace(
        dataset, x=x, feature_names=names, columns=() if is_plain else columns, _fingerprint=[]
    )


def _cells(cells_N: Array, given: Column, wanted: Column, source: str) -> tuple[Array, list[str]]:
    """Return the cells of one column as the model counts them, and the names that it does not know."""
    if wanted.kind is not ColumnKind.CATEGORICAL:
        is_number = (ColumnKind.NUMERIC, ColumnKind.BOOLEAN)
        if given.kind is wanted.kind or (given.kind in is_number and wanted.kind in is_number):
            return cells_N, []
        raise _another_kind(given, wanted, source)
    if given.kind is ColumnKind.CATEGORICAL:
        if given.categories == wanted.categories:
            return cells_N, []
        places, names = cells_N, given.categories
    elif given.kind is ColumnKind.NUMERIC:
        # Numbers that stood for categories among which there were texts too.
        known = cells_N[~is_missing(cells_N)]
        values, found = np.unique(known, return_inverse=True)
        places = np.full(len(cells_N), np.nan)
        places[~is_missing(cells_N)] = found
        names = tuple(f"{value:.17g}" for value in values)
    else:
        raise _another_kind(given, wanted, source)
    number_of = {name: place for place, name in enumerate(wanted.categories)}
    table = np.array([number_of.get(name, np.nan) for name in names] or [np.nan])
    there = ~is_missing(places)
    result = np.full(len(cells_N), np.nan)
    result[there] = table[places[there].astype(np.int64)]
    used = np.unique(places[there]).astype(np.int64)
    return result, [names[place] for place in used if names[place] not in number_of]


def _another_kind(given: Column, wanted: Column, source: str) -> DataError:
    return DataError(
        f"its column '{given.name}' is {given.kind}, and the model has learned it as {wanted.kind}.",
        subject=source,
        next_step="Give a table like the run's own data.",
    )
