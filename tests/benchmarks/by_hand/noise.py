"""Where the random numbers come from: torch itself, or whatever is compared with."""

from __future__ import annotations

from typing import Protocol

import torch
from torch import Tensor


class Noise(Protocol):
    def normal_like(self, x: Tensor) -> Tensor: ...
    def uniform_like(self, x: Tensor) -> Tensor: ...


class TorchNoise:
    def normal_like(self, x: Tensor) -> Tensor:
        return torch.randn_like(x)

    def uniform_like(self, x: Tensor) -> Tensor:
        return torch.rand_like(x)
