"""Temporal convolutional encoders and decoders for sequences.

Bai, Kolter & Koltun 2018, An empirical evaluation of generic convolutional and recurrent networks
for sequence modeling, https://arxiv.org/abs/1803.01271, section 3: filters with gaps that double
from block to block, so that few layers span a long time. The paper's blocks are causal; a code that
sums up a whole sequence needs no such blindness, so here that is a choice.
Shapes: B batch, T time, C channels, F channels of a hidden layer.
"""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor, nn

from aestudio.errors import OptionError
from aestudio.networks.initialization import initialize
from aestudio.networks.layers import activation, after_layer
from aestudio.networks.noise import NoiseSource
from aestudio.networks.options import NetworkOptions
from aestudio.networks.registry import NetworkPlan, network
from aestudio.networks.residual import ResidualBlock

_DEFAULT_WIDTH = 32


@network(
    "temporal",
    title="Temporal convolutional",
    summary="Filters along time, with gaps that double from block to block, look at all steps at once. For long sequences and signals; quicker to train than recurrent networks.",
    own=("kernel_size", "causal"),
)
def build_temporal(plan: NetworkPlan) -> tuple[nn.Module, nn.Module]:
    """Build blocks that keep the number of steps, and a linear layer from all steps to the code."""
    options = plan.options
    plan.check_sequences("temporal")
    num_steps, num_channels = plan.sample_shape
    if options.kernel_size % 2 == 0 and not options.causal:
        raise OptionError(
            f"filters of {options.kernel_size} steps have no middle.",
            subject="network.kernel_size",
            next_step=f"Try {options.kernel_size + 1}, or set network.causal to true.",
        )
    widths = options.hidden or (_DEFAULT_WIDTH,) * options.depth
    gaps = [_gap(level, num_steps) for level in range(len(widths))]
    down = (num_channels, *widths)
    up = (*widths[::-1], widths[0] if widths else num_channels)
    inner_shape = (down[-1], num_steps)
    num_inner = down[-1] * num_steps

    encoder = nn.Sequential(
        TimeLast(),
        *_blocks(options, down, gaps, plan.noise),
        nn.Flatten(1),
        nn.Linear(num_inner, plan.num_code_outputs),
    )
    decoder = nn.Sequential(
        nn.Linear(plan.num_decoder_inputs, num_inner),
        nn.Unflatten(1, inner_shape),
        *_blocks(options, up, gaps[::-1], plan.noise),
        nn.Conv1d(up[-1], num_channels, 1),
        TimeLast(),
    )
    initialize(encoder, options)
    initialize(decoder, options)
    return encoder, decoder


class TimeLast(nn.Module):
    """Swaps time and channels: (B, T, C) to (B, C, T), which filters take, and back."""

    def forward(self, x: Tensor) -> Tensor:
        return x.transpose(1, 2)


class DilatedConv(nn.Conv1d):
    """A convolution with gaps between its taps that keeps the number of steps.

    With ``causal``, step t is computed from steps t, t - gap, t - 2 gap, ...; without, from as many
    on either side.
    """

    def __init__(self, num_in: int, num_out: int, kernel_size: int, gap: int, causal: bool) -> None:
        super().__init__(num_in, num_out, kernel_size, dilation=gap)
        reach = gap * (kernel_size - 1)
        self._margins = (reach, 0) if causal else (reach // 2, reach // 2)

    def forward(self, x_BFT: Tensor) -> Tensor:
        return super().forward(nn.functional.pad(x_BFT, self._margins))


def _gap(level: int, num_steps: int) -> int:
    """Return 1, 2, 4, ..., but no gap that leads out of the sequence from everywhere.

    >>> [_gap(level, 10) for level in range(5)]
    [1, 2, 4, 8, 8]
    """
    return min(1 << level, 1 << max(0, (num_steps - 1).bit_length() - 1))


def _blocks(
    options: NetworkOptions, widths: Sequence[int], gaps: Sequence[int], noise: NoiseSource
) -> list[nn.Module]:
    """Return one block of two convolutions for each gap (figure 1 b of the paper)."""
    return [
        ResidualBlock(
            body=[
                DilatedConv(num_in, num_out, options.kernel_size, gap, options.causal),
                *after_layer(options, num_out, noise, "signals"),
                DilatedConv(num_out, num_out, options.kernel_size, gap, options.causal),
                *after_layer(options, num_out, noise, "signals"),
            ],
            shortcut=[] if num_in == num_out else [nn.Conv1d(num_in, num_out, 1)],
            after=[activation(options)],
        )
        for num_in, num_out, gap in zip(widths, widths[1:], gaps, strict=False)
    ]
