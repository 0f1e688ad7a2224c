"""How far one distribution is from another."""

from __future__ import annotations

from torch import Tensor


def kl_to_unit_gaussian(mean_BL: Tensor, log_variance_BL: Tensor) -> Tensor:
    """Return KL(N(mean, variance) || N(0, 1)) in nats, summed over the code, (B,).

    Kingma & Welling 2014, appendix B, https://arxiv.org/abs/1312.6114:
    1/2 sum(mean^2 + variance - 1 - log variance).
    """
    terms = mean_BL.square() + log_variance_BL.exp() - 1.0 - log_variance_BL
    return 0.5 * terms.sum(1)
