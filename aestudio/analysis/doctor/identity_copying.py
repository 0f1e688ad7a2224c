"""Identity copying: the code has so much room that samples pass through unread.

A model that has understood its data rebuilds what looks like it and nothing else. One that copies
rebuilds anything: also samples whose features were shuffled, which have nothing in common any more.
"""

from __future__ import annotations

from aestudio.analysis.doctor.evidence import RunEvidence
from aestudio.analysis.doctor.registry import Diagnosis, verdict

#: Shares of the spread that are missed: of real samples, and of shuffled ones.
_PERFECT = 0.02
_COPIED = 0.1


@verdict("identity_copying")
def find(evidence: RunEvidence) -> Diagnosis | None:
    model = evidence.model
    if model is None or model.unexplained > _PERFECT or model.shuffled_unexplained > _COPIED:
        return None
    return Diagnosis(
        "identity_copying",
        f"The model copies instead of summarising: it rebuilds {100 * (1 - model.unexplained):.1f} "
        f"% of its samples' variation, and {100 * (1 - model.shuffled_unexplained):.1f} % of noise "
        f"that it has never seen, with {model.code_size} numbers for {model.num_features} features.",
        "Make network.code_size much smaller, or take a type that holds the code back: sparse, "
        "denoising, contractive or variational.",
        settings={"network.code_size": max(1, model.code_size // 4)},
    )
