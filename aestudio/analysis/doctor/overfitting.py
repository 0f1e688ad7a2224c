"""Overfitting: the training loss goes on falling while the validation loss turns up."""

from __future__ import annotations

import numpy as np

from aestudio.analysis.doctor.evidence import Floats, RunEvidence
from aestudio.analysis.doctor.registry import Diagnosis, verdict

#: The validation loss has turned when all of its last epochs are above its lowest by this part of
#: that, or of all that it fell by (some losses, such as cross-entropy, end far from zero), ...
_TURNED_BY = 0.1
_LAST_SHARE = 0.15
#: ... and training has not when its loss fell by this part since.
_STILL_FALLING = 0.02


@verdict("overfitting")
def find(evidence: RunEvidence) -> Diagnosis | None:
    train, validation = evidence.curves.train, evidence.curves.validation
    if len(validation) < 5 or not np.isfinite([*train, *validation]).all():
        return None
    if evidence.model is not None and evidence.model.unexplained >= 1.0:
        # What has learned nothing has learned nothing by heart either.
        return None
    best = int(np.argmin(validation))
    last = max(3, round(_LAST_SHARE * len(validation)))
    turned = float(np.min(validation[-last:])) - validation[best] > _TURNED_BY * _scale(
        validation, best
    )
    falling = train[best] - np.mean(train[-last:]) > _STILL_FALLING * _scale(train, best)
    if not (turned and falling):
        return None
    return Diagnosis(
        "overfitting",
        f"Since epoch {best + 1} the model learns the training samples by heart: their loss fell "
        f"from {train[best]:.4g} to {train[-1]:.4g}, that of unseen samples rose from "
        f"{validation[best]:.4g} to {validation[-1]:.4g}.",
        "Train on more samples or mirrored and shifted copies, set training.patience to 10, or "
        "make the network smaller; the best epoch's weights are kept in any case.",
        settings={"training.patience": 10},
    )


def _scale(losses: Floats, epoch: int) -> float:
    """Return how large the loss was then, or how far it had fallen until then, if that is less."""
    return min(abs(float(losses[epoch])), max(float(losses[0] - losses[epoch]), 0.0))
