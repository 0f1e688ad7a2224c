"""Underfitting: a straight line through the data would do better."""

from __future__ import annotations

from aestudio.analysis.doctor.evidence import RunEvidence
from aestudio.analysis.doctor.registry import Diagnosis, Severity, verdict

_MARGIN = 1.02
#: The share of the spread that may be missed whatever PCA does.
_GOOD_ENOUGH = 0.01


@verdict("underfitting")
def find(evidence: RunEvidence) -> Diagnosis | None:
    model = evidence.model
    if model is None or model.error <= _MARGIN * max(model.pca_error, _GOOD_ENOUGH * model.spread):
        return None
    advice = (
        "Weaken what holds the code back (such as autoencoder.beta), or train longer."
        if model.is_regularised
        else "Train for more epochs, raise training.learning_rate threefold, or widen "
        "network.hidden."
    )
    return Diagnosis(
        "underfitting",
        f"PCA with {model.code_size} components reconstructs the training samples better: its "
        f"squared error is {model.pca_error:.4g}, the autoencoder's {model.error:.4g}.",
        advice,
        # Such a model pays with its reconstructions for what else it is to learn.
        Severity.NOTE if model.is_regularised else Severity.WARNING,
        # Not a higher rate: whether that is the reason, other verdicts know better.
        {} if model.is_regularised else {"training.epochs": 2 * max(1, len(evidence.curves.train))},
    )
