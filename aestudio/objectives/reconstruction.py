"""How far a reconstruction is from its original.

Each function returns (B,): summed over the features of a sample, not averaged, so that the terms
of a sample add up like log-likelihoods. Averaging over samples happens once, in the trainer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch.nn.functional as F
from torch import Tensor


def squared_error(output: Tensor, target: Tensor) -> Tensor:
    """Return the sum of (output - target)^2 per sample, (B,).

    Twice the negative log-likelihood of a Gaussian with unit variance, up to a constant.
    """
    return F.mse_loss(output, target, reduction="none").flatten(1).sum(1)


def absolute_error(output: Tensor, target: Tensor) -> Tensor:
    """Return the sum of |output - target| per sample, (B,).

    The negative log-likelihood of a Laplace distribution with unit scale, up to a constant.
    """
    return (output - target).abs().flatten(1).sum(1)


def binary_cross_entropy(logits: Tensor, target: Tensor) -> Tensor:
    """Return the cross-entropy in nats per sample, (B,), from the values before the sigmoid.

    The negative log-likelihood of independent Bernoulli variables, for targets in [0, 1].
    """
    losses = F.binary_cross_entropy_with_logits(logits, target, reduction="none")
    return losses.flatten(1).sum(1)


@dataclass(frozen=True, slots=True)
class ReconstructionLoss:
    """A loss, and what it asks of the data and of the decoder's last activation."""

    function: Callable[[Tensor, Tensor], Tensor]
    takes_logits: bool


RECONSTRUCTION_LOSSES: dict[str, ReconstructionLoss] = {
    "mse": ReconstructionLoss(squared_error, takes_logits=False),
    "l1": ReconstructionLoss(absolute_error, takes_logits=False),
    "bce": ReconstructionLoss(binary_cross_entropy, takes_logits=True),
}
