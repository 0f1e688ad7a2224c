"""Posterior collapse: codes of all samples are the prior, and the decoder ignores them."""

from __future__ import annotations

import numpy as np

from aestudio.analysis.doctor.evidence import RunEvidence
from aestudio.analysis.doctor.registry import Diagnosis, Severity, verdict

#: Nats below which a number of the code tells samples apart no better than chance would (Burda et
#: al. 2016, section 5.2, https://arxiv.org/abs/1509.00519, uses the same size for the variance).
_SILENT_NATS = 0.01
_TOLERATED_SHARE = 0.5


@verdict("posterior_collapse")
def find(evidence: RunEvidence) -> Diagnosis | None:
    kl = evidence.model.kl if evidence.model is not None else None
    if kl is None or not len(kl):
        return None
    num_silent = int(np.sum(kl < _SILENT_NATS))
    if num_silent < _TOLERATED_SHARE * len(kl) or num_silent == 0:
        return None
    return Diagnosis(
        "posterior_collapse",
        f"{num_silent} of the {len(kl)} numbers of the code say nothing about the sample: their "
        f"divergence from the prior is below {_SILENT_NATS} nats.",
        "Lower autoencoder.beta, bring it in slowly with autoencoder.warmup_epochs 10, or take a "
        "smaller code.",
        Severity.FAULT if num_silent == len(kl) else Severity.WARNING,
        {"autoencoder.warmup_epochs": 10.0},
    )
