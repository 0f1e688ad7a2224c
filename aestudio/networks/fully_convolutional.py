"""Convolutional networks without a dense layer: the code is a small picture of several channels.

Every number of the code depends on a neighbourhood of its place alone, and the same filters serve
every place. What is learned on patches can therefore be applied to pictures of any size (Long et al.
2015, Fully convolutional networks for semantic segmentation, CVPR,
https://arxiv.org/abs/1411.4038, section 3). Codes are handed on flat, channel by channel.

Shapes: B batch, C channels, H height, W width, K channels of the code, h and w its places, L = K h w.
"""

from __future__ import annotations

import itertools
import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from aestudio.errors import OptionError
from aestudio.networks.convolutional import (
    check_takes_pictures,
    default_channels,
    way_down,
    way_up,
)
from aestudio.networks.initialization import initialize
from aestudio.networks.layers import activation, dropout
from aestudio.networks.options import NetworkOptions
from aestudio.networks.registry import NetworkPlan, network
from aestudio.networks.resampling import Level, filters

Sides = tuple[int, int]


class SizedLayer(nn.Module):
    """A layer that has to know the height and width of the pictures; its weights do not."""

    def __init__(self, sides: Sides, step: int) -> None:
        super().__init__()
        self.sides = sides
        #: Pixels from one place of the code to the next.
        self.step = step

    @property
    def places(self) -> Sides:
        """Height and width of the code."""
        return num_steps(self.sides, self.step)


class Padding(SizedLayer):
    """Widens (B, C, H, W) below and to the right, with zeros, to whole steps of the code.

    Zero is the mean of what comes in, and what the filters see beyond the other edges.
    """

    def forward(self, x_BCHW: Tensor) -> Tensor:
        height, width = self.sides
        return F.pad(x_BCHW, (0, -width % self.step, 0, -height % self.step))


class Cropping(SizedLayer):
    """Cuts off what :class:`Padding` added."""

    def forward(self, x_BCHW: Tensor) -> Tensor:
        height, width = self.sides
        return x_BCHW[:, :, :height, :width]


class PlacesOfCode(SizedLayer):
    """Lays flat codes out as (B, K, h, w); what stands behind a code is told to every place."""

    def __init__(self, sides: Sides, step: int, num_channels: int) -> None:
        super().__init__(sides, step)
        self.num_channels = num_channels

    def forward(self, z_BL: Tensor) -> Tensor:
        height, width = self.places
        code_size = self.num_channels * height * width
        code = z_BL[:, :code_size].reshape(-1, self.num_channels, height, width)
        if z_BL.shape[1] == code_size:
            return code
        told = z_BL[:, code_size:, None, None].expand(-1, -1, height, width)
        return torch.cat([code, told], 1)


@network(
    "fully_convolutional",
    title="Fully convolutional",
    summary="Small filters from end to end and a code at each place, so that what is learned on patches can be applied to whole pictures of any size. For patches of large pictures: removing noise, finding what is odd.",
    own=("kernel_size", "downsampling", "upsampling"),
)
def build_fully_convolutional(plan: NetworkPlan) -> tuple[nn.Module, nn.Module]:
    """Build layers that each halve height and width, a code at each place, and the way back."""
    check_takes_pictures(plan)
    options = plan.options
    channels = (plan.sample_shape[0], *_hidden(options, plan.sample_shape))
    levels = [Level(fine, coarse) for fine, coarse in itertools.pairwise(channels)]
    height, width = plan.sample_shape[1:]
    sides, step = (height, width), code_step(options, plan.sample_shape)
    num_places = math.prod(num_steps(sides, step))
    if options.code_size % num_places:
        raise OptionError(
            f"the code of a fully convolutional network has the same count of numbers at each of "
            f"its {num_places:,} places, and {options.code_size:,} is no multiple of that.",
            subject="network.code_size",
            next_step=f"Set it to {num_places * max(1, round(options.code_size / num_places)):,}, "
            "or set network.depth to more for fewer places.",
        )
    num_code_channels = options.code_size // num_places
    encoder = nn.Sequential(
        Padding(sides, step),
        *way_down(options, levels, plan.noise, "places"),
        filters(channels[-1], plan.num_code_outputs // num_places, 1),
        nn.Flatten(1),
    )
    decoder = nn.Sequential(
        PlacesOfCode(sides, step, num_code_channels),
        filters(num_code_channels + plan.num_conditions, channels[-1], 1),
        # No normalisation, which would take the mean of the code away.
        *([activation(options), *dropout(options, plan.noise)] if levels else []),
        *way_up(options, levels, plan.noise, "places"),
        Cropping(sides, step),
    )
    initialize(encoder, options)
    initialize(decoder, options)
    return encoder, decoder


def takes_any_size(network: nn.Module) -> bool:
    """Whether ``network`` is an encoder or a decoder of this file."""
    return any(isinstance(layer, SizedLayer) for layer in network.children())


def set_size(network: nn.Module, sides: Sides) -> None:
    """Make a network of this file take, or give, pictures of another height and width."""
    for layer in network.modules():
        if isinstance(layer, SizedLayer):
            layer.sides = sides


def places_of(network: nn.Module) -> Sides:
    """Return height and width of the code of a network of this file."""
    return next(layer.places for layer in network.modules() if isinstance(layer, SizedLayer))


def num_steps(sides: Sides, step: int) -> Sides:
    """Return how many places a code has along height and width.

    >>> num_steps((64, 70), 16)
    (4, 5)
    """
    return math.ceil(sides[0] / step), math.ceil(sides[1] / step)


def code_step(options: NetworkOptions, sample_shape: tuple[int, ...]) -> int:
    """Return how many pixels lie between two places of the code of a network built for samples."""
    return int(2 ** len(_hidden(options, sample_shape)))


def reach(options: NetworkOptions, sample_shape: tuple[int, ...]) -> int:
    """Return how many pixels away from a pixel of the reconstruction no input changes it any more.

    An upper bound in whole steps of the code: a filter of k pixels reaches (k - 1) / 2 of its level
    to each side, and halving or doubling moves by one more; pixels of level i are 2^i pixels wide.
    """
    half = (options.kernel_size - 1) // 2
    per_level = 2 * (half + 1) + (4 * half if options.residual else 0)
    step = code_step(options, sample_shape)
    num_pixels = per_level * (step - 1)
    return math.ceil(num_pixels / step) * step


def _hidden(options: NetworkOptions, sample_shape: tuple[int, ...]) -> tuple[int, ...]:
    _, height, width = sample_shape
    return options.hidden or default_channels(height, width, options.depth)
