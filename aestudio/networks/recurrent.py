"""Recurrent encoders and decoders for sequences, with gated recurrent units.

Cho et al. 2014, EMNLP, https://arxiv.org/abs/1406.1078. Shapes: B batch, T time, C channels,
L code size.
"""

from __future__ import annotations

from typing import cast

from torch import Tensor, nn

from aestudio.errors import OptionError
from aestudio.networks.layers import initialize
from aestudio.networks.options import NetworkOptions
from aestudio.networks.registry import NetworkPlan, network

_DEFAULT_WIDTH = 64


@network("recurrent")
def build_recurrent(plan: NetworkPlan) -> tuple[nn.Module, nn.Module]:
    """Build a stack of GRU layers that reads a sequence and one that writes it from the code."""
    if len(plan.sample_shape) != 2:
        raise OptionError(
            f"a recurrent network needs sequences (time, channels), and the samples have shape "
            f"{plan.sample_shape}.",
            subject="network.kind",
            next_step="Set network.kind to dense, or data.kind to sequences.",
        )
    widths = plan.options.hidden or (_DEFAULT_WIDTH,)
    if len(set(widths)) > 1:
        raise OptionError(
            "recurrent layers all have the same width.",
            subject="network.hidden",
            next_step=f"Try {[widths[0]] * len(widths)}.",
        )
    encoder = SequenceEncoder(plan, widths)
    decoder = SequenceDecoder(plan.options, widths, plan.sample_shape)
    initialize(encoder, plan.options)
    initialize(decoder, plan.options)
    return encoder, decoder


class SequenceEncoder(nn.Module):
    """Reads a sequence from its end; the last state of the last layer becomes the code."""

    def __init__(self, plan: NetworkPlan, widths: tuple[int, ...]) -> None:
        super().__init__()
        self.layers = nn.GRU(plan.sample_shape[1], widths[0], len(widths), batch_first=True)
        self.head = nn.Linear(widths[0], plan.num_code_outputs)

    def forward(self, x_BTC: Tensor) -> Tensor:
        # Reversed, as in Sutskever et al. 2014 (https://arxiv.org/abs/1409.3215, section 3.3):
        # the decoder's first step then depends on what was read last.
        states_BTH, _ = self.layers(x_BTC.flip(1))
        return cast(Tensor, self.head(states_BTH[:, -1]))


class SequenceDecoder(nn.Module):
    """Writes a sequence from a code that it is shown at every step."""

    def __init__(
        self, options: NetworkOptions, widths: tuple[int, ...], sample_shape: tuple[int, ...]
    ) -> None:
        super().__init__()
        self._num_steps = sample_shape[0]
        self.layers = nn.GRU(options.code_size, widths[0], len(widths), batch_first=True)
        self.head = nn.Linear(widths[0], sample_shape[1])

    def forward(self, z_BL: Tensor) -> Tensor:
        z_BTL = z_BL.unsqueeze(1).expand(-1, self._num_steps, -1)
        states_BTH, _ = self.layers(z_BTL)
        return cast(Tensor, self.head(states_BTH))
