"""Ways to damage samples, so that a network can learn to repair them.

Each function takes samples in model scale, (B, *shape), a strength per sample, (B,), and a source of
noise, and returns damaged samples of the same shape in model scale; strength 0 changes nothing.
Nothing is clipped: noise may leave the range of the data. Vincent et al. 2010, JMLR 11, section 3.3,
https://jmlr.org/papers/v11/vincent10a.html, for Gaussian noise, masking, and salt and pepper.

Shapes: B batch, C channels, H height, W width, T time; pictures (B, C, H, W), sequences (B, T, C).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import torch
from torch import Tensor

#: Finer light than this is noise below a thousandth of full brightness, and costs exact counting.
_FINEST_LIGHT = 1e-3
#: Blurs narrower than this many pixels reach no neighbour.
_NARROWEST_BLUR = 1e-3


class Noise(Protocol):
    """Where random numbers come from."""

    def normal_like(self, x: Tensor) -> Tensor: ...
    def uniform_like(self, x: Tensor) -> Tensor: ...
    def poisson(self, rate: Tensor) -> Tensor: ...


def gaussian(x: Tensor, strength_B: Tensor, noise: Noise) -> Tensor:
    """Add normal noise; strength is its standard deviation in model scale."""
    return torch.addcmul(x, _per_sample(strength_B, x), noise.normal_like(x))


def salt_and_pepper(x: Tensor, strength_B: Tensor, noise: Noise) -> Tensor:
    """Replace a share of the numbers by 0 or 1, a fair coin deciding; strength is that share.

    Each number is replaced independently of the others. For data in [0, 1].
    """
    share = _per_sample(strength_B, x)
    chance = noise.uniform_like(x)
    return torch.where(chance < share, (chance < 0.5 * share).to(x.dtype), x)


def masking(x: Tensor, strength_B: Tensor, noise: Noise) -> Tensor:
    """Set a share of the numbers to 0, each independently; strength is that share.

    In model scale 0 is black, or the mean of a standardised feature.
    """
    return x * (noise.uniform_like(x) >= _per_sample(strength_B, x))


def masked_columns(
    x_BM: Tensor,
    strength_B: Tensor,
    noise: Noise,
    columns: Sequence[tuple[int, int]],
    fill: Sequence[float],
) -> Tensor:
    """Take a share of the cells of rows away, each independently; strength is that share.

    ``columns`` says from where to where each one reaches in a row, ``fill``, (M,), what a model is
    shown where a cell is missing: a category that is taken away is a missing one.
    """
    widths_D = torch.tensor([stop - start for start, stop in columns], device=x_BM.device)
    chance_BD = noise.uniform_like(x_BM.new_empty(len(x_BM), len(columns)))
    is_lost_BM = (chance_BD < strength_B[:, None]).repeat_interleave(widths_D, 1)
    return torch.where(is_lost_BM, torch.tensor(fill, device=x_BM.device), x_BM)


def speckle(x: Tensor, strength_B: Tensor, noise: Noise) -> Tensor:
    """Add normal noise in proportion to each number; strength is the standard deviation at 1."""
    return x + x * _per_sample(strength_B, x) * noise.normal_like(x)


def poisson(x: Tensor, strength_B: Tensor, noise: Noise) -> Tensor:
    """Count light particles; strength is the standard deviation of the result where x is 1.

    A pixel of brightness x receives Poisson(x / strength^2) particles, each worth strength^2: its
    mean stays x and its variance is strength^2 x, as in a camera. For data in [0, 1].
    """
    strength = _per_sample(strength_B, x)
    worth = strength.clamp(min=_FINEST_LIGHT).square()
    counted = noise.poisson(x.clamp(min=0.0) / worth) * worth
    return torch.where(strength > 0, counted, x)


def missing_block(x: Tensor, strength_B: Tensor, noise: Noise) -> Tensor:
    """Set one block at a random place to 0 in all channels; strength is its share of the sample.

    Of a picture, a rectangle of the picture's proportions; of a sequence, a stretch of time. Sides
    are rounded to whole pixels or steps.
    """
    if x.dim() == 4:
        side_B = strength_B.sqrt()
        is_lost_BHW = (
            _stretch(side_B, x, 2, noise)[:, :, None] & _stretch(side_B, x, 3, noise)[:, None]
        )
        return x * ~is_lost_BHW[:, None]
    return x * ~_stretch(strength_B, x, 1, noise)[:, :, None]


def blur(x_BCHW: Tensor, strength_B: Tensor, noise: Noise) -> Tensor:
    """Blur pictures by a Gaussian; strength is its standard deviation in pixels.

    Near the border the weights of the pixels that there are add up to 1; draws no random numbers.
    """
    # One multiplication by a matrix each way gives every sample a kernel of its own width. It runs
    # in single precision even where the network does not: steps of bf16 would be visible.
    with torch.autocast(x_BCHW.device.type, enabled=False):
        down_B1HH = _blur_matrix(strength_B, x_BCHW, 2)
        across_B1WW = _blur_matrix(strength_B, x_BCHW, 3)
        return down_B1HH @ x_BCHW @ across_B1WW.transpose(2, 3)


def _per_sample(strength_B: Tensor, x: Tensor) -> Tensor:
    return strength_B.reshape(-1, *[1] * (x.dim() - 1))


def _stretch(share_B: Tensor, x: Tensor, axis: int, noise: Noise) -> Tensor:
    """Return which places along ``axis`` are lost, (B, S): one stretch each, anywhere it fits."""
    size = x.shape[axis]
    length_B = (share_B * size).round()
    first_B = (noise.uniform_like(length_B) * (size - length_B + 1)).floor()
    place_S = torch.arange(size, device=x.device)
    return (place_S >= first_B[:, None]) & (place_S < (first_B + length_B)[:, None])


def _blur_matrix(strength_B: Tensor, x_BCHW: Tensor, axis: int) -> Tensor:
    """Return weights (B, 1, S, S) whose rows add up to 1, S being the size along ``axis``."""
    place_S = torch.arange(x_BCHW.shape[axis], device=x_BCHW.device, dtype=x_BCHW.dtype)
    distance_SS = place_S[:, None] - place_S
    width_B11 = strength_B.clamp(min=_NARROWEST_BLUR)[:, None, None]
    return torch.softmax(-0.5 * (distance_SS / width_B11).square(), dim=2)[:, None]
