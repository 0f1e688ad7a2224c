"""The fastest loop that a person would write: data in memory, fused optimiser, no waiting."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from contextlib import AbstractContextManager

import torch
from torch import Tensor, nn

from by_hand.losses import LOSSES, Adversarial
from by_hand.noise import Noise


class Trainer:
    """Trains one type from given weights, a batch (B, D) at a time."""

    def __init__(
        self, name: str, state: Mapping[str, Tensor], rate: float, *, half_precision: bool
    ) -> None:
        self.model = LOSSES[name](state)
        self._half = half_precision
        self._step = 0
        judging = {id(p) for p in getattr(self.model, "judging", [])}
        own = [p for p in self.model.parameters() if id(p) not in judging]
        self._optimizer = torch.optim.AdamW(own, rate, weight_decay=0, fused=True)
        if isinstance(self.model, Adversarial):
            model = self.model
            self._encoding = [model.W1, model.b1, model.W2, model.b2]
            self._judge, self._forger = (
                torch.optim.AdamW(parameters, rate, weight_decay=0, fused=True)
                for parameters in (list(model.judging), self._encoding)
            )

    def step(self, x_BD: Tensor, noise: Noise) -> Tensor:
        """Take one step; return the loss before it."""
        with self._arithmetic():
            loss = self.model.loss(x_BD, noise, self._step)
        self._optimizer.zero_grad(set_to_none=True)
        loss.backward()
        self._optimizer.step()
        if isinstance(self.model, Adversarial):
            self._play(self.model, x_BD, noise)
        self._step += 1
        return loss.detach()

    def _play(self, model: Adversarial, x_BD: Tensor, noise: Noise) -> None:
        with self._arithmetic():
            loss = model.judging_loss(x_BD, noise)
        _descend(loss, list(model.judging), self._judge)
        with self._arithmetic():
            loss = model.forging_loss(x_BD)
        _descend(loss, self._encoding, self._forger)

    def _arithmetic(self) -> AbstractContextManager[object]:
        if self._half:
            return torch.autocast("cpu", torch.bfloat16)
        return contextlib.nullcontext()


def _descend(
    loss: Tensor, parameters: list[nn.Parameter], optimizer: torch.optim.Optimizer
) -> None:
    gradients = torch.autograd.grad(loss, parameters)
    for parameter, gradient in zip(parameters, gradients, strict=True):
        parameter.grad = gradient
    optimizer.step()
