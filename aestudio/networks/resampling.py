"""How a convolutional network halves pictures on the way down and doubles them on the way up.

Odd sides are exact in both directions: s becomes ceil(s / 2), and that becomes s again.
Shapes: B batch, C channels, H height, W width.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch.nn.functional as F
from torch import Tensor, nn

from aestudio.networks.options import NetworkOptions


@dataclass(frozen=True, slots=True)
class Level:
    """One step of the way: channels and side lengths before and after halving."""

    num_fine: int
    num_coarse: int
    #: None where sides are always even, so that doubling has nothing to cut off.
    fine_sides: tuple[int, int] | None = None


class Doubling(nn.Module):
    """Repeats each pixel two by two and cuts what is too much off the far edges, if anything."""

    def __init__(self, sides: tuple[int, int] | None) -> None:
        super().__init__()
        self.sides = sides

    def forward(self, x: Tensor) -> Tensor:
        doubled = F.interpolate(x, scale_factor=2.0, mode="nearest")
        if self.sides is None:
            return doubled
        height, width = self.sides
        return doubled[:, :, :height, :width]


def filters(num_in: int, num_out: int, kernel_size: int, stride: int = 1) -> nn.Conv2d:
    """Return a convolution that keeps height and width, or halves them with a stride of 2."""
    return nn.Conv2d(num_in, num_out, kernel_size, stride, (kernel_size - 1) // 2)


def pooling(options: NetworkOptions) -> list[nn.Module]:
    """Return what halves a picture after its filters, or nothing where the filters do."""
    if options.downsampling == "max_pool":
        return [nn.MaxPool2d(2, ceil_mode=True)]
    if options.downsampling == "average_pool":
        return [nn.AvgPool2d(2, ceil_mode=True, count_include_pad=False)]
    return []


def stride_down(options: NetworkOptions) -> int:
    """Return the stride of the filters on the way down."""
    return 2 if options.downsampling == "strided" else 1


def doubling(options: NetworkOptions, level: Level) -> list[nn.Module]:
    """Return the layers that lead from the coarse side of a level back to its fine side."""
    kernel_size = options.kernel_size
    if options.upsampling == "resize":
        # Odena et al. 2016, Deconvolution and checkerboard artifacts,
        # https://distill.pub/2016/deconv-checkerboard: no pixel is covered more often than others.
        return [
            Doubling(level.fine_sides),
            filters(level.num_coarse, level.num_fine, kernel_size),
        ]
    # Stride 2 leads from side t to 2 t with a kernel of k + 1, and to 2 t - 1 with one of k. An even
    # kernel covers all pixels alike; an odd one leaves a checkerboard.
    height, width = level.fine_sides or (0, 0)
    kernel = (kernel_size + 1 - height % 2, kernel_size + 1 - width % 2)
    padding = (kernel_size - 1) // 2
    return [nn.ConvTranspose2d(level.num_coarse, level.num_fine, kernel, 2, padding)]
