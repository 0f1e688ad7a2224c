"""Randomness that depends on the seed and the step alone.

Every random number that training draws comes from here. Because the generator is set anew from
(seed, step) before each step, a run that is resumed at step s draws what an uninterrupted run
draws at step s, and no generator state has to be saved.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

_MASK_64 = (1 << 64) - 1


def mix(seed: int, step: int) -> int:
    """Spread (seed, step) over 63 bits: SplitMix64 (Steele et al. 2014, OOPSLA, fig. 15)."""
    z = (seed * 0x9E3779B97F4A7C15 + step * 0xD1B54A32D192ED03 + 0x9E3779B97F4A7C15) & _MASK_64
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & _MASK_64
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & _MASK_64
    return (z ^ (z >> 31)) >> 1


class NoiseSource:
    """Draws noise on the device of the tensor it is asked for."""

    def __init__(self) -> None:
        self._state = (0, 0)
        self._generators: dict[torch.device, torch.Generator] = {}

    def reseed(self, seed: int, step: int) -> None:
        """Make all following draws a function of (seed, step)."""
        self._state = (seed, step)
        for generator in self._generators.values():
            generator.manual_seed(mix(seed, step))

    def normal_like(self, x: Tensor) -> Tensor:
        """Return standard normal numbers of the shape, type and device of ``x``."""
        return torch.randn(
            x.shape, generator=self._generator(x.device), device=x.device, dtype=x.dtype
        )

    def uniform_like(self, x: Tensor) -> Tensor:
        """Return numbers uniform in [0, 1) of the shape, type and device of ``x``."""
        return torch.rand(
            x.shape, generator=self._generator(x.device), device=x.device, dtype=x.dtype
        )

    def poisson(self, rate: Tensor) -> Tensor:
        """Return a Poisson number of each mean in ``rate``, in its shape, type and device."""
        return torch.poisson(rate, generator=self._generator(rate.device))

    def _generator(self, device: torch.device) -> torch.Generator:
        generator = self._generators.get(device)
        if generator is None:
            generator = torch.Generator(device)
            generator.manual_seed(mix(*self._state))
            self._generators[device] = generator
        return generator


class SeededDropout(nn.Module):
    """Dropout that draws its mask from a :class:`NoiseSource`.

    Srivastava et al. 2014, JMLR 15, https://jmlr.org/papers/v15/srivastava14a.html (scaled while
    training, so that nothing has to be scaled afterwards).
    """

    def __init__(self, rate: float, noise: NoiseSource) -> None:
        super().__init__()
        self.rate = rate
        self._noise = noise

    def forward(self, x: Tensor) -> Tensor:
        if not self.training:
            return x
        keep = self._noise.uniform_like(x) >= self.rate
        return x * keep / (1.0 - self.rate)
