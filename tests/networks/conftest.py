"""How the tests of this room build networks."""

from __future__ import annotations

import torch
from torch import nn

from aestudio.networks.noise import NoiseSource
from aestudio.networks.options import NetworkOptions
from aestudio.networks.registry import NetworkPlan, build_network


def build(
    options: NetworkOptions,
    sample_shape: tuple[int, ...],
    num_code_outputs: int | None = None,
    noise: NoiseSource | None = None,
) -> tuple[nn.Module, nn.Module]:
    """Build an encoder and a decoder whose first weights are always the same."""
    torch.manual_seed(0)
    return build_network(
        NetworkPlan(
            options=options,
            sample_shape=sample_shape,
            num_code_outputs=num_code_outputs or options.code_size,
            noise=noise or NoiseSource(),
        )
    )


def check_shapes(options: NetworkOptions, sample_shape: tuple[int, ...]) -> None:
    encoder, decoder = build(options, sample_shape, 2 * options.code_size)
    x = torch.rand(3, *sample_shape)
    assert encoder(x).shape == (3, 2 * options.code_size)
    assert decoder(torch.rand(3, options.code_size)).shape == (3, *sample_shape)


def parameters_without_gradient(
    options: NetworkOptions, sample_shape: tuple[int, ...]
) -> list[str]:
    """Return the names of parameters that a reconstruction does not depend on."""
    encoder, decoder = build(options, sample_shape)
    x = torch.rand(6, *sample_shape, generator=torch.Generator().manual_seed(1))
    (decoder(encoder(x)) - x).square().sum().backward()
    return [
        name
        for part in (encoder, decoder)
        for name, parameter in part.named_parameters()
        if parameter.grad is None or not parameter.grad.abs().sum() > 0
    ]
