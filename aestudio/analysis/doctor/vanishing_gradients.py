"""Vanishing gradients: what the loss asks for does not reach some layer."""

from __future__ import annotations

from aestudio.analysis.doctor.evidence import RunEvidence
from aestudio.analysis.doctor.recorded_gradients import late_norms
from aestudio.analysis.doctor.registry import Diagnosis, Severity, verdict

#: The weakest pull as a share of the strongest.
_VANISHED = 1e-4


@verdict("vanishing_gradients")
def find(evidence: RunEvidence) -> Diagnosis | None:
    pulls = _pulls(evidence)
    if len(pulls) < 2:
        return None
    weakest, strongest = min(pulls, key=pulls.__getitem__), max(pulls, key=pulls.__getitem__)
    if not pulls[weakest] < _VANISHED * pulls[strongest]:
        return None
    return Diagnosis(
        "vanishing_gradients",
        f"The gradient fades on its way: at layer {weakest} it pulls "
        f"{pulls[strongest] / pulls[weakest]:,.0f} times weaker than at {strongest}, so that layer "
        "hardly learns.",
        "Use fewer layers, network.activation gelu or relu instead of sigmoid or tanh, "
        "network.initialization he or orthogonal, or network.normalization layer.",
        Severity.FAULT,
        {"network.activation": "gelu"},
    )


def _pulls(evidence: RunEvidence) -> dict[str, float]:
    """Return how strongly the loss pulls at each layer: measured, or on record if there is no model.

    None at all is what dead units let through, and another verdict.
    """
    if evidence.model is None:
        return late_norms(evidence.curves)
    layers = evidence.model.layers
    return {layer.name: layer.sensitivity for layer in layers if layer.sensitivity > 0}
