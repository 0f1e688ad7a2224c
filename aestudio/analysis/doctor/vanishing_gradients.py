"""Vanishing gradients: what the loss asks for does not reach some layer."""

from __future__ import annotations

from aestudio.analysis.doctor.evidence import RunEvidence
from aestudio.analysis.doctor.registry import Diagnosis, Severity, verdict

#: The weakest pull as a share of the strongest.
_VANISHED = 1e-4


@verdict("vanishing_gradients")
def find(evidence: RunEvidence) -> Diagnosis | None:
    layers = evidence.model.layers if evidence.model is not None else ()
    # None at all is what dead units let through, and another verdict.
    layers = tuple(layer for layer in layers if layer.sensitivity > 0)
    if len(layers) < 2:
        return None
    weakest = min(layers, key=lambda layer: layer.sensitivity)
    strongest = max(layers, key=lambda layer: layer.sensitivity)
    if not weakest.sensitivity < _VANISHED * strongest.sensitivity:
        return None
    return Diagnosis(
        "vanishing_gradients",
        f"The gradient fades on its way: at layer {weakest.name} it pulls "
        f"{strongest.sensitivity / weakest.sensitivity:,.0f} times weaker than at "
        f"{strongest.name}, so that layer hardly learns.",
        "Use fewer layers, network.activation gelu or relu instead of sigmoid or tanh, "
        "network.initialization he or orthogonal, or network.normalization layer.",
        Severity.FAULT,
        {"network.activation": "gelu"},
    )
