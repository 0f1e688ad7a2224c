"""How far a code is from having only a few active numbers. Shapes: B batch, L code size."""

from __future__ import annotations

import torch
from torch import Tensor

#: Mean activations are kept this far from 0 and 1, where the divergence is infinite.
_MARGIN = 1e-6


def absolute_sum(activation_BL: Tensor) -> Tensor:
    """Return the sum of |activation| over the code per sample, (B,).

    The L1 penalty of sparse coding: Olshausen & Field 1996, Nature 381,
    https://doi.org/10.1038/381607a0; up to a constant the negative log-likelihood of a Laplace
    prior.
    """
    return activation_BL.abs().sum(1)


def mean_activation(activation_BL: Tensor) -> Tensor:
    """Return each unit's mean activation over the batch, (L,), in single precision."""
    return activation_BL.float().mean(0)


def running_mean(mean_L: Tensor, running_L: Tensor, share: float) -> Tensor:
    """Return ``share`` of the running mean of earlier batches and the rest of this batch's, (L,).

    An estimate over about 1 / (1 - share) batches, as in the first version of Ng's CS294A notes,
    https://web.stanford.edu/class/cs294a/sparseAutoencoder.pdf. Its gradient is that of this
    batch's part: to pass on the whole gradient would push on for as long as the estimate lags
    behind, and makes the means swing. ``running_L`` is not changed in place.
    """
    return torch.lerp(mean_L, running_L, share)


def kl_to_target(mean_L: Tensor, rho: float) -> Tensor:
    """Return the sum over units of KL(rho || mean activation) in nats, a scalar.

    rho log(rho / m) + (1 - rho) log((1 - rho) / (1 - m)), the divergence of two Bernoulli variables,
    for means in (0, 1); it exists over a batch only. Lee et al. 2008, Sparse deep belief net model
    for visual area V2, https://papers.nips.cc/paper/3313, ask for the same target by squares; the
    divergence is that of Ng's notes (see :func:`running_mean`), section 3.
    """
    m_L = mean_L.clamp(_MARGIN, 1 - _MARGIN)
    target_L = torch.full_like(m_L, rho)
    active_L = torch.xlogy(target_L, target_L / m_L)
    silent_L = torch.xlogy(1 - target_L, (1 - target_L) / (1 - m_L))
    return (active_L + silent_L).sum()


def largest_of_each(number_BL: Tensor, k: int) -> Tensor:
    """Return the k largest numbers of each row in their places, and zeros, (B, L).

    Makhzani & Frey 2014, https://arxiv.org/abs/1312.5663, section 2.1.
    """
    values_Bk, places_Bk = number_BL.topk(k, dim=1)
    return torch.zeros_like(number_BL).scatter(1, places_Bk, values_Bk)


def largest_of_batch(number_BL: Tensor, k: int) -> Tensor:
    """Return the k * B largest numbers of all B rows in their places, and zeros, (B, L).

    Bussmann et al. 2024, https://arxiv.org/abs/2412.06410, section 2.
    """
    flat = number_BL.flatten()
    values, places = flat.topk(k * len(number_BL))
    return torch.zeros_like(flat).scatter(0, places, values).view_as(number_BL)
