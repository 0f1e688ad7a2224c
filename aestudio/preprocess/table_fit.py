"""Fitting the scaling of a table, column by column, on the training samples.

Shapes: N samples, D columns.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from aestudio.data.arrays.slicing import picked
from aestudio.data.columns import Column, ColumnKind
from aestudio.data.dataset import Kind
from aestudio.data.missing_values import is_missing
from aestudio.data.splitting import evenly_spaced
from aestudio.errors import DataError, OptionError
from aestudio.options import suggest
from aestudio.preprocess.column_scaling import ColumnScaling
from aestudio.preprocess.missing import refuse_missing
from aestudio.preprocess.options import PreprocessOptions
from aestudio.preprocess.scaling import check_rows, offset_and_scale
from aestudio.preprocess.statistics import Statistics, measure, statistics_of, unreported
from aestudio.preprocess.table import MOST_NUMBERS, TableScaling

Array = npt.NDArray[Any]
Doubles = npt.NDArray[np.float64]

#: Cells that distributions are taken from; more would not change the second digit of a quantile.
_MOST_CELLS = 2**24
_FEWEST_ROWS = 4096
_SEGMENTS = 100
#: What can be asked for a single column.
COLUMN_METHODS = ("none", "standard", "minmax", "robust", "log", "quantile")
#: Below this share of what is not zero lies the unit of ``log``, so that the rest is far from zero.
_SMALL_SHARE = 0.01
_SMALLEST_UNIT = 1e-6


def needs_columns(columns: Sequence[Column], options: PreprocessOptions) -> bool:
    """Whether one offset and one scale for each column are not enough."""
    return (
        options.scaling in ("log", "quantile")
        or bool(options.column_scaling)
        or any(column.kind is not ColumnKind.NUMERIC for column in columns)
    )


def fit_table(
    x_ND: Array,
    rows: npt.NDArray[np.int64],
    columns: Sequence[Column],
    options: PreprocessOptions,
    report: Callable[[int, int], None] = unreported,
) -> TableScaling:
    """Fit each column of ``x[rows]``, the training samples.

    ``report`` is told how far the work is, and may raise to end it.

    Raises :class:`OptionError` where ``options`` name a column or a method that there is not, and
    :class:`DataError` where cells are missing that may not be, or categories are too many.
    """
    check_rows(rows)
    methods = column_methods(columns, options)
    _check_width(columns)
    if options.missing == "refuse":
        names = [column.name for column in columns]
        refuse_missing(x_ND, Kind.TABLE, names, lambda: report(0, len(rows)))
    seen = measure(x_ND, rows, (0,), report)
    num_rows = max(_FEWEST_ROWS, _MOST_CELLS // max(1, len(columns)))
    sample_ND = picked(x_ND, evenly_spaced(rows, num_rows))
    fitted = []
    for place, (column, method) in enumerate(zip(columns, methods, strict=True)):
        report(len(rows), len(rows))
        cells = sample_ND[:, place]
        known = cells[~is_missing(cells)].astype(np.float64)
        fitted.append(_fit_column(column, method, known, seen.feature(place), x_ND.dtype))
    ends = [_ends(column, seen.feature(place)) for place, column in enumerate(fitted)]
    return TableScaling.of(
        fitted, low=min(low for low, _ in ends), high=max(high for _, high in ends)
    )


def column_methods(columns: Sequence[Column], options: PreprocessOptions) -> tuple[str, ...]:
    """Return the method of each column: its own where one is set, else the table's, (D,)."""
    own = _own_methods(columns, options.column_scaling)
    whole = {"auto": "standard", "unit": "minmax"}.get(options.scaling, options.scaling)
    of_kind = {
        ColumnKind.NUMERIC: whole,
        ColumnKind.DATE: whole,
        # Between 0 and 1 already, like the categories beside it.
        ColumnKind.BOOLEAN: "none",
        ColumnKind.CATEGORICAL: "one_hot",
    }
    return tuple(own.get(column.name, of_kind[column.kind]) for column in columns)


