"""Exploding gradients: the smallest change of a layer throws the loss far off."""

from __future__ import annotations

import math

from aestudio.analysis.doctor.evidence import RunEvidence
from aestudio.analysis.doctor.registry import Diagnosis, Severity, verdict

#: From here on a change of one percent in a layer's weights moves the loss by the data's spread.
_EXPLODED = 100.0


@verdict("exploding_gradients")
def find(evidence: RunEvidence) -> Diagnosis | None:
    advice = (
        "Set training.gradient_clip to 1, divide training.learning_rate by 10, or use fewer "
        "layers with network.normalization layer."
    )
    settings = {"training.gradient_clip": 1.0}
    if evidence.has_diverged:
        return Diagnosis(
            "exploding_gradients",
            "The loss or a gradient stopped being a finite number, and training ended there.",
            advice,
            Severity.FAULT,
            settings,
        )
    layers = evidence.model.layers if evidence.model is not None else ()
    worst = max(layers, key=lambda layer: _rank(layer.sensitivity), default=None)
    if worst is None or _rank(worst.sensitivity) < _EXPLODED:
        return None
    return Diagnosis(
        "exploding_gradients",
        f"At layer {worst.name} the gradient is so large that a change of 1 % in the weights "
        f"could move the loss by {worst.sensitivity / 100:,.3g} times the spread of the data.",
        advice,
        Severity.FAULT,
        settings,
    )


def _rank(sensitivity: float) -> float:
    return sensitivity if math.isfinite(sensitivity) else math.inf
