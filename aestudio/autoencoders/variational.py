"""The variational autoencoder: each code is a small cloud, and all clouds together fill N(0, 1).

Kingma & Welling 2014, Auto-Encoding Variational Bayes, https://arxiv.org/abs/1312.6114; the weight
beta is from Higgins et al. 2017, https://openreview.net/forum?id=Sy2fzU9gl, equation 4.
Shapes: B batch, L code size.
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
from aestudio.objectives.divergence import kl_to_unit_gaussian
from aestudio.objectives.schedules import linear_warmup
from aestudio.options import option


class VariationalOptions(AutoencoderOptions):
    """The weight of the divergence, and how it is brought in."""

    type: Literal["variational"] = type_option("variational")
    beta: float = option(
        1.0,
        title="Beta",
        help="How strongly codes are drawn towards the unit Gaussian; 1 is the variational bound.",
        hint="Below 1 sharpens reconstructions; 2 to 10 smooths and disentangles the map.",
        advanced=False,
        ge=0.0,
        le=10_000.0,
    )
    warmup_epochs: float = option(
        0.0,
        title="Beta warm-up",
        help="Over how many epochs beta rises from zero to its full value.",
        hint="5 to 10 if the map collapses into one point.",
        unit="epochs",
        ge=0.0,
        le=100_000.0,
    )


@autoencoder("variational")
class Variational(Autoencoder):
    """Minimises reconstruction + beta * KL(q(z|x) || N(0, 1)), one noise draw per sample.

    ``reconstruction`` is summed over features and ``kl`` over the code, both in the same unit, so
    that with binary cross-entropy and beta = 1 the loss is the negative evidence lower bound in
    nats. With squared error it is that bound, up to constants, for a Gaussian of variance 1/2.
    """

    options_class = VariationalOptions
    title = "Variational"
    summary = (
        "Gives each sample a small cloud of codes and packs the clouds around zero. "
        "Good for a smooth map, for walking between samples and for making new ones."
    )
    citation = (
        "Kingma & Welling 2014, Auto-Encoding Variational Bayes, https://arxiv.org/abs/1312.6114"
    )
    outputs_per_code = 2
    is_generative = True

    options: VariationalOptions

    def posterior(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Return mean and log variance of each sample's code, both (B, L), in single precision."""
        mean_BL, log_variance_BL = self.encoder_output(x).float().chunk(2, dim=1)
        # exp(20) is a variance that no data asks for; without the bound one bad step overflows.
        return mean_BL, log_variance_BL.clamp(-20.0, 20.0)

    def encode(self, x: Tensor) -> Tensor:
        """Return the means of the codes, (B, L)."""
        return self.posterior(x)[0]

    def terms(self, batch: Batch, progress: Progress) -> dict[str, Tensor]:
        mean_BL, log_variance_BL = self.posterior(batch.x)
        noise_BL = self.noise.normal_like(mean_BL)
        z_BL = mean_BL + noise_BL * (0.5 * log_variance_BL).exp()
        output = self.decoder_output(z_BL)
        return {
            "reconstruction": self.reconstruction(output, batch.x),
            "kl": kl_to_unit_gaussian(mean_BL, log_variance_BL),
        }

    def term_weights(self, progress: Progress) -> dict[str, float]:
        warmup_steps = self.options.warmup_epochs * progress.steps_per_epoch
        return {"kl": self.options.beta * linear_warmup(progress.step, warmup_steps)}
