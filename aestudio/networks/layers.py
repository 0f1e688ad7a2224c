"""What hidden layers of every kind of network share: activation, first weights, normalisation."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import nn

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

_INITIALIZATIONS: dict[str, Callable[[torch.Tensor], torch.Tensor]] = {
    "xavier": nn.init.xavier_uniform_,
    "he": lambda weight: nn.init.kaiming_uniform_(weight, nonlinearity="relu"),
    "orthogonal": nn.init.orthogonal_,
}


def after_layer(
    options: NetworkOptions, width: int, noise: NoiseSource, *, spatial: bool
) -> list[nn.Module]:
    """Return what follows a hidden layer of ``width`` units or channels, in order."""
    modules: list[nn.Module] = []
    if options.normalization == "batch":
        modules.append(nn.BatchNorm2d(width) if spatial else nn.BatchNorm1d(width))
    elif options.normalization == "layer":
        # One group over all channels and positions is layer normalisation for pictures.
        modules.append(nn.GroupNorm(1, width) if spatial else nn.LayerNorm(width))
    modules.append(ACTIVATIONS[options.activation]())
    if options.dropout > 0:
        modules.append(SeededDropout(options.dropout, noise))
    return modules


def initialize(module: nn.Module, options: NetworkOptions) -> None:
    """Draw first weights by the chosen rule; biases start at zero unless the rule is 'default'."""
    rule = _INITIALIZATIONS.get(options.initialization)
    if rule is None:
        return
    for name, parameter in module.named_parameters():
        is_normalization = "norm" in name or parameter.dim() < 2
        if not is_normalization:
            rule(parameter)
        elif name.endswith("bias"):
            nn.init.zeros_(parameter)


def taper(num_features: int, code_size: int, depth: int) -> tuple[int, ...]:
    """Return ``depth`` layer widths that halve from the data towards the code.

    The first is the power of two at or below the number of features, at least 128 and at most
    1,024; none is narrower than the code.

    >>> taper(784, 2, 3)
    (512, 256, 128)
    """
    widest = min(max(2 ** int(math.log2(num_features)), 128), 1024)
    return tuple(max(widest >> level, code_size, 8) for level in range(depth))
