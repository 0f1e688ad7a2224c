"""The Wasserstein autoencoder: all codes together, not each by itself, are to look like N(0, 1).

Tolstikhin et al. 2018, Wasserstein Auto-Encoders, https://arxiv.org/abs/1711.01558, algorithm 2
(WAE-MMD). With clouds of codes it is the family of Zhao, Song & Ermon 2019, InfoVAE,
https://arxiv.org/abs/1706.02262, equation 6. Shapes: B batch, L code size.
"""

from __future__ import annotations

from typing import Literal

import torch
from torch import Tensor

from aestudio.autoencoders.base import AutoencoderOptions, Batch, Plan, Progress, type_option
from aestudio.autoencoders.gaussian_code import GaussianCode, GaussianCodeOptions
from aestudio.autoencoders.registry import autoencoder
from aestudio.errors import OptionError
from aestudio.objectives.divergence import kl_to_unit_gaussian
from aestudio.objectives.mmd import squared_mmd
from aestudio.options import option

#: The log variance that stands for a single code, the smallest that any cloud can have.
_NO_WIDTH = -20.0


class WassersteinOptions(GaussianCodeOptions):
    """How strongly the codes are matched to the prior, and whether they are clouds."""

    type: Literal["wasserstein"] = type_option("wasserstein")
    mmd_weight: float = option(
        10.0,
        title="Matching weight",
        help="How strongly all codes together are made to look like draws of the unit Gaussian.",
        hint="10 is the published choice; 100 if the map has holes between its heaps.",
        advanced=False,
        ge=0.0,
        le=1e6,
    )
    code_noise: Literal["none", "gaussian"] = option(
        "none",
        title="Code noise",
        help="Whether the encoder gives one code per sample (none) or a cloud of codes (gaussian).",
        hint="none for sharp reconstructions, gaussian for a map without gaps.",
    )
    kl_weight: float = option(
        0.0,
        title="Divergence weight",
        help="How strongly each cloud by itself is drawn to the unit Gaussian (gaussian code noise only).",
        hint="0 to 0.5; this is 1 - alpha in the InfoVAE paper.",
        ge=0.0,
        le=10_000.0,
    )


@autoencoder("wasserstein")
class Wasserstein(GaussianCode):
    """Minimises reconstruction + mmd_weight * MMD^2(codes, N(0, 1)).

    ``mmd`` is a scalar over the batch: an unbiased estimate, so it may dip below zero. Clouds add
    ``kl``, weighted by ``kl_weight``.
    """

    options_class = WassersteinOptions
    title = "Wasserstein"
    summary = (
        "Arranges all codes together like one round cloud, and leaves each sample its exact place. "
        "Good for a filled map with sharper reconstructions than the variational type."
    )
    citation = "Tolstikhin et al. 2018, Wasserstein Auto-Encoders, https://arxiv.org/abs/1711.01558"

    options: WassersteinOptions

    def __init__(self, options: WassersteinOptions, plan: Plan) -> None:
        if options.kl_weight > 0 and options.code_noise == "none":
            raise OptionError(
                "without code noise there are no clouds whose divergence could be weighed.",
                subject="autoencoder.kl_weight",
                next_step="Set autoencoder.code_noise to gaussian, or autoencoder.kl_weight to 0.",
            )
        super().__init__(options, plan)

    @classmethod
    def outputs_per_code(cls, options: AutoencoderOptions) -> int:
        """Two where codes are clouds, one where each is a point."""
        gives_points = isinstance(options, WassersteinOptions) and options.code_noise == "none"
        return 1 if gives_points else 2

    @property
    def has_clouds(self) -> bool:
        return self.options.code_noise == "gaussian"

    def posterior(self, x: Tensor, labels: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Return mean and log variance of each code, both (B, L); of hardly any width if no cloud."""
        if self.has_clouds:
            return super().posterior(x, labels)
        if self.condition is not None:
            x = self.condition.shifted(x, labels, self.input_scale)
        code_BL = self.encoder_output(x).float()
        return code_BL, torch.full_like(code_BL, _NO_WIDTH)

    def terms(self, batch: Batch, progress: Progress) -> dict[str, Tensor]:
        terms: dict[str, Tensor] = {}
        labels = self.shown_labels(batch)
        if self.has_clouds:
            mean_BL, log_variance_BL = self.posterior(batch.x, labels)
            z_BL = self.draw(mean_BL, log_variance_BL)
            terms["kl"] = kl_to_unit_gaussian(mean_BL, log_variance_BL)
        else:
            z_BL = self.encode(batch.x, labels)
        terms["mmd"] = squared_mmd(z_BL, self.noise.normal_like(z_BL))
        output = self.decoder_output(z_BL, batch.x, labels)
        return {"reconstruction": self.reconstruction(output, batch.x, batch.present), **terms}

    def term_weights(self, progress: Progress) -> dict[str, float]:
        weights = {"mmd": self.options.mmd_weight}
        return weights | {"kl": self.options.kl_weight} if self.has_clouds else weights
