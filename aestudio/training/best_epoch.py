"""The best epoch so far, its weights, and when to give up waiting for a better one."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor, nn


class BestEpoch:
    """Remembers the weights of the epoch with the lowest loss.

    The loss is the validation loss, or the training loss when nothing is held back, at the final
    weights of all terms, so that a warm-up cannot make early epochs look better than they are.
    Where there are several phases it is that of the first, as :mod:`aestudio.training.terms` says.
    """

    def __init__(self, patience: int) -> None:
        self._patience = patience
        self.epoch = 0
        self.loss = math.inf
        self.weights: dict[str, Tensor] = {}

    def update(self, epoch: int, loss: float, module: nn.Module) -> bool:
        """Return whether ``epoch`` is the best so far, and keep a copy of its weights if so."""
        if not loss < self.loss:
            return False
        self.epoch, self.loss = epoch, loss
        with torch.no_grad():
            self.weights = {name: value.clone() for name, value in module.state_dict().items()}
        return True

    def is_exhausted(self, epoch: int) -> bool:
        """Whether patience has run out by the end of ``epoch``."""
        return 0 < self._patience <= epoch - self.epoch

    def state(self) -> dict[str, Any]:
        return {"epoch": self.epoch, "loss": self.loss if self.epoch else None}

    def restore(self, state: dict[str, Any], weights: dict[str, Tensor]) -> None:
        if state["epoch"]:
            self.epoch, self.loss, self.weights = state["epoch"], state["loss"], weights
