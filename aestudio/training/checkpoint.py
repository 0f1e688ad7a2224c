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

    ``tensors`` holds ``model/NAME`` (the weights now), ``best/NAME`` (the weights of the best epoch,
    left out while they equal the weights now) and ``optimizer/NAME/SLOT``. ``state`` holds counters,
    the best loss, patience and the running sums of the epoch. Noise and batch order are functions
    of the seed and the step, so there is no generator state to keep.
    """

    epoch: int
    step: int
    tensors: Mapping[str, npt.NDArray[np.generic]]
    state: Mapping[str, Any]

    def weights(self, best: bool = True) -> dict[str, npt.NDArray[np.generic]]:
        """The model's weights: of the best epoch, or the last ones."""
        prefixes = ("best/", "model/") if best else ("model/",)
        for prefix in prefixes:
            found = {
                name.removeprefix(prefix): array
                for name, array in self.tensors.items()
                if name.startswith(prefix)
            }
            if found:
                return found
        return {}
