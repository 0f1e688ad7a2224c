"""Between the live state of a run and the plain arrays of a checkpoint."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from aestudio.errors import RunError
from aestudio.training.averaging import WeightAverage
from aestudio.training.best_epoch import BestEpoch
from aestudio.training.checkpoint import Checkpoint
from aestudio.training.stepper import Stepper

Arrays = dict[str, npt.NDArray[np.generic]]


def to_arrays(tensors: Mapping[str, Tensor], prefix: str = "") -> Arrays:
    """Copy tensors to the computer's memory, names behind ``prefix``."""
    return {
        f"{prefix}{name}": value.detach().to("cpu", copy=True).numpy()
        for name, value in tensors.items()
    }


def capture(
    module: nn.Module,
    stepper: Stepper,
    best: BestEpoch,
    average: WeightAverage,
    *,
    epoch: int,
    step: int,
    state: Mapping[str, Any],
) -> Checkpoint:
    """Copy everything that a resumed run needs."""
    tensors = to_arrays(module.state_dict(), "model/")
    tensors.update(to_arrays(stepper.state(), "optimizer/"))
    tensors.update(to_arrays(average.weights(), "average/"))
    used_now = "average" if average.weights() else "model"
    is_best_now = bool(best.weights) and all(
        np.array_equal(tensors[f"{used_now}/{name}"], value)
        for name, value in to_arrays(best.weights).items()
    )
    if not is_best_now:
        tensors.update(to_arrays(best.weights, "best/"))
    return Checkpoint(
        epoch=epoch, step=step, tensors=tensors, state={**state, "best": best.state()}
    )


def restore(
    checkpoint: Checkpoint,
    module: nn.Module,
    stepper: Stepper,
    best: BestEpoch,
    average: WeightAverage,
) -> None:
    """Put a checkpoint back; one that fits another network is a :class:`RunError`."""
    device = next(module.parameters()).device
    weights = _tensors(checkpoint.weights(best=False), device)
    load_weights(module, weights)
    best_weights = _tensors(checkpoint.weights(best=True), device)
    average.restore(_tensors(checkpoint.named("average/"), device))
    best.restore(dict(checkpoint.state["best"]), best_weights)
    stepper.restore(
        {
            name.removeprefix("optimizer/"): torch.from_numpy(np.array(value))
            for name, value in checkpoint.tensors.items()
            if name.startswith("optimizer/")
        }
    )


def load_weights(module: nn.Module, weights: Mapping[str, Tensor]) -> None:
    """Load a state dict strictly: the same names, shapes and only finite numbers."""
    expected = {name: tuple(value.shape) for name, value in module.state_dict().items()}
    given = {name: tuple(value.shape) for name, value in weights.items()}
    if expected != given:
        wrong = sorted(
            name for name in expected.keys() | given.keys() if expected.get(name) != given.get(name)
        )
        raise RunError(
            f"the saved weights do not fit the network of the recipe ({', '.join(wrong[:4])}).",
            subject="checkpoint",
            next_step="Use another copy of the run.",
        )
    broken = [name for name, value in weights.items() if not bool(value.isfinite().all())]
    if broken:
        raise RunError(
            f"saved weights are not finite numbers ({', '.join(sorted(broken)[:4])}).",
            subject="checkpoint",
            next_step="Use another copy of the run.",
        )
    module.load_state_dict(dict(weights))


def _tensors(
    arrays: Mapping[str, npt.NDArray[np.generic]], device: torch.device
) -> dict[str, Tensor]:
    return {name: torch.from_numpy(np.array(value)).to(device) for name, value in arrays.items()}
