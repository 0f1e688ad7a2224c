"""The k-sparse autoencoder: the k largest numbers of a long code are kept, all others are zero.

Makhzani & Frey 2014, k-sparse autoencoders, https://arxiv.org/abs/1312.5663; over a whole batch:
Bussmann et al. 2024, BatchTopK, https://arxiv.org/abs/2412.06410; the revival of units that never
win: Gao et al. 2024, Scaling and evaluating sparse autoencoders, https://arxiv.org/abs/2406.04093,
appendix A.2. Shapes: B batch, L code size.
"""

from __future__ import annotations

import math
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
from aestudio.errors import OptionError
from aestudio.objectives.sparsity import largest_of_batch, largest_of_each
from aestudio.options import option

#: Without a choice, one number in ten is kept.
_CODE_PER_KEPT = 10
#: The share of the latest batch in the running threshold, once there have been enough batches.
_LATEST_SHARE = 0.01


class TopKOptions(AutoencoderOptions):
    """How many numbers of the code are kept, and what is done for those that never are."""

    type: Literal["top_k"] = type_option("top_k")
    k: int = option(
        0,
        title="Kept numbers",
        help="How many numbers of the code are kept of each sample; 0 keeps a tenth of the code, at least one.",
        hint="5 to 50 of a code of 100 to 1000.",
        advanced=False,
        ge=0,
        le=65536,
    )
    mode: Literal["per_sample", "batch"] = option(
        "per_sample",
        title="Choice",
        help="Whether each sample keeps its own k largest, or a batch of B samples the k * B largest of all, so that rich samples may use more than plain ones; outside training a threshold then decides.",
        hint="batch reconstructs a little better with the same mean number.",
    )
    dead_after: int = option(
        500,
        title="Dead after",
        help="After how many steps without being kept once a unit counts as dead and is helped.",
        hint="About one pass over the data.",
        unit="steps",
        ge=1,
        le=1_000_000_000,
    )
    revived_at_once: int = option(
        32,
        title="Revived at once",
        help="How many dead units at most, the strongest first, help with each sample to draw what the kept ones have missed.",
        hint="About twice the kept numbers.",
        ge=1,
        le=65536,
    )
    revival_weight: float = option(
        1 / 32,
        title="Revival weight",
        help="How strongly what dead units have left undone counts beside the reconstruction; 0 leaves them dead.",
        hint="0.03, as published; 0.3 if many units stay unused.",
        ge=0.0,
        le=1000.0,
    )


