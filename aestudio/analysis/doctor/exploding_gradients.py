"""Exploding gradients: the smallest change of a layer throws the loss far off, now or on the way."""

from __future__ import annotations

import math

from aestudio.analysis.doctor.evidence import RunEvidence
from aestudio.analysis.doctor.recorded_gradients import largest_jump
from aestudio.analysis.doctor.registry import Diagnosis, Severity, verdict

#: From here on a change of one percent in a layer's weights moves the loss by the data's spread.
_EXPLODED = 100.0
#: So many times what is usual, a step throws away what the hundred before it have learned.
_JUMPED = 100.0


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
            "The loss or a gradient stopped being a finite number, and training ended there."
            f"{_before_the_end(evidence)}",
            advice,
            Severity.FAULT,
            settings,
        )
    layers = evidence.model.layers if evidence.model is not None else ()
    worst = max(layers, key=lambda layer: _rank(layer.sensitivity), default=None)
    if worst is None or _rank(worst.sensitivity) < _EXPLODED:
        jump = largest_jump(evidence.curves)
        if jump is None or jump.ratio < _JUMPED or evidence.is_clipped:
            return None
        return Diagnosis(
            "exploding_gradients",
            f"At step {jump.step:,} the gradient of layer {jump.layer} jumped to {jump.ratio:,.0f} "
            f"times what it had been just before ({jump.norm:.3g} instead of {jump.usual:.3g}).",
            advice,
            Severity.NOTE,
            settings,
        )
    return Diagnosis(
        "exploding_gradients",
        f"At layer {worst.name} the gradient is so large that a change of 1 % in the weights "
        f"could move the loss by {worst.sensitivity / 100:,.3g} times the spread of the data.",
        advice,
        Severity.FAULT,
        settings,
    )


def _before_the_end(evidence: RunEvidence) -> str:
    jump = largest_jump(evidence.curves)
    if jump is None or jump.ratio < _JUMPED:
        return ""
    return (
        f" At step {jump.step:,} the gradient of layer {jump.layer} had jumped to "
        f"{jump.ratio:,.0f} times what it was just before."
    )


def _rank(sensitivity: float) -> float:
    return sensitivity if math.isfinite(sensitivity) else math.inf
