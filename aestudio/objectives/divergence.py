"""How far one distribution is from another."""

from __future__ import annotations

import math

from torch import Tensor


def kl_per_dimension(mean_BL: Tensor, log_variance_BL: Tensor) -> Tensor:
    """Return KL(N(mean, variance) || N(0, 1)) in nats for each number of the code, (B, L).

    Kingma & Welling 2014, appendix B, https://arxiv.org/abs/1312.6114:
    1/2 (mean^2 + variance - 1 - log variance).
    """
    return 0.5 * (mean_BL.square() + log_variance_BL.exp() - 1.0 - log_variance_BL)


def kl_to_unit_gaussian(mean_BL: Tensor, log_variance_BL: Tensor) -> Tensor:
    """Return KL(N(mean, variance) || N(0, 1)) in nats, summed over the code, (B,)."""
    return kl_per_dimension(mean_BL, log_variance_BL).sum(1)


def kl_with_free_bits(kl_BL: Tensor, free_nats: float) -> Tensor:
    """Return sum over the code of max(free_nats, mean over the batch of the KL), a scalar.

    Kingma et al. 2016, https://arxiv.org/abs/1606.04934, equation 15, with every number of the
    code as a group of its own: below ``free_nats`` nothing is gained by telling less.
    """
    return kl_BL.mean(0).clamp_min(free_nats).sum()


def capacity_gap(kl_B: Tensor, capacity: float, final_capacity: float) -> Tensor:
    """Return |mean KL - final_capacity|, a scalar whose gradient is that of |mean KL - capacity|.

    Burgess et al. 2018, https://arxiv.org/abs/1804.03599, equation 8, over the mean of a batch. The
    minimised distance is the one to the capacity of this step; the value is the one to the last
    capacity, because only that compares an early epoch fairly with a late one.
    """
    mean = kl_B.mean()
    gap = (mean - capacity).abs()
    return gap + ((mean - final_capacity).abs() - gap).detach()


def gaussian_log_density(x: Tensor, mean: Tensor, log_variance: Tensor) -> Tensor:
    """Return log N(x; mean, variance) of every number, in the shape that the three broadcast to."""
    return -0.5 * (
        math.log(2.0 * math.pi) + log_variance + (x - mean).square() * (-log_variance).exp()
    )
