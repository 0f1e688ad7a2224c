"""The plain autoencoder: a code smaller than the data forces a summary.

Hinton & Salakhutdinov 2006, Science 313, 504-507, https://doi.org/10.1126/science.1127647.
"""

from __future__ import annotations

from typing import Literal

from torch import Tensor

from aestudio.autoencoders.base import (
    Autoencoder,
    AutoencoderOptions,
    Batch,
    Progress,
    type_option,
)
from aestudio.autoencoders.registry import autoencoder


class UndercompleteOptions(AutoencoderOptions):
    """The plain autoencoder has no options of its own."""

    type: Literal["undercomplete"] = type_option("undercomplete")


@autoencoder("undercomplete")
class Undercomplete(Autoencoder):
    """Minimises the reconstruction loss alone."""

    options_class = UndercompleteOptions
    title = "Undercomplete"
    summary = (
        "Squeezes each sample through a code with fewer numbers than the sample has. "
        "Good for compression, reduction and a first look."
    )
    citation = (
        "Hinton & Salakhutdinov 2006, Reducing the dimensionality of data with neural networks, "
        "https://doi.org/10.1126/science.1127647"
    )

    def terms(self, batch: Batch, progress: Progress) -> dict[str, Tensor]:
        output = self.decoder_output(self.encode(batch.x), teacher=batch.x)
        return {"reconstruction": self.reconstruction(output, batch.x, batch.present)}
