"""Which way samples go to model scale, by what they are: measured numbers or tokens."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from aestudio.data.dataset import Dataset, Kind
from aestudio.errors import OptionError
from aestudio.preprocess.options import PreprocessOptions
from aestudio.preprocess.scaling import Scaling, fit
from aestudio.preprocess.tokens import TokenScaling


def fit_to(dataset: Dataset, rows: npt.NDArray[np.int64], options: PreprocessOptions) -> Scaling:
    """Fit the scaling on ``dataset.x[rows]``, the training samples.

    Raises :class:`DataError` as :func:`~aestudio.preprocess.scaling.fit` does, and
    :class:`OptionError` for a scaling of what is no measure.
    """
    if dataset.kind is not Kind.TOKENS:
        return fit(dataset.x, rows, dataset.kind, options, feature_names=dataset.feature_names)
    if options.scaling != "auto":
        raise OptionError(
            f"tokens are names and no measures: nothing can be scaled by '{options.scaling}'.",
            subject="preprocess.scaling",
            next_step="Set preprocess.scaling to auto, or data.kind to table.",
        )
    return TokenScaling.of(dataset.symbols, dataset.padding)


def scaling_from_json(values: Mapping[str, Any]) -> Scaling:
    """Read what a scaling's ``to_json`` gave; raises :class:`DataError` where it is damaged."""
    return (TokenScaling if "symbols" in values else Scaling).from_json(values)
