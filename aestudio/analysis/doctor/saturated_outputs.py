"""Saturated outputs: the last activation is flat where the output is wrong."""

from __future__ import annotations

from aestudio.analysis.doctor.evidence import RunEvidence
from aestudio.analysis.doctor.registry import Diagnosis, verdict

_TOLERATED_SHARE = 0.02


@verdict("saturated_outputs")
def find(evidence: RunEvidence) -> Diagnosis | None:
    model = evidence.model
    if model is None or model.stuck_outputs <= _TOLERATED_SHARE:
        return None
    return Diagnosis(
        "saturated_outputs",
        f"{100 * model.stuck_outputs:.0f} % of the output values are wrong and at the end of the "
        "sigmoid's range, where no error can move them any more.",
        "Set network.output to auto or preprocess.scaling to minmax, so that data and sigmoid "
        "have the same range; if they have, divide training.learning_rate by 3.",
        settings={"network.output": "auto"},
    )
