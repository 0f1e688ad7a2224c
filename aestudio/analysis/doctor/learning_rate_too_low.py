"""Learning rate too low: the loss crawls down in a straight line, far from where it could be."""

from __future__ import annotations

import numpy as np

from aestudio.analysis.doctor.evidence import RunEvidence
from aestudio.analysis.doctor.registry import Diagnosis, rounded, verdict

#: A loss that has found its way bends: its second half falls far less than its first.
_STRAIGHT = 0.5
_FALLING_SHARE = 0.9
#: The share of the spread that is still missed.
_FAR_OFF = 0.3


@verdict("learning_rate_too_low")
def find(evidence: RunEvidence) -> Diagnosis | None:
    train, model = evidence.curves.train, evidence.model
    if model is None or model.unexplained < _FAR_OFF or len(train) < 4:
        return None
    if not np.isfinite(train).all() or np.mean(np.diff(train) < 0) < _FALLING_SHARE:
        return None
    half = (len(train) - 1) // 2
    first, second = train[0] - train[half], train[-1 - half] - train[-1]
    if first <= 0 or second < _STRAIGHT * first:
        return None
    return Diagnosis(
        "learning_rate_too_low",
        f"With the learning rate {evidence.learning_rate:g} the loss still falls as slowly as at "
        f"the beginning, and {100 * model.unexplained:.0f} % of the variation is still missed.",
        f"Set training.learning_rate to {10 * evidence.learning_rate:.2g}, and train on.",
        settings={"training.learning_rate": rounded(10 * evidence.learning_rate)},
    )
