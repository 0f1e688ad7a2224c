"""The kinds of networks: each file of this room registers how to build one.

Shapes: B batch, L code size, H the encoder's number of outputs (L, or 2 L where the code is a
distribution). A builder returns an encoder (B, *sample_shape) -> (B, H) and a decoder
(B, L) -> (B, *sample_shape) without its last activation.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from torch import nn

from aestudio.discovery import import_neighbours
from aestudio.errors import OptionError
from aestudio.networks.noise import NoiseSource
from aestudio.networks.options import NetworkOptions


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkPlan:
    """What a builder has to know."""

    options: NetworkOptions
    sample_shape: tuple[int, ...]
    num_code_outputs: int
    noise: NoiseSource
    #: Numbers that the decoder is given beside the code.
    num_conditions: int = 0

    @property
    def num_decoder_inputs(self) -> int:
        return self.options.code_size + self.num_conditions


Builder = Callable[[NetworkPlan], tuple[nn.Module, nn.Module]]

_BUILDERS: dict[str, Builder] = {}


def network(kind: str) -> Callable[[Builder], Builder]:
    """Register a builder of encoder and decoder under the name used by ``network.kind``."""

    def register(builder: Builder) -> Builder:
        if kind in _BUILDERS:
            raise ValueError(f"two networks are registered as {kind!r}")
        _BUILDERS[kind] = builder
        return builder

    return register


def build_network(plan: NetworkPlan) -> tuple[nn.Module, nn.Module]:
    """Build the encoder and the decoder that ``plan.options`` asks for."""
    if plan.options.tied and plan.options.kind != "dense":
        raise OptionError(
            "only dense networks can share weights between encoder and decoder.",
            subject="network.tied",
            next_step="Set network.kind to dense, or network.tied to false.",
        )
    import_neighbours(__name__, __file__)
    return _BUILDERS[plan.options.kind](plan)
