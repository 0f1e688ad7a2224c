"""Running means of the terms, kept on the device so that no step waits for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor


class TermMeter:
    """Sums of the terms over a block of steps and over the epoch, weighted by samples.

    Shapes: T terms ("loss" first), K finished blocks.
    """

    def __init__(self, num_terms: int, device: torch.device) -> None:
        # Apple GPUs have no double precision.
        dtype = torch.float32 if device.type == "mps" else torch.float64
        self._epoch_T = torch.zeros(num_terms, dtype=dtype, device=device)
        self._block_T = torch.zeros(num_terms, dtype=dtype, device=device)
        self._epoch_samples = 0
        self._block_samples = 0
        self._blocks: list[Tensor] = []
        self._block_ends: list[int] = []

    def add(self, values_T: Tensor, num_samples: int) -> None:
        """Add one step's means."""
        self._block_T.add_(values_T, alpha=num_samples)
        self._block_samples += num_samples

    def end_block(self, step: int) -> None:
        """Close the block that ends with ``step``."""
        self._blocks.append(self._block_T / self._block_samples)
        self._block_ends.append(step)
        self._epoch_T.add_(self._block_T)
        self._epoch_samples += self._block_samples
        self._block_T.zero_()
        self._block_samples = 0

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
        """Return the means over the epoch so far, (T,)."""
        means: list[float] = (self._epoch_T / max(1, self._epoch_samples)).tolist()
        return means

    def are_finite(self) -> list[bool]:
        """Return for every term whether its sums are finite numbers, (T,)."""
        finite: list[bool] = (self._epoch_T + self._block_T).isfinite().tolist()
        return finite

    def start_epoch(self) -> None:
        """Forget everything that was added and not yet taken."""
        self._epoch_T.zero_()
        self._block_T.zero_()
        self._epoch_samples = self._block_samples = 0
        self._blocks, self._block_ends = [], []

    def state(self) -> dict[str, object]:
        """Return the sums as exact JSON values; closed blocks have to be taken before."""
        return {
            "epoch": self._epoch_T.tolist(),
            "epoch_samples": self._epoch_samples,
            "block": self._block_T.tolist(),
            "block_samples": self._block_samples,
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go on from what :meth:`state` gave."""
        self._epoch_T.copy_(torch.tensor(state["epoch"], dtype=self._epoch_T.dtype))
        self._block_T.copy_(torch.tensor(state["block"], dtype=self._block_T.dtype))
        self._epoch_samples = int(state["epoch_samples"])
        self._block_samples = int(state["block_samples"])
