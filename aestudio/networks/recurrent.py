"""Recurrent encoders and decoders for sequences, from sequence to code to sequence.

Sutskever et al. 2014, https://arxiv.org/abs/1409.3215. Shapes: B batch, T time, C channels,
L code size, H width of the last layer.
"""

from __future__ import annotations

from typing import cast

import torch
from torch import Tensor, nn

from aestudio.errors import OptionError
from aestudio.networks.feedback import FeedbackDecoder
from aestudio.networks.initialization import initialize
from aestudio.networks.layers import dropout, normalization
from aestudio.networks.recurrent_layers import recurrent_layers
from aestudio.networks.registry import NetworkPlan, network

_DEFAULT_WIDTH = 64


@network(
    "recurrent",
    title="Recurrent",
    summary="A memory (GRU or LSTM) reads a sequence step by step, and another writes it from the code. For sequences whose order matters.",
    own=("cell", "bidirectional", "feedback", "teacher_forcing"),
)
def build_recurrent(plan: NetworkPlan) -> tuple[nn.Module, nn.Module]:
    """Build recurrent layers that read a sequence, and layers that write it from the code."""
    options = plan.options
    plan.check_sequences("recurrent")
    if options.feedback and options.normalization == "batch":
        raise OptionError(
            "a decoder that writes step by step has no whole sequence to normalise over.",
            subject="network.normalization",
            next_step="Set network.normalization to layer, or network.feedback to false.",
        )
    widths = options.hidden or (_DEFAULT_WIDTH,)
    encoder = SequenceEncoder(plan, widths)
    mirrored = widths[::-1]
    decoder = (
        FeedbackDecoder(plan, mirrored) if options.feedback else SequenceDecoder(plan, mirrored)
    )
    initialize(encoder, options)
    initialize(decoder, options)
    return encoder, decoder


class SequenceEncoder(nn.Module):
    """Reads a sequence from its end, or from both ends; the last states become the code."""

    def __init__(self, plan: NetworkPlan, widths: tuple[int, ...]) -> None:
        super().__init__()
        options = plan.options
        self._both_ways = options.bidirectional
        self._width = widths[-1]
        self.layers = recurrent_layers(
            options, plan.sample_shape[1], widths, plan.noise, bidirectional=self._both_ways
        )
        num_states = self._width * (2 if self._both_ways else 1)
        self.after = nn.Sequential(
            *normalization(options, num_states, "features"), *dropout(options, plan.noise)
        )
        self.head = nn.Linear(num_states, plan.num_code_outputs)

    def forward(self, x_BTC: Tensor) -> Tensor:
        # Reversed, as in Sutskever et al. 2014 (https://arxiv.org/abs/1409.3215, section 3.3):
        # the decoder's first step then depends on what was read last.
        states_BTH, _ = self.layers(x_BTC.flip(1))
        last_BH = states_BTH[:, -1]
        if self._both_ways:
            # The other direction ends where the first begins.
            last_BH = torch.cat([last_BH[:, : self._width], states_BTH[:, 0, self._width :]], dim=1)
        return cast(Tensor, self.head(self.after(last_BH)))


class SequenceDecoder(nn.Module):
    """Writes a sequence from a code that it is shown at every step."""

    def __init__(self, plan: NetworkPlan, widths: tuple[int, ...]) -> None:
        super().__init__()
        options = plan.options
        self._num_steps, num_channels = plan.sample_shape
        self.layers = recurrent_layers(options, plan.num_decoder_inputs, widths, plan.noise)
        self.after = nn.Sequential(
            *normalization(options, widths[-1], "steps"), *dropout(options, plan.noise)
        )
        self.head = nn.Linear(widths[-1], num_channels)

    def forward(self, z_BL: Tensor) -> Tensor:
        z_BTL = z_BL.unsqueeze(1).expand(-1, self._num_steps, -1)
        states_BTH, _ = self.layers(z_BTL)
        return cast(Tensor, self.head(self.after(states_BTH)))
