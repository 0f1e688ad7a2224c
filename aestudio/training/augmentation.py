"""Changed copies of samples, so that few pictures teach as much as many.

Shapes: B batch, C channels, H height, W width.
"""

from __future__ import annotations

from dataclasses import replace

import torch

from aestudio.autoencoders.base import Batch
from aestudio.errors import OptionError
from aestudio.networks.noise import NoiseSource

_HEIGHT, _WIDTH = 2, 3
_MIRRORED_AXES: dict[str, tuple[int, ...]] = {
    "none": (),
    "horizontal": (_WIDTH,),
    "both": (_WIDTH, _HEIGHT),
}


def check_flips(flips: str, sample_shape: tuple[int, ...]) -> None:
    """Raise :class:`OptionError` where samples are no pictures (C, H, W) that could be mirrored."""
    if _MIRRORED_AXES[flips] and len(sample_shape) != 3:
        raise OptionError(
            f"only pictures can be mirrored, and the samples have shape {sample_shape}.",
            subject="training.flips",
            next_step="Set training.flips to none.",
        )


def augmented(batch: Batch, flips: str, noise: NoiseSource) -> Batch:
    """Mirror each picture with probability 1/2 along each axis that ``flips`` names."""
    x_BCHW = batch.x
    for axis in _MIRRORED_AXES[flips]:
        is_mirrored_B111 = noise.uniform_like(x_BCHW[:, :1, :1, :1]) < 0.5
        x_BCHW = torch.where(is_mirrored_B111, x_BCHW.flip(axis), x_BCHW)
    return replace(batch, x=x_BCHW)