def _own_methods(columns: Sequence[Column], settings: Sequence[str]) -> dict[str, str]:
    kinds = {column.name: column.kind for column in columns}
    found = {}
    for setting in settings:
        name, _, method = (part.strip() for part in setting.rpartition("="))
        if method not in COLUMN_METHODS:
            raise _wrong(
                f"'{setting}' does not say how to scale", suggest(method, list(COLUMN_METHODS))
            )
        if name not in kinds:
            raise _wrong(f"there is no column called '{name}'", suggest(name, list(kinds)))
        if kinds[name] is ColumnKind.CATEGORICAL:
            raise _wrong(
                f"the column '{name}' holds categories, which have no distance",
                "Leave it out of the list.",
            )
        found[name] = method
    return found


def _wrong(reason: str, next_step: str) -> OptionError:
    return OptionError(
        f"{reason}.",
        subject="preprocess.column_scaling",
        next_step=next_step or "Write it as NAME=METHOD, such as price=log.",
    )


def _fit_column(
    column: Column, method: str, known_N: Doubles, seen: Statistics, dtype: np.dtype[Any]
) -> ColumnScaling:
    if method == "one_hot":
        places = known_N.astype(np.int64)
        num_categories = len(column.categories)
        counts = np.bincount(places, minlength=num_categories)[:num_categories]
        shares = tuple((counts / max(1, counts.sum())).tolist())
        return ColumnScaling(column, method, fill=shares, typical=float(counts.argmax()))
    if not len(known_N):
        return ColumnScaling(column, "none")
    found = ColumnScaling(column, method, typical=float(seen.mean))
    if method == "quantile":
        shares_K = np.linspace(0.0, 1.0, min(_SEGMENTS, max(1, len(known_N) - 1)) + 1)
        # Rounding may let a quantile fall below the one before it.
        knots = np.maximum.accumulate(np.quantile(known_N, shares_K))
        found = replace(found, knots=tuple(knots.tolist()))
    elif method == "log":
        unit = _unit(known_N)
        logs = statistics_of(np.arcsinh(known_N / unit))
        offset, scale = offset_and_scale("standard", np.dtype(np.float64), logs)
        found = replace(found, unit=unit, offset=float(offset), scale=float(scale))
    else:
        quartiles = np.quantile(known_N, (0.25, 0.5, 0.75)) if method == "robust" else None
        offset, scale = offset_and_scale(method, dtype, seen, quartiles)
        found = replace(found, offset=float(offset), scale=float(scale))
    return replace(found, fill=(float(found.forward(known_N).mean()),))


def _unit(known_N: Doubles) -> float:
    """Return where the logarithm begins: below nearly all that is not zero.

    Where there are both signs a small unit would tear them apart; there it is the median size.
    """
    sizes = np.abs(known_N[known_N != 0])
    if not len(sizes):
        return 1.0
    has_both_signs = known_N.min() < 0 < known_N.max()
    unit = float(np.quantile(sizes, 0.5 if has_both_signs else _SMALL_SHARE))
    return max(unit, _SMALLEST_UNIT * float(sizes.max()), float(np.finfo(np.float32).tiny))


def _ends(column: ColumnScaling, seen: Statistics) -> tuple[float, float]:
    """Return the range of the training samples of one column in model scale."""
    if column.method == "one_hot":
        return 0.0, 1.0
    low, high = column.forward(np.array([seen.low, seen.high]))[:, 0].tolist()
    return low, high


def _check_width(columns: Sequence[Column]) -> None:
    num_numbers = sum(max(1, len(column.categories)) for column in columns)
    if num_numbers > MOST_NUMBERS:
        widest = max(columns, key=lambda column: len(column.categories))
        raise DataError(
            f"its categories would become {num_numbers:,} numbers for each row; at most "
            f"{MOST_NUMBERS:,} can be. The column '{widest.name}' alone has "
            f"{len(widest.categories):,} categories.",
            subject="preprocess.scaling",
            next_step=f"Leave the column '{widest.name}' out.",
        )
