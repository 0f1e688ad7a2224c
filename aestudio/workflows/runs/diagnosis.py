"""The training doctor's visit: collect the evidence of a run and say what is wrong with it."""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from aestudio.analysis.doctor import (
    Curves,
    Diagnosis,
    Measured,
    ModelEvidence,
    RunEvidence,
    diagnose,
    examine,
    measured,
    verdict_names,
)
from aestudio.autoencoders.base import FINISHED, Autoencoder, Batch
from aestudio.data.dataset import Dataset
from aestudio.data.dataset_splitting import split_dataset
from aestudio.data.missing_values import has_missing
from aestudio.data.splitting import evenly_spaced
from aestudio.errors import OptionError, RunError
from aestudio.experiment import Experiment
from aestudio.runs.folder import RunFolder
from aestudio.runs.metrics import Metrics
from aestudio.runs.schema import RunStatus
from aestudio.training.device import on_one_thread
from aestudio.training.terms import LOSS, run_means
from aestudio.workflows.models.trained_model import TrainedModel
from aestudio.workflows.reporting import IsCancelled, Progress
from aestudio.workflows.runs.run_data import read_own_data

#: Enough for every figure's second digit, and quick for large pictures too.
_EXAMINED = 512
#: PCA of a few thousand samples takes a second.
_FITTED = 5_000


@dataclass(frozen=True, slots=True)
class DoctorReport:
    """What is wrong with a run, the worst first; ``checked`` is everything that was looked for."""

    run: Path
    diagnoses: tuple[Diagnosis, ...]
    checked: tuple[str, ...]
    #: The evidence in numbers.
    figures: tuple[Measured, ...] = ()
    #: Why less could be looked at than usual; empty when nothing was missing.
    note: str = ""

    @property
    def is_healthy(self) -> bool:
        return not self.diagnoses

    def to_json(self) -> dict[str, Any]:
        return {
            "run": str(self.run),
            "healthy": self.is_healthy,
            "diagnoses": [asdict(diagnosis) for diagnosis in self.diagnoses],
            "checked": list(self.checked),
            "figures": {one.name: one.value for one in self.figures},
            "note": self.note,
        }

    def lines(self) -> list[str]:
        lines = [self.note] if self.note else []
        if self.is_healthy:
            return [*lines, f"Nothing is wrong with {self.run}.", self.looked_for]
        for diagnosis in self.diagnoses:
            lines += [f"{diagnosis.title} ({diagnosis.severity})", f"    {diagnosis.sentence}"]
            lines += [f"    Try: {diagnosis.try_this}"]
            lines += [f"    --set {key}={value}" for key, value in diagnosis.settings.items()]
        return lines

    @property
    def looked_for(self) -> str:
        """Everything that was looked for, as a sentence."""
        return f"Looked for: {', '.join(name.replace('_', ' ') for name in self.checked)}."


def diagnose_run(
    run: str | os.PathLike[str],
    *,
    dataset: Dataset | None = None,
    progress: Progress | None = None,
    is_cancelled: IsCancelled | None = None,
) -> DoctorReport:
    """Look at the curves, the model and the data of a run.

    ``dataset`` is the run's own data where that is at hand; otherwise it is read. Raises :class:`RunError` when the folder is no run, when it has no history yet, or when its data
    has changed.
    """
    folder = RunFolder.open(run)
    evidence = collect_evidence(
        folder, dataset=dataset, progress=progress, is_cancelled=is_cancelled
    )
    note = "" if evidence.model is not None else "The run has no model; only its curves were read."
    found = tuple(with_usable_settings(one, folder.experiment) for one in diagnose(evidence))
    return DoctorReport(folder.path, found, verdict_names(), measured(evidence), note)


def with_usable_settings(diagnosis: Diagnosis, experiment: Experiment) -> Diagnosis:
    """Leave out what the recipe has not got, does not take, or says already."""
    usable = {}
    for key, value in diagnosis.settings.items():
        try:
            is_new = experiment.with_values({key: value}) != experiment
        except OptionError:
            continue
        if is_new:
            usable[key] = value
    return replace(diagnosis, settings=usable)


def collect_evidence(
    folder: RunFolder,
    *,
    dataset: Dataset | None = None,
    progress: Progress | None = None,
    is_cancelled: IsCancelled | None = None,
) -> RunEvidence:
    """Read the curves, and run the model on some of the samples that it has learned from."""
    metrics = folder.metrics()
    has_model = folder.latest_checkpoint() is not None
    has_diverged = folder.status is RunStatus.DIVERGED
    if not (len(metrics.epochs) or has_model or has_diverged):
        raise RunError(
            "the run has not done anything that could be looked at.",
            subject=folder.path,
            next_step="Train it first: aestudio resume.",
        )
    model = None
    if has_model:
        if dataset is None:
            dataset = read_own_data(folder, progress=progress, is_cancelled=is_cancelled)
        # A training may be going on beside this.
        with on_one_thread():
            model = examine_model(TrainedModel.open(folder), dataset)
    return RunEvidence(
        curves=curves_of(metrics),
        learning_rate=folder.experiment.training.learning_rate,
        has_diverged=has_diverged,
        is_clipped=folder.experiment.training.gradient_clip > 0,
        model=model,
    )


def curves_of(metrics: Metrics) -> Curves:
    """Return the loss of epochs and of blocks of steps, and the gradients on record."""
    nothing = np.empty(0)
    return Curves(
        train=metrics.train.get("loss", nothing),
        validation=metrics.validation.get("loss", nothing),
        steps=metrics.step_terms.get("loss", nothing),
        gradient_steps=metrics.gradient_steps,
        gradients=metrics.gradients,
    )


def examine_model(model: TrainedModel, dataset: Dataset) -> ModelEvidence:
    """Measure the model on some training samples, spread evenly over them."""
    rows = split_dataset(dataset, model.experiment.data).train
    examined, fitted = evenly_spaced(rows, _EXAMINED), evenly_spaced(rows, _FITTED)
    labels = None if dataset.labels is None else torch.from_numpy(dataset.labels[examined])
    x = model.to_model_scale(dataset.x[examined])
    present = None
    if has_missing(dataset.x[examined]):
        counts = np.broadcast_to(model.scaling.counted(dataset.x[examined]), x.shape)
        present = torch.from_numpy(counts.copy())
    batch = Batch(torch.from_numpy(x), labels, present)
    return examine(model.autoencoder, batch, model.to_model_scale(dataset.x[fitted]), _loss)


def _loss(autoencoder: Autoencoder, batch: Batch) -> Tensor:
    """Return the loss of the run at the end of its schedules."""
    autoencoder.noise.reseed(0, 0)
    return run_means(autoencoder, batch, FINISHED)[LOSS]
