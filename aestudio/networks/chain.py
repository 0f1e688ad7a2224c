"""A dense encoder run layer by layer, with the derivatives that its Jacobian is made of.

Automatic differentiation needs one pass through the network for each number of the code; a chain
of sums and elementwise curves has a Jacobian that is a product of a few matrices. Shapes: B batch,
D features, H width of a layer, L outputs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import torch
from torch import Tensor, nn

from aestudio.networks.layers import ACTIVATIONS

_CURVES = tuple(type(make()) for make in ACTIVATIONS.values())


@dataclass(frozen=True, slots=True)
class Chain:
    """The outputs, (B, L), and the Jacobian's factors: W_n S_(n-1) W_(n-1) ... S_1 W_1."""

    output: Tensor
    #: (H, D) next to the data, ..., (L, H).
    weights: tuple[Tensor, ...]
    #: The derivative of each curve between two layers at each sample, (B, H).
    slopes: tuple[Tensor, ...]


def is_chain(network: nn.Module) -> bool:
    """Whether ``network`` is linear layers with one elementwise curve between each two."""
    if not isinstance(network, nn.Sequential):
        return False
    steps = [module for module in network if not isinstance(module, nn.Flatten)]
    return len(steps) % 2 == 1 and all(
        isinstance(module, _CURVES if position % 2 else nn.Linear)
        for position, module in enumerate(steps)
    )


def run_chain(network: nn.Module, x: Tensor) -> Chain:
    """Run a network for which :func:`is_chain` holds; also where gradients are switched off."""
    weights: list[Tensor] = []
    slopes: list[Tensor] = []
    for module in network.children():
        if isinstance(module, _CURVES):
            x, slope = _with_slope(module, x)
            slopes.append(slope)
        else:
            x = module(x)
        if isinstance(module, nn.Linear):
            weights.append(module.weight)
    return Chain(x, tuple(weights), tuple(slopes))


def _with_slope(curve: nn.Module, sums_BH: Tensor) -> tuple[Tensor, Tensor]:
    """Return the curve's values and derivatives; both can be differentiated where gradients are on."""
    is_learning = torch.is_grad_enabled() and sums_BH.requires_grad
    with torch.enable_grad():
        inputs = sums_BH if is_learning else sums_BH.detach().requires_grad_()
        values = cast(Tensor, curve(inputs))
        # Each value depends on its own sum alone, so that one pass gives all derivatives.
        (slope,) = torch.autograd.grad(
            values, inputs, torch.ones_like(values), create_graph=is_learning
        )
    return (values if is_learning else values.detach()), slope
