"""Convolutional encoders and decoders for pictures of any size and number of channels.

Shapes: B batch, C channels, H height, W width, L code size.
"""

from __future__ import annotations

import math

from torch import nn

from aestudio.errors import OptionError
from aestudio.networks.layers import after_layer, initialize
from aestudio.networks.registry import NetworkPlan, network

_KERNEL = 3


@network("convolutional")
def build_convolutional(plan: NetworkPlan) -> tuple[nn.Module, nn.Module]:
    """Build layers that each halve height and width, and a decoder that doubles them back.

    Odd sizes are exact in both directions: layer i maps a side s to ceil(s / 2), and the kernel of
    its mirror image is the one that leads back to s.
    """
    options = plan.options
    if len(plan.sample_shape) != 3:
        raise OptionError(
            f"a convolutional network needs pictures, and the samples have shape "
            f"{plan.sample_shape}.",
            subject="network.kind",
            next_step="Set network.kind to dense.",
        )
    num_channels, height, width = plan.sample_shape
    hidden = options.hidden or default_channels(height, width, options.depth)
    sides = [(height, width)]
    for _ in hidden:
        last_height, last_width = sides[-1]
        sides.append((math.ceil(last_height / 2), math.ceil(last_width / 2)))
    channels = [num_channels, *hidden]
    inner_shape = (channels[-1], *sides[-1])

    down: list[nn.Module] = []
    up: list[nn.Module] = []
    for level in range(len(hidden)):
        down.append(nn.Conv2d(channels[level], channels[level + 1], _KERNEL, 2, 1))
        down.extend(after_layer(options, channels[level + 1], plan.noise, spatial=True))
    for level in reversed(range(len(hidden))):
        # Stride 2 leads from side t to 2 t with a kernel of 4, and to 2 t - 1 with one of 3. An even
        # kernel covers all pixels alike; an odd one leaves a checkerboard (Odena et al. 2016,
        # https://distill.pub/2016/deconv-checkerboard).
        kernel = (4 - sides[level][0] % 2, 4 - sides[level][1] % 2)
        up.append(nn.ConvTranspose2d(channels[level + 1], channels[level], kernel, 2, 1))
        if level > 0:
            up.extend(after_layer(options, channels[level], plan.noise, spatial=True))

    num_inner = math.prod(inner_shape)
    encoder = nn.Sequential(*down, nn.Flatten(1), nn.Linear(num_inner, plan.num_code_outputs))
    decoder = nn.Sequential(
        nn.Linear(options.code_size, num_inner), nn.Unflatten(1, inner_shape), *up
    )
    initialize(encoder, options)
    initialize(decoder, options)
    return encoder, decoder


def default_channels(height: int, width: int, depth: int) -> tuple[int, ...]:
    """Return 32, 64, 128, ... channels for up to ``depth`` halvings that leave a side of 2 or more.

    >>> default_channels(28, 28, 3)
    (32, 64, 128)
    """
    possible = max(0, int(math.log2(max(1, min(height, width)))) - 1)
    return tuple(min(32 << level, 256) for level in range(min(depth, possible)))
