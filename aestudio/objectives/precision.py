"""Single precision for formulas that half precision would spoil."""

from __future__ import annotations

from contextlib import AbstractContextManager

import torch
from torch import Tensor


def in_single_precision(x: Tensor) -> AbstractContextManager[object]:
    """Return the context in which matrix products of ``x`` keep their single precision.

    Networks may run in bf16, whose three digits are enough for a layer; differences between
    nearly equal numbers, such as squared distances and covariances, need all seven.
    """
    return torch.autocast(x.device.type, enabled=False)
