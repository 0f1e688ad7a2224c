"""The DIP-VAE: numbers of the code are not to vary together, each with variance one.

Kumar, Sattigeri & Balakrishnan 2018, Variational Inference of Disentangled Latent Concepts from
Unlabeled Observations, https://arxiv.org/abs/1711.00848, equations 6 and 7. Shapes: B batch, L code
size.
"""

from __future__ import annotations

from typing import Literal

import torch
from torch import Tensor

from aestudio.autoencoders.base import Batch, Progress, type_option
from aestudio.autoencoders.gaussian_code import GaussianCode, GaussianCodeOptions
from aestudio.autoencoders.registry import autoencoder
from aestudio.objectives.covariance import covariance, diagonal_gap, off_diagonal_square
from aestudio.objectives.divergence import kl_to_unit_gaussian
from aestudio.options import option


class DipOptions(GaussianCodeOptions):
    """Whose covariance is made the identity, and how strongly."""

    type: Literal["dip"] = type_option("dip")
    off_diagonal_weight: float = option(
        10.0,
        title="Decorrelation weight",
        help="How strongly two numbers of the code are kept from varying together.",
        hint="1 to 50.",
        advanced=False,
        ge=0.0,
        le=1e6,
    )
    diagonal_weight: float = option(
        10.0,
        title="Variance weight",
        help="How strongly each number of the code is held to variance one.",
        hint="Ten times the decorrelation weight for the means, the same for whole clouds.",
        ge=0.0,
        le=1e6,
    )
    covariance_of: Literal["means", "clouds"] = option(
        "clouds",
        title="Covariance of",
        help="What is decorrelated: the means of the codes (DIP-VAE I), or the clouds with their own widths (DIP-VAE II).",
        hint="clouds for few causes, means for many.",
    )


@autoencoder("dip")
class Dip(GaussianCode):
    """Minimises the variational bound plus the distance of the codes' covariance from identity.

    ``off_diagonal`` and ``diagonal`` are scalars over the batch.
    """

    options_class = DipOptions
    title = "DIP"
    summary = (
        "A variational autoencoder whose numbers are decorrelated, so that each changes one thing. "
        "Good for separating causes at little cost, also with small batches."
    )
    citation = (
        "Kumar et al. 2018, Variational Inference of Disentangled Latent Concepts from Unlabeled "
        "Observations, https://arxiv.org/abs/1711.00848"
    )

    options: DipOptions

    def terms(self, batch: Batch, progress: Progress) -> dict[str, Tensor]:
        labels = self.shown_labels(batch)
        mean_BL, log_variance_BL = self.posterior(batch.x, labels)
        output = self.decoder_output(self.draw(mean_BL, log_variance_BL), batch.x, labels)
        covariance_LL = covariance(mean_BL)
        if self.options.covariance_of == "clouds":
            covariance_LL = covariance_LL + torch.diag(log_variance_BL.exp().mean(0))
        return {
            "reconstruction": self.reconstruction(output, batch.x, batch.present),
            "kl": kl_to_unit_gaussian(mean_BL, log_variance_BL),
            "off_diagonal": off_diagonal_square(covariance_LL),
            "diagonal": diagonal_gap(covariance_LL),
        }

    def term_weights(self, progress: Progress) -> dict[str, float]:
        return {
            "off_diagonal": self.options.off_diagonal_weight,
            "diagonal": self.options.diagonal_weight,
        }
