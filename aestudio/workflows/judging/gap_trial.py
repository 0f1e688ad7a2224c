"""How well a model fills in values that are known, hidden for the purpose."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from aestudio.analysis.imputation import GapCheck, check_filling, hide
from aestudio.data.missing_values import is_missing
from aestudio.workflows.models.trained_model import TrainedModel

#: Of the values that are there, this share is hidden.
_HIDDEN_SHARE = 0.2


def try_filling(model: TrainedModel, known: npt.NDArray[Any], seed: int = 0) -> GapCheck | None:
    """Hide a fifth of the values of stored samples (N, *shape), drawn by ``seed``, and fill them in.

    None where there are too few values to hide any.
    """
    stays = hide(~is_missing(known), _HIDDEN_SHARE, seed)
    shown = np.where(stays, known, np.nan)
    truth = model.to_model_scale(known)
    present = np.broadcast_to(model.scaling.counted(known), truth.shape)
    remaining = np.broadcast_to(model.scaling.counted(shown), truth.shape)
    return check_filling(
        model.reconstruct_scaled, truth, present & ~remaining, remaining, model.scaling.scaled_fill
    )
