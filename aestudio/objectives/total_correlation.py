"""The three parts of the divergence: what codes tell, how they hang together, how each is spread.

Chen et al. 2018, "Isolating sources of disentanglement", https://arxiv.org/abs/1802.04942, equation 2:

    mean KL(q(z|x) || p(z)) = I(x; z) + KL(q(z) || prod q(z_l)) + sum KL(q(z_l) || p(z_l))

Shapes: B batch, L code size, G samples of one group.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
from torch import Tensor

from aestudio.objectives.divergence import gaussian_log_density


class KlParts(NamedTuple):
    """The parts in nats, each (B,): one draw per sample, whose means are the estimates."""

    mutual_information: Tensor
    total_correlation: Tensor
    dimension_kl: Tensor


def kl_parts(
    z_BL: Tensor, mean_BL: Tensor, log_variance_BL: Tensor, group_size: int | None = None
) -> KlParts:
    """Split the divergence at the draws ``z``; the parts add up to log q(z|x) - log p(z).

    q(z) is estimated by minibatch-weighted sampling (equation 5) as the mixture of the posteriors
    of a group of about ``group_size`` samples, the whole batch if None. The paper's constant log N is
    left out: it shifts the three reported numbers against each other, but neither their sum nor
    any gradient, and without it a code that tells nothing has 0 for the first two. The estimate
    of the mutual information cannot exceed log G.
    """
    log_prior_B = gaussian_log_density(z_BL, torch.zeros_like(z_BL), torch.zeros_like(z_BL)).sum(1)
    log_posterior_B = gaussian_log_density(z_BL, mean_BL, log_variance_BL).sum(1)
    # Of nearly equal size, because a small rest would be estimated worse than all others.
    num_groups = 1 if group_size is None else max(1, round(len(z_BL) / group_size))
    groups = zip(
        *(x.tensor_split(num_groups) for x in (z_BL, mean_BL, log_variance_BL)), strict=True
    )
    densities = [_log_aggregate(*group) for group in groups]
    log_joint_B = torch.cat([joint for joint, _ in densities])
    log_product_B = torch.cat([product for _, product in densities])
    return KlParts(
        mutual_information=log_posterior_B - log_joint_B,
        total_correlation=log_joint_B - log_product_B,
        dimension_kl=log_product_B - log_prior_B,
    )


def _log_aggregate(z_GL: Tensor, mean_GL: Tensor, log_variance_GL: Tensor) -> tuple[Tensor, Tensor]:
    """Return log q(z) and sum over the code of log q(z_l), both (G,)."""
    # [i, j, l]: the density of draw i under the posterior of sample j.
    log_density_GGL = gaussian_log_density(z_GL[:, None], mean_GL[None], log_variance_GL[None])
    log_count = math.log(len(z_GL))
    log_joint_G = log_density_GGL.sum(2).logsumexp(1) - log_count
    log_product_G = (log_density_GGL.logsumexp(1) - log_count).sum(1)
    return log_joint_G, log_product_G
