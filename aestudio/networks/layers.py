"""What hidden layers of every kind of network share: activation, normalisation, dropout.

Shapes: B batch, F features or channels, T time, H height, W width.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Literal

from torch import Tensor, nn

from aestudio.networks.noise import NoiseSource, SeededDropout
from aestudio.networks.options import NetworkOptions

ACTIVATIONS: dict[str, Callable[[], nn.Module]] = {
    "relu": nn.ReLU,
    "leaky_relu": lambda: nn.LeakyReLU(0.1),
    "elu": nn.ELU,
    "gelu": nn.GELU,
    "silu": nn.SiLU,
    "tanh": nn.Tanh,
    "sigmoid": nn.Sigmoid,
    "softplus": nn.Softplus,
}

#: How values lie in memory: (B, F), (B, F, H, W), (B, F, T) or (B, T, F). Places are pictures in
#: which nothing may depend on the size of the picture.
Layout = Literal["features", "pictures", "places", "signals", "steps"]


class BatchNormOfSteps(nn.BatchNorm1d):
    """Batch normalisation of (B, T, F): each feature over all samples and steps."""

    def forward(self, x_BTF: Tensor) -> Tensor:
        return super().forward(x_BTF.transpose(1, 2)).transpose(1, 2)


class LayerNormOfSignals(nn.LayerNorm):
    """Layer normalisation of (B, F, T): each step over its channels, so that no step sees another."""

    def forward(self, x_BFT: Tensor) -> Tensor:
        return super().forward(x_BFT.transpose(1, 2)).transpose(1, 2)


class LayerNormOfPlaces(nn.LayerNorm):
    """Layer normalisation of (B, F, H, W): each place over its channels, whatever lies around it."""

    def forward(self, x_BFHW: Tensor) -> Tensor:
        return super().forward(x_BFHW.movedim(1, 3)).movedim(3, 1)


_NORMALIZATIONS: dict[tuple[str, Layout], Callable[[int], nn.Module]] = {
    ("batch", "features"): nn.BatchNorm1d,
    ("batch", "pictures"): nn.BatchNorm2d,
    ("batch", "places"): nn.BatchNorm2d,
    ("batch", "signals"): nn.BatchNorm1d,
    ("batch", "steps"): BatchNormOfSteps,
    ("layer", "features"): nn.LayerNorm,
    # One group over all channels and positions is layer normalisation for pictures.
    ("layer", "pictures"): lambda width: nn.GroupNorm(1, width),
    ("layer", "places"): LayerNormOfPlaces,
    ("layer", "signals"): LayerNormOfSignals,
    ("layer", "steps"): nn.LayerNorm,
}


def normalization(options: NetworkOptions, width: int, layout: Layout) -> list[nn.Module]:
    """Return the chosen normalisation of ``width`` units or channels, or nothing."""
    if options.normalization == "none":
        return []
    return [_NORMALIZATIONS[options.normalization, layout](width)]


def dropout(options: NetworkOptions, noise: NoiseSource) -> list[nn.Module]:
    """Return dropout at the chosen rate, or nothing."""
    return [SeededDropout(options.dropout, noise)] if options.dropout > 0 else []


def activation(options: NetworkOptions) -> nn.Module:
    """Return the chosen curve."""
    return ACTIVATIONS[options.activation]()


def after_layer(
    options: NetworkOptions, width: int, noise: NoiseSource, layout: Layout
) -> list[nn.Module]:
    """Return what follows a hidden layer of ``width`` units or channels, in order."""
    return [
        *normalization(options, width, layout),
        activation(options),
        *dropout(options, noise),
    ]


def taper(num_features: int, code_size: int, depth: int) -> tuple[int, ...]:
    """Return ``depth`` layer widths that halve from the data towards the code.

    The first is the power of two at or below the number of features, at least 128 and at most
    1,024; none is narrower than the code.

    >>> taper(784, 2, 3)
    (512, 256, 128)
    """
    widest = min(max(2 ** int(math.log2(num_features)), 128), 1024)
    return tuple(max(widest >> level, code_size, 8) for level in range(depth))
