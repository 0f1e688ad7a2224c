"""How surprising the true symbols are to what the decoder expects at each step.

Shapes: B batch, T time, V symbols.
"""

from __future__ import annotations

import torch
from torch import Tensor


def categorical_cross_entropy(
    logits_BTV: Tensor,
    target_BTV: Tensor,
    present: Tensor | None = None,
    padding: int | None = None,
) -> Tensor:
    """Return the cross-entropy in nats per sample, (B,), summed over steps.

    The negative log-likelihood of independent categorical variables given the code, for one-hot
    targets. A ``padding`` behind another one counts for nothing: the first says where a sample
    ends, the others only fill it up. Symbols that are not ``present``, (B, T, V), count for nothing
    either.
    """
    if present is not None:
        target_BTV = target_BTV * present
    # As one operation: a product that is summed afterwards is written and read again for all symbols.
    nats_BT: Tensor = -torch.linalg.vecdot(target_BTV, torch.log_softmax(logits_BTV, dim=2))
    if padding is not None:
        nats_BT = nats_BT * counted_steps(target_BTV, padding)
    return nats_BT.sum(1)


def counted_steps(target_BTV: Tensor, padding: int) -> Tensor:
    """Return 1 for each step that counts and 0 for each padding behind another, (B, T)."""
    is_padding_BT = target_BTV[:, :, padding]
    before_BT = torch.nn.functional.pad(is_padding_BT[:, :-1], (1, 0))
    return 1 - is_padding_BT * before_BT
