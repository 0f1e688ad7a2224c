"""How stored values become what the network sees."""

from __future__ import annotations

from typing import Literal

from aestudio.options import Options, option


class PreprocessOptions(Options):
    """The scaling, fitted on the training samples, and what happens to missing values."""

    scaling: Literal["auto", "none", "unit", "minmax", "standard"] = option(
        "auto",
        title="Scaling",
        help="How values are brought to the network's scale: 'unit' maps the number type's range to 0..1, 'minmax' the observed range, 'standard' gives mean 0 and spread 1; 'auto' takes unit for images and standard for the rest.",
        hint="auto first; minmax if binary cross-entropy is wanted for a table.",
    )
    missing: Literal["refuse", "mean"] = option(
        "refuse",
        title="Missing values",
        help="What happens to values that are missing or not finite: refuse the data, or fill in the mean of the training samples.",
        hint="mean is sound for a few gaps; leave out columns that are mostly empty.",
    )
