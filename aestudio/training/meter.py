"""Running means of the terms, kept on the device so that no step waits for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor


class TermMeter:
    """Sums of the terms over a block of steps and over the epoch, weighted by samples.

    What the steps of a block gave is kept as it is until the block ends, because adding it up at
    every step would take a hundredth of a small step. Shapes: T terms ("loss" first), K steps of a
    block, or finished blocks.
    """

    def __init__(self, num_terms: int, device: torch.device) -> None:
        # Apple GPUs have no double precision.
        dtype = torch.float32 if device.type == "mps" else torch.float64
        self._epoch_T = torch.zeros(num_terms, dtype=dtype, device=device)
        self._epoch_samples = 0
        #: The means of each step of the open block, one after another, and its samples.
        self._waiting: list[Tensor] = []
        self._waiting_samples: list[int] = []
        self._blocks: list[Tensor] = []
        self._block_ends: list[int] = []

    def add(self, values: Sequence[Tensor], num_samples: int) -> None:
        """Add one step's means, T scalars."""
        self._waiting.extend(values)
        self._waiting_samples.append(num_samples)

    def end_block(self, step: int) -> None:
        """Close the block that ends with ``step``."""
        block_T = self._waiting_sums()
        num_samples = sum(self._waiting_samples)
        self._blocks.append(block_T / num_samples)
        self._block_ends.append(step)
        self._epoch_T.add_(block_T)
        self._epoch_samples += num_samples
        self._waiting, self._waiting_samples = [], []

    def take_blocks(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]:
        """Return the last steps (K,) and means (T, K) of the blocks closed since the last call."""
        steps = np.array(self._block_ends, dtype=np.int64)
        if not self._blocks:
            return steps, np.empty((len(self._epoch_T), 0), dtype=np.float32)
        means = torch.stack(self._blocks, dim=1).float().cpu().numpy()
        self._blocks, self._block_ends = [], []
        return steps, means

    @property
    def has_blocks(self) -> bool:
        return bool(self._blocks)

    def epoch_means(self) -> list[float]:
        """Return the means over the closed blocks of the epoch, (T,)."""
        means: list[float] = (self._epoch_T / max(1, self._epoch_samples)).tolist()
        return means

    def are_finite(self) -> list[bool]:
        """Return for every term whether its sums are finite numbers, (T,)."""
        finite: list[bool] = (self._epoch_T + self._waiting_sums()).isfinite().tolist()
        return finite

    def start_epoch(self) -> None:
        """Forget everything that was added and not yet taken."""
        self._epoch_T.zero_()
        self._epoch_samples = 0
        self._waiting, self._waiting_samples = [], []
        self._blocks, self._block_ends = [], []

    def state(self) -> dict[str, object]:
        """Return the sums as exact JSON values; closed blocks have to be taken before."""
        return {
            "epoch": self._epoch_T.tolist(),
            "epoch_samples": self._epoch_samples,
            "waiting": self._waiting_means().tolist(),
            "waiting_samples": list(self._waiting_samples),
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go on from what :meth:`state` gave, or from the open block's sums that it once gave."""
        self._epoch_T.copy_(torch.tensor(state["epoch"], dtype=self._epoch_T.dtype))
        self._epoch_samples = int(state["epoch_samples"])
        means, samples = state.get("waiting", []), state.get("waiting_samples", [])
        if num_samples := state.get("block_samples", 0):
            means, samples = [[total / num_samples for total in state["block"]]], [num_samples]
        self._waiting = [self._epoch_T.new_tensor(value) for step in means for value in step]
        self._waiting_samples = [int(count) for count in samples]

    def _waiting_means(self) -> Tensor:
        """Return the means of each step of the open block, (K, T)."""
        num_terms = len(self._epoch_T)
        if not self._waiting:
            return self._epoch_T.new_empty(0, num_terms)
        return torch.stack(self._waiting).to(self._epoch_T.dtype).view(-1, num_terms)

    def _waiting_sums(self) -> Tensor:
        """Return the sums over the samples of the open block, (T,)."""
        means_KT = self._waiting_means()
        sums_T = torch.zeros_like(self._epoch_T)
        start = 0
        # To send the numbers of samples to a graphics processor would be to wait for it; only the
        # last batch of an epoch has another number than the others.
        for num_samples, steps in groupby(self._waiting_samples):
            stop = start + len(list(steps))
            sums_T.add_(means_KT[start:stop].sum(0), alpha=num_samples)
            start = stop
        return sums_T
