"""How strongly the loss pulls at each layer, measured without a wait for the device.

Each step's check for finite gradients gives the squared norm of every parameter's gradient anyway.
Now and then they are kept, and added up by layer when the steps are reported.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from aestudio.autoencoders.base import Autoencoder, Phase
from aestudio.networks.layer_names import layer_names

Floats = npt.NDArray[np.float32]
Steps = npt.NDArray[np.int64]

#: What torch's ``clip_grad_norm_`` adds to the norm before it divides by it.
_CLIP_EPSILON = 1e-6


@dataclass(frozen=True, slots=True)
class PhaseGradient:
    """The gradient that one phase of one step has stepped with; tensors are on the device.

    ``squares`` (1 + P,) begins with the loss, and goes on with the squared norms of the gradients
    of ``parameters`` as the optimiser got them. ``unclipped_norm`` is the norm of all of them
    before they were clipped; None where they were not.
    """

    phase: Phase
    parameters: Sequence[nn.Parameter]
    squares: Tensor
    unclipped_norm: Tensor | None


class GradientMeter:
    """Norms of each layer's gradient at single steps, before clipping.

    Layers are those of :func:`layer_names`; every phase but the first is one layer of its own.
    Shapes: G layers, K steps.
    """

    def __init__(self, autoencoder: Autoencoder, clip: float) -> None:
        names = layer_names(autoencoder)
        layer_of = {id(p): names[name] for name, p in autoencoder.named_parameters()}
        self._layer_of = {
            (phase.name, id(parameter)): phase.name or layer_of[id(parameter)]
            for phase in autoencoder.phases()
            for parameter in phase.parameters
        }
        self.layers = tuple(dict.fromkeys(self._layer_of.values()))
        self._clip = clip
        self._steps: list[int] = []
        self._waiting: list[tuple[PhaseGradient, ...]] = []

    def add(self, step: int, gradients: Sequence[PhaseGradient]) -> None:
        """Keep the gradient of one step."""
        self._steps.append(step)
        self._waiting.append(tuple(gradients))

    def take(self) -> tuple[Steps, dict[str, Floats]]:
        """Return the steps (K,) kept since the last call, and each layer's norms (K,).

        A layer that had no gradient has NaN.
        """
        steps, waiting = np.array(self._steps, dtype=np.int64), self._waiting
        self._steps, self._waiting = [], []
        norms_KG = np.full((len(steps), len(self.layers)), np.nan)
        for row, numbers in enumerate(_fetched(waiting)):
            squares = self._squares_by_layer(waiting[row], numbers)
            for column, layer in enumerate(self.layers):
                if layer in squares:
                    norms_KG[row, column] = np.sqrt(squares[layer])
        columns = norms_KG.astype(np.float32).T
        return steps, dict(zip(self.layers, columns, strict=True))

    def _squares_by_layer(
        self, gradients: tuple[PhaseGradient, ...], numbers: list[list[float]]
    ) -> dict[str, float]:
        sums: dict[str, float] = {}
        for gradient, (unclipped, _loss, *squares) in zip(gradients, numbers, strict=True):
            factor = self._clipping_factor(unclipped)
            for parameter, square in zip(gradient.parameters, squares, strict=True):
                layer = self._layer_of[gradient.phase.name, id(parameter)]
                sums[layer] = sums.get(layer, 0.0) + square / factor**2
        return sums

    def _clipping_factor(self, unclipped_norm: float) -> float:
        """Return what the gradient was multiplied by, as ``clip_grad_norm_`` does it."""
        if not self._clip > 0:
            return 1.0
        factor = self._clip / (unclipped_norm + _CLIP_EPSILON)
        # Nothing is left of a gradient whose norm is infinite, and nothing can be told of it.
        return min(1.0, factor) if factor > 0 else float("nan")


def _fetched(waiting: Sequence[tuple[PhaseGradient, ...]]) -> list[list[list[float]]]:
    """Bring all numbers over from the device at once: for each step and phase, norm and squares."""
    parts = [
        part
        for gradients in waiting
        for gradient in gradients
        for part in (_or_zero(gradient.unclipped_norm, gradient.squares), gradient.squares)
    ]
    if not parts:
        return []
    numbers = iter(torch.cat([part.reshape(-1) for part in parts]).tolist())
    return [
        [[next(numbers) for _ in range(1 + len(gradient.squares))] for gradient in gradients]
        for gradients in waiting
    ]


def _or_zero(norm: Tensor | None, like: Tensor) -> Tensor:
    return like.new_zeros(()) if norm is None else norm
