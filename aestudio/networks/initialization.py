"""First weights: rules that keep values and gradients at the same size from layer to layer.

A rule chooses the spread of a layer's weights from the number of values that each output sums
(fan in) and the number of outputs that each value reaches (fan out), times the gain of the
activation. As He et al. 2015 do, first and last layers take the same gain as all others.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache

import torch
from torch import Tensor, nn

from aestudio.networks.layers import ACTIVATIONS
from aestudio.networks.options import NetworkOptions

#: (weight, fan in, fan out, gain), in place.
Rule = Callable[[Tensor, float, float, float], None]

#: The layers whose weights multiply; normalisations keep the ones and zeros they start from.
_WEIGHTED = (nn.Linear, nn.Conv1d, nn.Conv2d, nn.ConvTranspose2d)


def initialize(module: nn.Module, options: NetworkOptions) -> None:
    """Draw first weights by the chosen rule; biases start at zero unless the rule is 'default'.

    The gates of recurrent layers have activations of their own, which take the gain 1; each gate's
    weights are a matrix of their own.
    """
    rule = _RULES.get(options.initialization)
    if rule is None:
        return
    for part in module.modules():
        if isinstance(part, nn.RNNBase):
            _initialize_gates(part, rule)
        elif isinstance(part, _WEIGHTED):
            rule(part.weight, *_fans(part), gain(options.activation))
        for name, parameter in part.named_parameters(recurse=False):
            if "bias" in name:
                nn.init.zeros_(parameter)


@cache
def gain(name: str) -> float:
    """Return the factor that makes up for what an activation takes from the size of its input.

    1 / sqrt(E[f(z)^2]) for z from N(0, 1): the condition of He et al. 2015, equation 8, where
    f = relu gives sqrt(2), for any curve f.

    >>> round(gain("relu"), 4)
    1.4142
    """
    z = torch.linspace(-12.0, 12.0, 24_001, dtype=torch.float64)
    density = torch.exp(-z.square() / 2) / math.sqrt(2 * math.pi)
    with torch.no_grad():
        mean_square = torch.trapezoid(ACTIVATIONS[name]()(z).square() * density, z)
    return mean_square.rsqrt().item()


def _xavier(weight: Tensor, fan_in: float, fan_out: float, gain: float) -> None:
    """Glorot & Bengio 2010, AISTATS, equation 16: a compromise between both directions.

    https://proceedings.mlr.press/v9/glorot10a.html
    """
    limit = gain * math.sqrt(6.0 / (fan_in + fan_out))
    nn.init.uniform_(weight, -limit, limit)


def _he(weight: Tensor, fan_in: float, fan_out: float, gain: float) -> None:
    """He et al. 2015, ICCV, equation 10, https://arxiv.org/abs/1502.01852: values keep their size."""
    limit = gain * math.sqrt(3.0 / fan_in)
    nn.init.uniform_(weight, -limit, limit)


def _orthogonal(weight: Tensor, fan_in: float, fan_out: float, gain: float) -> None:
    """Saxe et al. 2014, ICLR, https://arxiv.org/abs/1312.6120: rows or columns at right angles."""
    nn.init.orthogonal_(weight, gain)


_RULES: dict[str, Rule] = {"xavier": _xavier, "he": _he, "orthogonal": _orthogonal}


def _fans(layer: nn.Linear | nn.Conv1d | nn.Conv2d | nn.ConvTranspose2d) -> tuple[float, float]:
    """Return how many values an output sums, and how many outputs a value reaches, on average."""
    if isinstance(layer, nn.Linear):
        return layer.in_features, layer.out_features
    num_taps = math.prod(layer.kernel_size)
    # With a stride s, one side has s times as many positions as the other.
    num_steps = math.prod(layer.stride)
    if isinstance(layer, nn.ConvTranspose2d):
        return layer.in_channels * num_taps / num_steps, layer.out_channels * num_taps
    return layer.in_channels * num_taps, layer.out_channels * num_taps / num_steps


def _initialize_gates(layers: nn.RNNBase, rule: Rule) -> None:
    for name, parameter in layers.named_parameters():
        if "weight" in name:
            for gate in parameter.detach().split(layers.hidden_size):
                rule(gate, gate.shape[1], gate.shape[0], 1.0)
