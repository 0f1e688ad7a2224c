"""What was measured of a run, as figures with names: the evidence behind any verdict."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from aestudio.analysis.doctor.evidence import ModelEvidence, RunEvidence
from aestudio.analysis.doctor.recorded_gradients import largest_jump


@dataclass(frozen=True, slots=True)
class Measured:
    """One figure; a share is between 0 and 1 and read as a percentage."""

    name: str
    title: str
    value: float
    #: What the figure says, in one sentence.
    meaning: str
    is_share: bool = False

    @property
    def text(self) -> str:
        return f"{100 * self.value:.3g} %" if self.is_share else f"{self.value:.4g}"


def measured(evidence: RunEvidence) -> tuple[Measured, ...]:
    """Return what is known of the run; figures that are no finite numbers are left out."""
    return tuple(one for one in _all(evidence) if np.isfinite(one.value))


def _all(evidence: RunEvidence) -> Iterator[Measured]:
    yield Measured(
        "learning_rate",
        "Learning rate",
        evidence.learning_rate,
        "How far each step goes, as the recipe has it.",
    )
    for name, title, losses, meaning in (
        ("train_loss", "Training loss", evidence.curves.train, "On the samples trained on."),
        (
            "validation_loss",
            "Validation loss",
            evidence.curves.validation,
            "On samples held back. Rising while the other falls, it tells of overfitting.",
        ),
    ):
        if len(losses):
            yield Measured(name, f"{title}, last epoch", float(losses[-1]), meaning)
            yield Measured(
                f"lowest_{name}", f"{title}, lowest", float(np.min(losses)), "In the best epoch."
            )
    jump = largest_jump(evidence.curves)
    if jump is not None:
        yield Measured(
            "gradient_jump",
            "Largest jump of a gradient, times the usual",
            jump.ratio,
            "Hundreds tell of steps that throw the weights far away.",
        )
    if evidence.model is not None:
        yield from _of_model(evidence.model)


def _of_model(model: ModelEvidence) -> Iterator[Measured]:
    yield Measured(
        "missed",
        "Variation that is missed",
        model.unexplained,
        "What does not come back: 0 % is perfect, 100 % no better than the mean sample.",
        is_share=True,
    )
    if model.spread > 0:
        yield Measured(
            "missed_by_pca",
            f"Missed by PCA with {model.code_size} components",
            model.pca_error / model.spread,
            "The same of the best linear method whose code is as long.",
            is_share=True,
        )
    yield Measured(
        "missed_of_noise",
        "Missed of shuffled samples",
        model.shuffled_unexplained,
        "The same of values mixed among samples. Where that is low too, the model only copies.",
        is_share=True,
    )
    pulls = [layer.sensitivity for layer in model.layers]
    if pulls:
        yield Measured(
            "strongest_pull",
            "Strongest pull at a layer",
            max(pulls),
            "How far the loss would move if the weights of a layer changed by their own size.",
        )
        yield Measured(
            "weakest_pull",
            "Weakest pull at a layer",
            min(pulls),
            "The same where it is least. Far below the strongest, that layer hardly learns.",
        )
    if model.kl is not None and len(model.kl):
        yield Measured(
            "kl",
            "Divergence from the prior, nats",
            float(np.sum(model.kl)),
            "How much a code tells about its sample. Near 0, the decoder ignores the code.",
        )
    yield Measured(
        "stuck_outputs",
        "Outputs that are stuck",
        model.stuck_outputs,
        "Wrong, and where the last activation is so flat that training cannot mend them.",
        is_share=True,
    )
