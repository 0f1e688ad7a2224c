"""Which way samples go to model scale, by what they are: measured numbers or tokens."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from aestudio.data.columns import Column
from aestudio.data.dataset import Dataset, Kind
from aestudio.errors import OptionError
from aestudio.preprocess.missing import refuse_nothing
from aestudio.preprocess.options import PreprocessOptions
from aestudio.preprocess.scaling import Scaling, fit
from aestudio.preprocess.statistics import unreported
from aestudio.preprocess.table import TableScaling
from aestudio.preprocess.table_fit import fit_table, needs_columns
from aestudio.preprocess.tokens import TokenScaling


def fit_to(
    dataset: Dataset,
    rows: npt.NDArray[np.int64],
    options: PreprocessOptions,
    report: Callable[[int, int], None] = unreported,
) -> Scaling:
    """Fit the scaling on ``dataset.x[rows]``, the training samples.

    ``report`` is told how many of them are done, and may raise to end the work.

    Raises :class:`DataError` as :func:`~aestudio.preprocess.scaling.fit` does, and
    :class:`OptionError` for a scaling of what is no measure.
    """
    refuse_nothing(dataset.x)
    if dataset.kind is Kind.TABLE:
        columns = columns_of(dataset)
        if needs_columns(columns, options):
            return fit_table(dataset.x, rows, columns, options, report)
    elif options.scaling in ("log", "quantile") or options.column_scaling:
        subject = "column_scaling" if options.column_scaling else "scaling"
        raise OptionError(
            f"only the columns of tables can be scaled so, and these are {dataset.kind}.",
            subject=f"preprocess.{subject}",
            next_step=f"Set preprocess.{subject} back.",
        )
    if dataset.kind is not Kind.TOKENS:
        names = dataset.feature_names
        return fit(dataset.x, rows, dataset.kind, options, feature_names=names, report=report)
    if options.scaling != "auto":
        raise OptionError(
            f"tokens are names and no measures: nothing can be scaled by '{options.scaling}'.",
            subject="preprocess.scaling",
            next_step="Set preprocess.scaling to auto, or data.kind to table.",
        )
    return TokenScaling.of(dataset.symbols, dataset.padding)


def columns_of(dataset: Dataset) -> tuple[Column, ...]:
    """Return the columns of a table; bare arrays have numbers in columns that are counted."""
    names = dataset.feature_names or [f"column {place + 1}" for place in range(dataset.shape[0])]
    return dataset.columns or tuple(Column(name) for name in names)


def scaling_from_json(values: Mapping[str, Any]) -> Scaling:
    """Read what a scaling's ``to_json`` gave; raises :class:`DataError` where it is damaged."""
    if "columns" in values:
        return TableScaling.from_json(values)
    return (TokenScaling if "symbols" in values else Scaling).from_json(values)
