"""The sparse autoencoder: any sample is described by a few active numbers of a longer code.

Ng 2011, CS294A lecture notes, Sparse autoencoder,
https://web.stanford.edu/class/cs294a/sparseAutoencoder.pdf; the idea of a target for each unit's
mean activation is from Lee et al. 2008, https://papers.nips.cc/paper/3313. Shapes: B batch, L code
size.
"""

from __future__ import annotations

from typing import Literal

import torch
from torch import Tensor

from aestudio.autoencoders.base import (
    Autoencoder,
    AutoencoderOptions,
    Batch,
    Plan,
    Progress,
    type_option,
)
from aestudio.autoencoders.registry import autoencoder
from aestudio.objectives.sparsity import (
    absolute_sum,
    kl_to_target,
    mean_activation,
    running_mean,
)
from aestudio.options import option


class SparseOptions(AutoencoderOptions):
    """Which penalty keeps most of the code silent, and how strongly."""

    type: Literal["sparse"] = type_option("sparse")
    penalty: Literal["kl", "l1"] = option(
        "kl",
        title="Penalty",
        help="What keeps units silent: 'kl' holds each unit's mean activation near a target and passes the code through a sigmoid, 'l1' charges for every activation and passes it through a relu.",
        hint="kl keeps every unit in use; l1 gives exact zeros.",
        advanced=False,
    )
    weight: float = option(
        5.0,
        title="Sparsity weight",
        help="How strongly the penalty counts beside the reconstruction.",
        hint="1 to 10 for kl, 0.01 to 1 for l1; more if units stay active too often, less if reconstructions blur.",
        advanced=False,
        gt=0.0,
        le=1_000_000.0,
    )
    rho: float = option(
        0.05,
        title="Target activation",
        help="The mean activation that each unit should have over all samples (penalty kl only).",
        hint="0.01 to 0.1.",
        advanced=False,
        gt=0.0,
        lt=1.0,
    )
    running_share: float = option(
        0.0,
        title="Running average",
        help="The share of earlier batches in each unit's mean activation; 0 looks at each batch alone (penalty kl only).",
        hint="0.5 to 0.9 for batches that are smaller than 1 / target; it pulls more slowly, so train longer.",
        ge=0.0,
        lt=1.0,
    )


@autoencoder("sparse")
class Sparse(Autoencoder):
    """Minimises reconstruction + weight * sparsity.

    ``sparsity`` is the sum of the code per sample for ``l1``, and for ``kl`` one number over the
    batch: the sum over units of the divergence of the mean activation from its target.
    """

    options_class = SparseOptions
    title = "Sparse"
    summary = (
        "Allows a long code of which only a few numbers are active for any one sample. "
        "Good for parts and features that can be looked at one by one."
    )
    citation = (
        "Ng 2011, CS294A lecture notes: Sparse autoencoder, "
        "https://web.stanford.edu/class/cs294a/sparseAutoencoder.pdf"
    )
    is_regularised = True

    options: SparseOptions
    mean_activation: Tensor

    def __init__(self, options: SparseOptions, plan: Plan) -> None:
        super().__init__(options, plan)
        # Before anything has been seen, every unit is taken to be on target.
        self.register_buffer("mean_activation", torch.full((self.code_size,), options.rho))

    def encode(self, x: Tensor) -> Tensor:
        """Return the activations (B, L): in (0, 1) with ``kl``, zero or more with ``l1``."""
        sums_BL = self.encoder_output(x)
        return torch.sigmoid(sums_BL) if self.options.penalty == "kl" else torch.relu(sums_BL)

    def terms(self, batch: Batch, progress: Progress) -> dict[str, Tensor]:
        z_BL = self.encode(batch.x)
        output = self.decoder_output(z_BL, teacher=batch.x)
        return {
            "reconstruction": self.reconstruction(output, batch.x, batch.present),
            "sparsity": self._sparsity(z_BL),
        }

    def term_weights(self, progress: Progress) -> dict[str, float]:
        return {"sparsity": self.options.weight}

    def _sparsity(self, z_BL: Tensor) -> Tensor:
        if self.options.penalty == "l1":
            return absolute_sum(z_BL.float())
        mean_L = mean_activation(z_BL)
        # Held-back samples are judged by their own mean.
        if self.training and self.options.running_share > 0:
            mean_L = running_mean(mean_L, self.mean_activation, self.options.running_share)
            # A step that is not finite is not taken, and leaves no trace here either.
            is_finite_L = mean_L.detach().isfinite()
            self.mean_activation.copy_(
                torch.where(is_finite_L, mean_L.detach(), self.mean_activation)
            )
        return kl_to_target(mean_L, self.options.rho)
