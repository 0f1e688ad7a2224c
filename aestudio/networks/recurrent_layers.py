"""Stacks of recurrent layers: gated recurrent units or long short-term memory.

Cho et al. 2014, EMNLP, https://arxiv.org/abs/1406.1078, and Hochreiter & Schmidhuber 1997, Neural
Computation 9, https://doi.org/10.1162/neco.1997.9.8.1735.
Shapes: B batch, T time, F features, H the last layer's width times the number of directions.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from torch import Tensor, nn

from aestudio.networks.layers import dropout, normalization
from aestudio.networks.noise import NoiseSource
from aestudio.networks.options import NetworkOptions

_CELLS: dict[str, Callable[..., nn.RNNBase]] = {"gru": nn.GRU, "lstm": nn.LSTM}


def recurrent_layers(
    options: NetworkOptions,
    num_in: int,
    widths: Sequence[int],
    noise: NoiseSource,
    *,
    bidirectional: bool = False,
) -> nn.Module:
    """Return layers called as ``outputs, state = layers(x_BTF, state)``; the first state is None.

    In one piece where nothing comes between layers, because that is faster.
    """
    cell = _CELLS[options.cell]
    between = [_between(options, width, noise, bidirectional) for width in widths[:-1]]
    is_plain = len(set(widths)) == 1 and not options.residual and not any(between)
    if len(widths) == 1 or is_plain:
        return cell(num_in, widths[0], len(widths), batch_first=True, bidirectional=bidirectional)
    return RecurrentStack(options, num_in, widths, between, bidirectional=bidirectional)


class RecurrentStack(nn.Module):
    """Recurrent layers with normalisation, dropout or skip connections between them.

    Only what goes from layer to layer is normalised and silenced, not what goes from step to step:
    Zaremba et al. 2014, https://arxiv.org/abs/1409.2329.
    """

    def __init__(
        self,
        options: NetworkOptions,
        num_in: int,
        widths: Sequence[int],
        between: Sequence[Sequence[nn.Module]],
        *,
        bidirectional: bool,
    ) -> None:
        super().__init__()
        cell = _CELLS[options.cell]
        num_directions = 2 if bidirectional else 1
        inputs = [num_in, *(width * num_directions for width in widths[:-1])]
        self._residual = options.residual
        self.layers = nn.ModuleList(
            [
                cell(num_features, width, batch_first=True, bidirectional=bidirectional)
                for num_features, width in zip(inputs, widths, strict=True)
            ]
        )
        # Nothing precedes the first layer.
        self.before = nn.ModuleList([nn.Sequential(), *(nn.Sequential(*part) for part in between)])

    def forward(self, x: Tensor, states: Sequence[Any] | None = None) -> tuple[Tensor, list[Any]]:
        """Return the last layer's outputs, (B, T, H), and the state of each layer."""
        ends: list[Any] = []
        for index, (before, layer) in enumerate(zip(self.before, self.layers, strict=True)):
            output, end = layer(before(x), None if states is None else states[index])
            x = output + x if self._residual and output.shape[2] == x.shape[2] else output
            ends.append(end)
        return x, ends


def _between(
    options: NetworkOptions, width: int, noise: NoiseSource, bidirectional: bool
) -> list[nn.Module]:
    num_features = width * (2 if bidirectional else 1)
    return [*normalization(options, num_features, "steps"), *dropout(options, noise)]
