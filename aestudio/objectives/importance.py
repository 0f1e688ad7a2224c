"""A bound on how probable a sample is, from several draws of its code.

Burda, Grosse & Salakhutdinov 2016, https://arxiv.org/abs/1509.00519. Shapes: K draws, B batch, L
code size.
"""

from __future__ import annotations

import math

from torch import Tensor


def log_prior_ratio(z_KBL: Tensor, noise_KBL: Tensor, log_variance_BL: Tensor) -> Tensor:
    """Return log p(z) - log q(z|x) of every draw, (K, B), for the prior N(0, 1).

    ``noise`` is what the draws were made of: z = mean + noise * deviation. Its square is the squared
    distance from the mean in deviations, and the constants of both densities cancel.
    """
    return 0.5 * (noise_KBL.square() + log_variance_BL - z_KBL.square()).sum(2)


def importance_weighted_bound(log_weight_KB: Tensor) -> Tensor:
    """Return log of the mean of the importance weights, (B,): equation 8 of the paper.

    ``log_weight`` is log p(x|z) + log p(z) - log q(z|x). One draw gives the evidence lower bound;
    more draws never lower its expectation.
    """
    return log_weight_KB.logsumexp(0) - math.log(len(log_weight_KB))
