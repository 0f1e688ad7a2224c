"""The terms of a run: how those of several phases are named, and which of them make its loss.

- Names. The terms of the first phase, which has no name, keep their own; those of a later phase
  stand behind its name: "discriminator: prior". ``Autoencoder.term_weights`` uses the same names.
- Loss. What a run reports as its loss, and what decides about its best epoch, is the weighted sum
  of the first phase alone. Later phases play against each other: how well one of them does says
  how badly another does, not how good the autoencoder is.

Training, validation and the list of terms at the start of a run all ask :func:`phase_means`.
"""

from __future__ import annotations

from collections.abc import Mapping

from torch import Tensor

from aestudio.autoencoders.base import Autoencoder, Batch, Phase, Progress

_SEPARATOR = ": "
LOSS = "loss"


def phase_means(phase: Phase, batch: Batch, progress: Progress) -> dict[str, Tensor]:
    """Return each term of one phase by its name in the run, as a scalar.

    A term that has one number per sample is averaged over the samples.
    """
    prefix = f"{phase.name}{_SEPARATOR}" if phase.name else ""
    return {
        prefix + name: term.mean() if term.dim() else term
        for name, term in phase.terms(batch, progress).items()
    }


def weighted_sum(means: Mapping[str, Tensor], weights: Mapping[str, float]) -> Tensor:
    """Return the scalar that is minimised: the sum of the terms' means, each times its weight."""
    total: Tensor | None = None
    for name, mean in means.items():
        weight = weights.get(name, 1.0)
        part = mean if weight == 1.0 else weight * mean
        total = part if total is None else total + part
    if total is None:
        raise ValueError("an autoencoder has to give at least one term")
    return total


def run_means(autoencoder: Autoencoder, batch: Batch, progress: Progress) -> dict[str, Tensor]:
    """Return the loss and every term of all phases, nothing being stepped in between; scalars."""
    means: dict[str, Tensor] = {}
    for phase in autoencoder.phases():
        means.update(phase_means(phase, batch, progress))
    counted = {name: mean for name, mean in means.items() if _counts(name)}
    return {LOSS: weighted_sum(counted, autoencoder.term_weights(progress)), **means}


def loss_at(means: Mapping[str, float], weights: Mapping[str, float]) -> float:
    """Return the loss that reported means amount to at other ``weights``."""
    return sum(
        weights.get(name, 1.0) * mean
        for name, mean in means.items()
        if name != LOSS and _counts(name)
    )


def _counts(name: str) -> bool:
    return _SEPARATOR not in name