@autoencoder("top_k")
class TopK(Autoencoder):
    """Minimises reconstruction + revival_weight * revival.

    ``revival`` is the reconstruction loss, per sample, when dead units add their strongest numbers
    to the code, with the numbers that were kept held fixed: with squared error and a linear decoder
    this is the published auxiliary loss, the squared distance between the residual error and what
    the dead units make of it. It is zero while no unit is dead, and outside training.
    """

    options_class = TopKOptions
    title = "Top-k"
    summary = (
        "Keeps only the few largest numbers of a long code and sets all others to zero. "
        "Good for features with a sparsity that is set directly, without a weight to search for."
    )
    citation = "Makhzani & Frey 2014, k-sparse autoencoders, https://arxiv.org/abs/1312.5663"
    is_regularised = True
    reads_code_as_a_whole = True

    options: TopKOptions
    idle_steps: Tensor
    threshold: Tensor
    num_thresholds: Tensor

    def __init__(self, options: TopKOptions, plan: Plan) -> None:
        self.k = _checked_k(options, plan)
        super().__init__(options, plan)
        #: Steps since each unit was last kept, (L,).
        self.register_buffer("idle_steps", torch.zeros(self.code_size, dtype=torch.int64))
        #: Running mean of the smallest number kept of a batch, and of how many batches.
        self.register_buffer("threshold", torch.zeros(()))
        self.register_buffer("num_thresholds", torch.zeros(()))

    @property
    def is_dead(self) -> Tensor:
        """Which units have not been kept for a long time, (L,)."""
        return self.idle_steps >= self.options.dead_after

    def encode(self, x: Tensor) -> Tensor:
        """Return the kept numbers and zeros, (B, L); no sample's code depends on another sample."""
        return self._keep(self._all_numbers(x))

    def terms(self, batch: Batch, progress: Progress) -> dict[str, Tensor]:
        all_BL = self._all_numbers(batch.x)
        if not self.training:
            z_BL = self._keep(all_BL)
        elif self.options.mode == "batch":
            z_BL = largest_of_batch(all_BL, self.k)
        else:
            z_BL = largest_of_each(all_BL, self.k)
        output = self.decoder_output(z_BL, teacher=batch.x)
        terms = {"reconstruction": self.reconstruction(output, batch.x, batch.present)}
        terms["revival"] = self._revival(all_BL, z_BL, batch, progress.step)
        if self.training:
            self._watch(z_BL.detach())
        return terms

    def term_weights(self, progress: Progress) -> dict[str, float]:
        return {"revival": self.options.revival_weight}

    def _all_numbers(self, x: Tensor) -> Tensor:
        # In half precision many numbers would be equally large.
        return self.encoder_output(x).float()

    def _keep(self, all_BL: Tensor) -> Tensor:
        if self.options.mode == "per_sample":
            return largest_of_each(all_BL, self.k)
        return torch.where(all_BL >= self.threshold, all_BL, 0.0)

    def _revival(self, all_BL: Tensor, z_BL: Tensor, batch: Batch, step: int) -> Tensor:
        if not (self.training and self.options.revival_weight > 0 and self._may_be_dead(step)):
            return torch.zeros(len(batch.x), device=batch.x.device)
        is_dead_L = self.is_dead
        of_dead_BL = torch.where(is_dead_L, all_BL, -torch.inf)
        strongest_BL = largest_of_each(
            of_dead_BL, min(self.options.revived_at_once, self.code_size)
        )
        # Fewer may be dead than can be helped.
        helping_BL = torch.where(is_dead_L, strongest_BL, 0.0)
        output = self.decoder_output(z_BL.detach() + helping_BL, teacher=batch.x)
        error_B = self.reconstruction(output, batch.x, batch.present)
        return torch.where(is_dead_L.any(), error_B, 0.0)

    def _may_be_dead(self, step: int) -> bool:
        """Whether a unit can be dead, as far as that is known without a wait for the device.

        Where none is, a pass of the decoder is saved: a third of a step.
        """
        if step < self.options.dead_after:
            return False
        return self.idle_steps.device.type != "cpu" or bool(self.is_dead.any())

    @torch.no_grad()
    def _watch(self, z_BL: Tensor) -> None:
        """Count the steps for which units have been silent, and follow the threshold."""
        is_kept_BL = z_BL != 0
        self.idle_steps.add_(1).masked_fill_(is_kept_BL.any(0), 0)
        if self.options.mode == "batch":
            smallest = torch.where(is_kept_BL, z_BL, torch.inf).amin()
            # A step that is not finite is not taken, and leaves no trace here either.
            smallest = torch.where(smallest.isfinite(), smallest, self.threshold)
            self.num_thresholds += 1
            # A plain mean at first; the zero that it begins with counts for nothing.
            share = (1 / self.num_thresholds).clamp_min(_LATEST_SHARE)
            self.threshold.lerp_(smallest, share)


def _checked_k(options: TopKOptions, plan: Plan) -> int:
    code_size, num_features = plan.network.code_size, math.prod(plan.sample_shape)
    k = options.k or max(1, code_size // _CODE_PER_KEPT)
    if k > code_size:
        raise OptionError(
            f"{k:,} numbers cannot be kept of a code of {code_size:,}.",
            subject="autoencoder.k",
            next_step=f"Set autoencoder.k to at most {code_size:,}, or network.code_size to more.",
        )
    if k >= num_features:
        raise OptionError(
            f"a sample has {num_features:,} numbers and {k:,} would be kept: the network could "
            "copy its input and would learn nothing about it.",
            subject="autoencoder.k",
            next_step="Keep fewer numbers than a sample has.",
        )
    return k
