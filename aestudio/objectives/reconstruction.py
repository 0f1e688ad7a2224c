"""How far a reconstruction is from its original.

Each function returns (B,): summed over the features of a sample, not averaged, so that the terms
of a sample add up like log-likelihoods. Averaging over samples happens once, in the trainer.

Where values are missing, ``present`` says which are there, as True, in the form of the target; only
these are summed. Nothing is scaled up to make good for the others, so that every value that is there
weighs the same, in full samples and in nearly empty ones: the likelihood of what has been observed
(Nazabal et al. 2020, https://arxiv.org/abs/1807.03653, equation 4).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import Protocol

import torch
import torch.nn.functional as F
from torch import Tensor

from aestudio.objectives.categorical import categorical_cross_entropy
from aestudio.objectives.structural_similarity import structural_similarity

#: The share of structural similarity in the mixed loss, against that of the absolute error.
SSIM_SHARE = 0.84


def summed(losses: Tensor, present: Tensor | None = None) -> Tensor:
    """Return the sum over the features of each sample, (B,), of those that are there."""
    if present is not None:
        losses = torch.where(present, losses, 0.0)
    return losses.sum(tuple(range(1, losses.dim())))


def squared_error(output: Tensor, target: Tensor, present: Tensor | None = None) -> Tensor:
    """Return the sum of (output - target)^2 per sample, (B,).

    Twice the negative log-likelihood of a Gaussian with unit variance, up to a constant.
    """
    return summed(F.mse_loss(output, target, reduction="none"), present)


def absolute_error(output: Tensor, target: Tensor, present: Tensor | None = None) -> Tensor:
    """Return the sum of |output - target| per sample, (B,).

    The negative log-likelihood of a Laplace distribution with unit scale, up to a constant.
    """
    return summed((output - target).abs(), present)


def huber_error(
    output: Tensor, target: Tensor, present: Tensor | None = None, delta: float = 0.1
) -> Tensor:
    """Return Huber's loss per sample, (B,), summed over features.

    Half the squared error e up to ``delta``, and delta * (|e| - delta / 2) beyond. Huber 1964,
    https://doi.org/10.1214/aoms/1177703732, equation 4.
    """
    return summed(F.huber_loss(output, target, reduction="none", delta=delta), present)


def ssim_mixed_error(
    output_BCHW: Tensor, target_BCHW: Tensor, present: Tensor | None = None
) -> Tensor:
    """Return 0.84 (1 - SSIM) + 0.16 mean |output - target| per picture, (B,), times its features.

    Zhao, Gallo, Frosio & Kautz 2017, https://doi.org/10.1109/TCI.2016.2644865, equation 14, at one
    scale and without the weighting of the absolute error by the window. Similarity is a mean over
    the picture; multiplied by the number of features it weighs as much as a sum over them. A missing
    pixel is taken to be what was drawn for it, since a window cannot leave out single pixels.
    """
    if present is not None:
        target_BCHW = torch.where(present, target_BCHW, output_BCHW.detach())
    num_features = output_BCHW[0].numel()
    dissimilarity = 1 - structural_similarity(output_BCHW, target_BCHW)
    absolute = absolute_error(output_BCHW, target_BCHW)
    return SSIM_SHARE * num_features * dissimilarity + (1 - SSIM_SHARE) * absolute


def binary_cross_entropy(logits: Tensor, target: Tensor, present: Tensor | None = None) -> Tensor:
    """Return the cross-entropy in nats per sample, (B,), from the values before the sigmoid.

    The negative log-likelihood of independent Bernoulli variables, for targets in [0, 1].
    """
    return summed(F.binary_cross_entropy_with_logits(logits, target, reduction="none"), present)


class LossFunction(Protocol):
    """(output, target, what of it is there: all if None) -> (B,)."""

    def __call__(
        self, output: Tensor, target: Tensor, present: Tensor | None = None, /
    ) -> Tensor: ...


@dataclass(frozen=True, slots=True)
class ReconstructionLoss:
    """A loss, and what it asks of the data and of the decoder's last activation."""

    function: LossFunction
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
