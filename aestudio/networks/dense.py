"""Fully connected encoders and decoders, with or without tied weights.

Shapes: B batch, D features of a flattened sample, L code size.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from aestudio.errors import OptionError
from aestudio.networks.initialization import initialize
from aestudio.networks.layers import after_layer, taper
from aestudio.networks.noise import NoiseSource
from aestudio.networks.options import NetworkOptions
from aestudio.networks.registry import NetworkPlan, network
from aestudio.networks.residual import ResidualBlock


@network(
    "dense",
    title="Dense",
    summary="Every feature works together with every other, layer by layer. For tables and small pictures.",
    own=("tied",),
)
def build_dense(plan: NetworkPlan) -> tuple[nn.Module, nn.Module]:
    """Build a multilayer perceptron and its mirror image."""
    options = plan.options
    if options.tied and options.residual:
        raise OptionError(
            "tied weights leave no room for skip connections.",
            subject="network.residual",
            next_step="Set network.residual or network.tied to false.",
        )
    num_features = math.prod(plan.sample_shape)
    hidden = options.hidden or taper(num_features, options.code_size, options.depth)
    encoder = nn.Sequential(
        nn.Flatten(1),
        *dense_layers(options, [num_features, *hidden], plan.noise),
        nn.Linear(([num_features, *hidden])[-1], plan.num_code_outputs),
    )
    initialize(encoder, options)
    if options.tied:
        layers = [module for module in encoder if isinstance(module, nn.Linear)]
        decoder: nn.Module = TiedDecoder(layers, options, plan.sample_shape, plan.noise)
    else:
        mirrored = [plan.num_decoder_inputs, *reversed(hidden)]
        decoder = nn.Sequential(
            *dense_layers(options, mirrored, plan.noise),
            nn.Linear(mirrored[-1], num_features),
            nn.Unflatten(1, plan.sample_shape),
        )
        initialize(decoder, options)
    return encoder, decoder


def dense_layers(
    options: NetworkOptions, widths: Sequence[int], noise: NoiseSource
) -> list[nn.Module]:
    """Return linear layers between consecutive widths, each with what follows it."""
    modules: list[nn.Module] = []
    for num_in, num_out in pairwise(widths):
        layer = [nn.Linear(num_in, num_out), *after_layer(options, num_out, noise, "features")]
        if options.residual:
            # Where the width changes, a matrix brings the input to the new one.
            shortcut = [] if num_in == num_out else [nn.Linear(num_in, num_out, bias=False)]
            modules.append(ResidualBlock(body=layer, shortcut=shortcut))
        else:
            modules.extend(layer)
    return modules


class TiedDecoder(nn.Module):
    """A decoder whose weights are the encoder's, transposed; only its biases are its own.

    Where the encoder gives a distribution, its first L outputs are the mean, and those rows are
    the ones that are shared (Vincent et al. 2010, JMLR 11, section 2.2, "tied weights").
    """

    def __init__(
        self,
        encoder_layers: Sequence[nn.Linear],
        options: NetworkOptions,
        sample_shape: tuple[int, ...],
        noise: NoiseSource,
    ) -> None:
        super().__init__()
        # Held outside the module tree, so that shared weights are counted and saved once.
        self._shared = tuple(reversed(encoder_layers))
        self._code_size = options.code_size
        self._sample_shape = sample_shape
        widths = [layer.in_features for layer in self._shared]
        self.biases = nn.ParameterList([torch.zeros(width) for width in widths])
        self.after = nn.ModuleList(
            [
                nn.Sequential(*after_layer(options, width, noise, "features"))
                for width in widths[:-1]
            ]
        )

    def forward(self, z_BL: Tensor) -> Tensor:
        x = F.linear(z_BL, self._shared[0].weight[: self._code_size].t(), self.biases[0])
        for layer, bias, after in zip(
            self._shared[1:], list(self.biases)[1:], self.after, strict=True
        ):
            x = F.linear(after(x), layer.weight.t(), bias)
        return x.reshape(-1, *self._sample_shape)
