"""How stored values become what the network sees."""

from __future__ import annotations

from typing import Literal

from aestudio.options import Options, option


class PreprocessOptions(Options):
    """The scaling, fitted on the training samples, and what happens to missing values."""

    scaling: Literal["auto", "none", "unit", "minmax", "standard", "robust", "log", "quantile"] = (
        option(
            "auto",
            title="Scaling",
            help="How values are brought to the network's scale: 'unit' maps the number type's range to 0..1, 'minmax' the observed range, 'standard' gives mean 0 and spread 1, 'robust' the same whatever the outliers; of tables 'log' takes logarithms first and 'quantile' ranks. 'auto' takes unit for images and standard for the rest.",
            hint="auto first; minmax if binary cross-entropy is wanted for a table; log for prices and counts.",
        )
    )
    column_scaling: tuple[str, ...] = option(
        (),
        title="Scaling of columns",
        help="Columns of a table that are scaled in another way than the rest, as a list of NAME=METHOD; the methods are none, standard, minmax, robust, log and quantile.",
        hint="price=log, age=robust.",
        max_length=10_000,
    )
    missing: Literal["auto", "mask", "mean", "refuse"] = option(
        "auto",
        title="Missing values",
        help="What happens to values that are missing or not finite: 'mask' learns and is judged from those that are there, 'mean' learns the mean of the training samples in their place, 'refuse' refuses the data; 'auto' masks where something is missing.",
        hint="auto; then fill the gaps with 'aestudio impute', or Export, Filled-in data.",
    )
