"""Dead units: hidden units or numbers of the code that say the same about every sample."""

from __future__ import annotations

import numpy as np

from aestudio.analysis.doctor.evidence import Floats, RunEvidence
from aestudio.analysis.doctor.registry import Diagnosis, Severity, rounded, verdict

#: A unit that varies by less than this part of the liveliest one of its layer says nothing.
_STILL = 1e-4
#: A few dead units in a wide layer are usual and cost little.
_TOLERATED_SHARE = 0.1


@verdict("dead_units")
def find(evidence: RunEvidence) -> Diagnosis | None:
    model = evidence.model
    if model is None:
        return None
    layers = dict(model.unit_spreads)
    if not model.is_generative:
        # There, numbers that say nothing are the divergence's doing: posterior collapse.
        layers["the code"] = model.code_spread
    shares = {name: _dead_share(spread) for name, spread in layers.items() if len(spread)}
    if not shares:
        return None
    worst = max(shares, key=lambda name: shares[name])
    if shares[worst] <= _TOLERATED_SHARE:
        return None
    number = round(shares[worst] * len(layers[worst]))
    return Diagnosis(
        "dead_units",
        f"{number} of the {len(layers[worst])} units of {worst} give the same value for every "
        f"sample ({100 * shares[worst]:.0f} %): they carry nothing and no longer learn.",
        "Divide training.learning_rate by 3, or set network.activation to gelu or leaky_relu.",
        Severity.FAULT if shares[worst] > 0.9 else Severity.WARNING,
        {"training.learning_rate": rounded(evidence.learning_rate / 3)},
    )


def _dead_share(spread_U: Floats) -> float:
    return float(np.mean(spread_U <= _STILL * spread_U.max()))
