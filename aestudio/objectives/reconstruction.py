"""How far a reconstruction is from its original.

Each function returns (B,): summed over the features of a sample, not averaged, so that the terms
of a sample add up like log-likelihoods. Averaging over samples happens once, in the trainer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import torch.nn.functional as F
from torch import Tensor

from aestudio.objectives.categorical import categorical_cross_entropy
from aestudio.objectives.structural_similarity import structural_similarity

#: The share of structural similarity in the mixed loss, against that of the absolute error.
SSIM_SHARE = 0.84


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


def huber_error(output: Tensor, target: Tensor, delta: float = 0.1) -> Tensor:
    """Return Huber's loss per sample, (B,), summed over features.

    Half the squared error e up to ``delta``, and delta * (|e| - delta / 2) beyond. Huber 1964,
    https://doi.org/10.1214/aoms/1177703732, equation 4.
    """
    return F.huber_loss(output, target, reduction="none", delta=delta).flatten(1).sum(1)


def ssim_mixed_error(output_BCHW: Tensor, target_BCHW: Tensor) -> Tensor:
    """Return 0.84 (1 - SSIM) + 0.16 mean |output - target| per picture, (B,), times its features.

    Zhao, Gallo, Frosio & Kautz 2017, https://doi.org/10.1109/TCI.2016.2644865, equation 14, at one
    scale and without the weighting of the absolute error by the window. Similarity is a mean over
    the picture; multiplied by the number of features it weighs as much as a sum over them.
    """
    num_features = output_BCHW[0].numel()
    dissimilarity = 1 - structural_similarity(output_BCHW, target_BCHW)
    absolute = absolute_error(output_BCHW, target_BCHW)
    return SSIM_SHARE * num_features * dissimilarity + (1 - SSIM_SHARE) * absolute


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
    takes_logits: bool = False
    needs_unit_interval: bool = False
    needs_pictures: bool = False
    #: Whether samples are tokens: one symbol at each step, which no other loss can compare.
    needs_tokens: bool = False


RECONSTRUCTION_LOSSES: dict[str, ReconstructionLoss] = {
    "mse": ReconstructionLoss(squared_error),
    "l1": ReconstructionLoss(absolute_error),
    "huber": ReconstructionLoss(huber_error),
    "bce": ReconstructionLoss(binary_cross_entropy, takes_logits=True, needs_unit_interval=True),
    "ssim_mixed": ReconstructionLoss(
        ssim_mixed_error, needs_unit_interval=True, needs_pictures=True
    ),
    "categorical": ReconstructionLoss(
        categorical_cross_entropy, takes_logits=True, needs_tokens=True
    ),
}


def reconstruction_loss(
    name: str, huber_delta: float, padding: int | None = None
) -> ReconstructionLoss:
    """Return a loss by its name.

    ``huber_delta`` is where Huber's stops squaring, ``padding`` the symbol that fills up.
    """
    loss = RECONSTRUCTION_LOSSES[name]
    if name == "categorical":
        return replace(loss, function=partial(categorical_cross_entropy, padding=padding))
    if name == "huber":
        return replace(loss, function=partial(huber_error, delta=huber_delta))
    return loss
