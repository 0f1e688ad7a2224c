"""What two networks that play against each other minimise, in nats per sample.

Goodfellow et al. 2014, Generative adversarial nets, https://arxiv.org/abs/1406.2661, equation 1,
and its section 3 for the second form of the forger's loss, whose gradient does not vanish while the
judge sees through every forgery. A judge that can only guess makes every term ln 2 = 0.693.
Shapes: B batch.
"""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor


def taken_for_real(logit_B: Tensor) -> Tensor:
    """Return -log p(real), (B,), for a judge's ``logit_B`` = log p(real) / p(forged)."""
    return F.softplus(-logit_B)


def taken_for_forged(logit_B: Tensor) -> Tensor:
    """Return -log p(forged), (B,), for a judge's ``logit_B`` = log p(real) / p(forged)."""
    return F.softplus(logit_B)
