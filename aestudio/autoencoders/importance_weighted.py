"""The importance-weighted autoencoder: several draws of each code make a tighter bound.

Burda, Grosse & Salakhutdinov 2016, Importance Weighted Autoencoders,
https://arxiv.org/abs/1509.00519. Shapes: K draws, B batch, L code size.
"""

from __future__ import annotations

from typing import Literal

import torch
from torch import Tensor

from aestudio.autoencoders.base import Batch, Progress, type_option
from aestudio.autoencoders.gaussian_code import GaussianCode, GaussianCodeOptions
from aestudio.autoencoders.registry import autoencoder
from aestudio.objectives.divergence import kl_to_unit_gaussian
from aestudio.objectives.importance import importance_weighted_bound, log_prior_ratio
from aestudio.options import option


class ImportanceWeightedOptions(GaussianCodeOptions):
    """How many draws are compared."""

    type: Literal["importance_weighted"] = type_option("importance_weighted")
    num_draws: int = option(
        5,
        title="Draws",
        help="How many codes of each cloud are decoded in every step; 1 is the variational type.",
        hint="5 to 50; each draw costs one more pass through the decoder.",
        advanced=False,
        ge=1,
        le=1000,
    )


@autoencoder("importance_weighted")
class ImportanceWeighted(GaussianCode):
    """Minimises ``bound``, the negative importance-weighted bound of each sample.

    ``reconstruction``, the mean over the draws, and ``kl`` are reported and weigh nothing. With a
    likelihood the bound is in nats; with a loss it is so up to the loss's constants.
    """

    options_class = ImportanceWeightedOptions
    title = "Importance weighted"
    summary = (
        "A variational autoencoder that judges each sample by the best of several draws of its code. "
        "Good for a high likelihood and for codes that use more of their numbers."
    )
    citation = (
        "Burda et al. 2016, Importance Weighted Autoencoders, https://arxiv.org/abs/1509.00519"
    )

    options: ImportanceWeightedOptions

    def terms(self, batch: Batch, progress: Progress) -> dict[str, Tensor]:
        labels = self.shown_labels(batch)
        mean_BL, log_variance_BL = self.posterior(batch.x, labels)
        noise_KBL = self.noise.normal_like(mean_BL.expand(self.options.num_draws, -1, -1))
        z_KBL = torch.addcmul(mean_BL, noise_KBL, (0.5 * log_variance_BL).exp())
        # All draws in one pass while learning; batches of validation are large, so one by one.
        draws_at_once = self.options.num_draws if self.training else 1
        loss_KB = torch.cat(
            [self._losses(part, batch, labels) for part in z_KBL.split(draws_at_once)]
        )
        log_weight_KB = log_prior_ratio(z_KBL, noise_KBL, log_variance_BL) - loss_KB
        return {
            "reconstruction": loss_KB.detach().mean(0),
            "kl": kl_to_unit_gaussian(mean_BL, log_variance_BL),
            "bound": -importance_weighted_bound(log_weight_KB),
        }

    def term_weights(self, progress: Progress) -> dict[str, float]:
        return {"reconstruction": 0.0, "kl": 0.0}

    def _losses(self, z_KBL: Tensor, batch: Batch, labels: Tensor | None) -> Tensor:
        """Return the reconstruction term of every draw, (K, B)."""
        num_draws = len(z_KBL)
        target = _repeated(batch.x, num_draws)
        present = None if batch.present is None else _repeated(batch.present, num_draws)
        if labels is not None:
            labels = labels.expand(num_draws, -1).flatten()
        output = self.decoder_output(z_KBL.flatten(0, 1), target, labels)
        return self.reconstruction(output, target, present).reshape(num_draws, -1)


def _repeated(x: Tensor, times: int) -> Tensor:
    r"""Return (B, \*shape) several times behind each other, (times * B, \*shape)."""
    return x.expand(times, *x.shape).flatten(0, 1)
