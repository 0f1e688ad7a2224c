"""What was measured of a run, as figures with names: the evidence behind any verdict."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from aestudio.analysis.doctor.evidence import RunEvidence
from aestudio.analysis.doctor.recorded_gradients import largest_jump


@dataclass(frozen=True, slots=True)
class Measured:
    """One figure; a share is between 0 and 1 and read as a percentage."""

    name: str
    title: str
    value: float
    is_share: bool = False

    @property
    def text(self) -> str:
        return f"{100 * self.value:.3g} %" if self.is_share else f"{self.value:.4g}"


def measured(evidence: RunEvidence) -> tuple[Measured, ...]:
    """Return what is known of the run; figures that are no finite numbers are left out."""
    return tuple(one for one in _all(evidence) if np.isfinite(one.value))


def _all(evidence: RunEvidence) -> Iterator[Measured]:
    yield Measured("learning_rate", "Learning rate", evidence.learning_rate)
    for name, title, losses in (
        ("train_loss", "Training loss", evidence.curves.train),
        ("validation_loss", "Validation loss", evidence.curves.validation),
    ):
        if len(losses):
            yield Measured(name, f"{title}, last epoch", float(losses[-1]))
            yield Measured(f"lowest_{name}", f"{title}, lowest", float(np.min(losses)))
    jump = largest_jump(evidence.curves)
    if jump is not None:
        title = "Largest jump of a gradient, times the usual"
        yield Measured("gradient_jump", title, jump.ratio)
    model = evidence.model
    if model is None:
        return
    yield Measured("missed", "Variation that is missed", model.unexplained, is_share=True)
    if model.spread > 0:
        missed = model.pca_error / model.spread
        yield Measured(
            "missed_by_pca",
            f"Missed by PCA with {model.code_size} components",
            missed,
            is_share=True,
        )
    yield Measured(
        "missed_of_noise",
        "Missed of shuffled samples",
        model.shuffled_unexplained,
        is_share=True,
    )
    pulls = [layer.sensitivity for layer in model.layers]
    if pulls:
        yield Measured("strongest_pull", "Strongest pull at a layer", max(pulls))
        yield Measured("weakest_pull", "Weakest pull at a layer", min(pulls))
    if model.kl is not None and len(model.kl):
        yield Measured("kl", "Divergence from the prior, nats", float(np.sum(model.kl)))
    yield Measured("stuck_outputs", "Outputs that are stuck", model.stuck_outputs, is_share=True)
