"""Convolutional encoders and decoders for pictures of any size and number of channels.

Shapes: B batch, C channels, H height, W width, L code size.
"""

from __future__ import annotations

import math

from torch import nn

from aestudio.errors import OptionError
from aestudio.networks.initialization import initialize
from aestudio.networks.layers import Layout, activation, after_layer, dropout, normalization
from aestudio.networks.noise import NoiseSource
from aestudio.networks.options import NetworkOptions
from aestudio.networks.registry import NetworkPlan, network
from aestudio.networks.resampling import Doubling, Level, doubling, filters, pooling, stride_down
from aestudio.networks.residual import ResidualBlock


@network(
    "convolutional",
    title="Convolutional",
    summary="Small filters look at each place of a picture, coarser from layer to layer: strided or pooled on the way down, transposed or resized on the way up, with skip connections where wanted. For pictures of 32 pixels and more.",
    own=("kernel_size", "downsampling", "upsampling"),
)
def build_convolutional(plan: NetworkPlan) -> tuple[nn.Module, nn.Module]:
    """Build layers that each halve height and width, and a decoder that doubles them back."""
    check_takes_pictures(plan)
    options = plan.options
    num_channels, height, width = plan.sample_shape
    hidden = options.hidden or default_channels(height, width, options.depth)
    levels: list[Level] = []
    for num_fine, num_coarse in zip((num_channels, *hidden), hidden, strict=False):
        levels.append(Level(num_fine, num_coarse, (height, width)))
        height, width = math.ceil(height / 2), math.ceil(width / 2)
    inner_shape = ((num_channels, *hidden)[-1], height, width)

    num_inner = math.prod(inner_shape)
    # In this order, so that the first weights of a seed stay what they were.
    down = way_down(options, levels, plan.noise, "pictures")
    up = way_up(options, levels, plan.noise, "pictures")
    encoder = nn.Sequential(*down, nn.Flatten(1), nn.Linear(num_inner, plan.num_code_outputs))
    decoder = nn.Sequential(
        nn.Linear(plan.num_decoder_inputs, num_inner), nn.Unflatten(1, inner_shape), *up
    )
    initialize(encoder, options)
    initialize(decoder, options)
    return encoder, decoder


def check_takes_pictures(plan: NetworkPlan) -> None:
    """Raise :class:`OptionError` where samples are no pictures or filters have no middle."""
    options = plan.options
    if len(plan.sample_shape) != 3:
        raise OptionError(
            f"a convolutional network needs pictures, and the samples have shape "
            f"{plan.sample_shape}.",
            subject="network.kind",
            next_step="Set network.kind to dense.",
        )
    if options.kernel_size % 2 == 0:
        raise OptionError(
            f"filters of {options.kernel_size} pixels have no middle.",
            subject="network.kernel_size",
            next_step=f"Try {options.kernel_size + 1}.",
        )


def default_channels(height: int, width: int, depth: int) -> tuple[int, ...]:
    """Return 32, 64, 128, ... channels for up to ``depth`` halvings that leave a side of 2 or more.

    >>> default_channels(28, 28, 3)
    (32, 64, 128)
    """
    possible = max(0, int(math.log2(max(1, min(height, width)))) - 1)
    return tuple(min(32 << level, 256) for level in range(min(depth, possible)))


def way_down(
    options: NetworkOptions, levels: list[Level], noise: NoiseSource, layout: Layout
) -> list[nn.Module]:
    """Return the layers from the finest to the coarsest level."""
    go_down = _residual_down if options.residual else _plain_down
    return [layer for level in levels for layer in go_down(options, level, noise, layout)]


def way_up(
    options: NetworkOptions, levels: list[Level], noise: NoiseSource, layout: Layout
) -> list[nn.Module]:
    """Return the layers from the coarsest to the finest level; nothing bends the last one's output."""
    go_up = _residual_up if options.residual else _plain_up
    return [
        layer
        for level in reversed(levels)
        for layer in go_up(options, level, noise, layout, is_last=level is levels[0])
    ]


def _plain_down(
    options: NetworkOptions, level: Level, noise: NoiseSource, layout: Layout
) -> list[nn.Module]:
    return [
        filters(level.num_fine, level.num_coarse, options.kernel_size, stride_down(options)),
        *after_layer(options, level.num_coarse, noise, layout),
        *pooling(options),
    ]


def _plain_up(
    options: NetworkOptions, level: Level, noise: NoiseSource, layout: Layout, *, is_last: bool
) -> list[nn.Module]:
    # The last layer gives the reconstruction, which nothing may bend.
    after = [] if is_last else after_layer(options, level.num_fine, noise, layout)
    return [*doubling(options, level), *after]


def _residual_down(
    options: NetworkOptions, level: Level, noise: NoiseSource, layout: Layout
) -> list[nn.Module]:
    """Two layers of filters, the first of which halves, beside a projection of the input."""
    width, kernel_size = level.num_coarse, options.kernel_size
    stride = stride_down(options)
    return [
        ResidualBlock(
            body=[
                filters(level.num_fine, width, kernel_size, stride),
                *after_layer(options, width, noise, layout),
                *pooling(options),
                filters(width, width, kernel_size),
                *normalization(options, width, layout),
            ],
            shortcut=[
                *pooling(options),
                filters(level.num_fine, width, 1, stride),
                *normalization(options, width, layout),
            ],
            after=[activation(options), *dropout(options, noise)],
        )
    ]


def _residual_up(
    options: NetworkOptions, level: Level, noise: NoiseSource, layout: Layout, *, is_last: bool
) -> list[nn.Module]:
    """The mirror image of :func:`_residual_down`."""
    wide, narrow = level.num_coarse, level.num_fine
    at_end = options.changed(normalization="none") if is_last else options
    return [
        ResidualBlock(
            body=[
                filters(wide, wide, options.kernel_size),
                *after_layer(options, wide, noise, layout),
                *doubling(options, level),
                *normalization(at_end, narrow, layout),
            ],
            shortcut=[
                # Before doubling, where there are fewer pixels; the result is the same.
                filters(wide, narrow, 1),
                Doubling(level.fine_sides),
                *normalization(at_end, narrow, layout),
            ],
            after=[] if is_last else [activation(options), *dropout(options, noise)],
        )
    ]
