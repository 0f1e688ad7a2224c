"""What has to be kept to go on as if nothing had happened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Checkpoint:
    """The state of a run after ``step`` steps, as plain arrays and plain JSON values.

    ``tensors`` holds ``model/NAME`` (the weights now), ``average/NAME`` (their running average, when
    it is kept, which is then what is used), ``best/NAME`` (what was used in the best epoch, left out
    while it equals what is used now) and ``optimizer/NAME/SLOT``. ``state`` holds counters,
    the best loss, patience and the running sums of the epoch. Noise and batch order are functions
    of the seed and the step, so there is no generator state to keep.
    """

    epoch: int
    step: int
    tensors: Mapping[str, npt.NDArray[np.generic]]
    state: Mapping[str, Any]

    def weights(self, best: bool = True) -> dict[str, npt.NDArray[np.generic]]:
        """The model's weights: those to use, of the best epoch, or those that are trained, now."""
        prefixes = ("best/", "average/", "model/") if best else ("model/",)
        for prefix in prefixes:
            if found := self.named(prefix):
                return found
        return {}

    def named(self, prefix: str) -> dict[str, npt.NDArray[np.generic]]:
        """The tensors whose names begin with ``prefix``, without it."""
        return {
            name.removeprefix(prefix): array
            for name, array in self.tensors.items()
            if name.startswith(prefix)
        }
