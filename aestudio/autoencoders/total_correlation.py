"""The beta-TCVAE: numbers of the code are to be independent, and may tell as much as they like.

Chen et al. 2018, Isolating Sources of Disentanglement in Variational Autoencoders,
https://arxiv.org/abs/1802.04942, equation 4. Shapes: B batch, L code size.
"""

from __future__ import annotations

from typing import Literal

from torch import Tensor

from aestudio.autoencoders.base import Batch, Progress, type_option
from aestudio.autoencoders.gaussian_code import GaussianCode, GaussianCodeOptions
from aestudio.autoencoders.registry import autoencoder
from aestudio.objectives.total_correlation import kl_parts
from aestudio.options import option


class TotalCorrelationOptions(GaussianCodeOptions):
    """A weight for each part of the divergence."""

    type: Literal["total_correlation"] = type_option("total_correlation")
    total_correlation_weight: float = option(
        6.0,
        title="Independence weight",
        help="How strongly the numbers of the code are kept from telling the same thing.",
        hint="4 to 10; 1 is the variational type.",
        advanced=False,
        ge=0.0,
        le=10_000.0,
    )
    information_weight: float = option(
        1.0,
        title="Information weight",
        help="How strongly the code is kept from telling samples apart.",
        hint="Leave it at 1, or 0 to let the code tell as much as it can.",
        ge=0.0,
        le=10_000.0,
    )
    dimension_weight: float = option(
        1.0,
        title="Spread weight",
        help="How strongly each number of the code is spread like the unit Gaussian.",
        hint="Leave it at 1.",
        ge=0.0,
        le=10_000.0,
    )
    group_size: int = option(
        128,
        title="Samples compared",
        help="Among how many samples of a batch the distribution of all codes is estimated.",
        hint="The batch size; more estimate better and cost their square.",
        unit="samples",
        ge=2,
        le=4096,
    )


@autoencoder("total_correlation")
class TotalCorrelation(GaussianCode):
    """Minimises the variational bound with a weight of its own for each part of the divergence.

    ``mutual_information``, ``total_correlation`` and ``dimension_kl`` are per sample and add up to
    one draw of the KL. Groups of a fixed size make batches of training and validation comparable.
    """

    options_class = TotalCorrelationOptions
    title = "Total correlation"
    summary = (
        "A variational autoencoder that keeps the numbers of its code independent of each other. "
        "Good for finding separate causes, such as size and position, without being told of them."
    )
    citation = (
        "Chen et al. 2018, Isolating Sources of Disentanglement in Variational Autoencoders, "
        "https://arxiv.org/abs/1802.04942"
    )

    options: TotalCorrelationOptions

    def terms(self, batch: Batch, progress: Progress) -> dict[str, Tensor]:
        labels = self.shown_labels(batch)
        mean_BL, log_variance_BL = self.posterior(batch.x, labels)
        z_BL = self.draw(mean_BL, log_variance_BL)
        output = self.decoder_output(z_BL, batch.x, labels)
        parts = kl_parts(z_BL, mean_BL, log_variance_BL, self.options.group_size)
        return {
            "reconstruction": self.reconstruction(output, batch.x, batch.present),
            **parts._asdict(),
        }

    def term_weights(self, progress: Progress) -> dict[str, float]:
        return {
            "mutual_information": self.options.information_weight,
            "total_correlation": self.options.total_correlation_weight,
            "dimension_kl": self.options.dimension_weight,
        }
