"""The running average of the weights, which is often better than the weights themselves.

Polyak & Juditsky 1992, https://doi.org/10.1137/0330046, in the exponential form of Tarvainen &
Valpola 2017, https://arxiv.org/abs/1703.01780, section 2.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping

import torch
from torch import Tensor, nn


class WeightAverage:
    """Follows the weights of a module, and takes their place while the module is looked at.

    After step t, average += (1 - d) (weights - average) with d = min(decay, (1 + t) / (10 + t)):
    an average of few steps must not remember the first weights. Running statistics are averaged like
    weights; whole numbers are those of the module. A decay of 0 does nothing at all.
    """

    def __init__(self, module: nn.Module, decay: float) -> None:
        self._module = module
        self._decay = decay
        self._average: dict[str, Tensor] = {}
        if decay > 0:
            self.restore({})

    def update(self, step: int, failed: Tensor) -> None:
        """Follow the step just taken, the ``step``-th from 0, unless ``failed`` is 1.0."""
        if not self._average:
            return
        decay = min(self._decay, (1 + step) / (10 + step))
        share = (1 - failed) * (1 - decay)
        with torch.no_grad():
            for name, now in self._module.state_dict().items():
                if name in self._average:
                    self._average[name].lerp_(now, share.to(now.dtype))

    @contextlib.contextmanager
    def in_place(self) -> Iterator[None]:
        """Give the module the averaged weights for the length of the block."""
        if not self._average:
            yield
            return
        own = {name: self._module.state_dict()[name].clone() for name in self._average}
        self._put(self._average)
        try:
            yield
        finally:
            self._put(own)

    def weights(self) -> dict[str, Tensor]:
        """Return the averaged state dict; empty when nothing is averaged."""
        if not self._average:
            return {}
        return {**self._module.state_dict(), **self._average}

    def restore(self, weights: Mapping[str, Tensor]) -> None:
        """Go on from what :meth:`weights` gave; from the module's own weights without them."""
        if self._decay > 0:
            self._average = {
                name: weights.get(name, value).detach().clone()
                for name, value in self._module.state_dict().items()
                if value.is_floating_point()
            }

    @torch.no_grad()
    def _put(self, weights: Mapping[str, Tensor]) -> None:
        state = self._module.state_dict()
        for name, value in weights.items():
            state[name].copy_(value)
