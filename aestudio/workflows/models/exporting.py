"""The model as files for other programs, with its preprocessing."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch

from aestudio.autoencoders.registry import autoencoder_class
from aestudio.errors import InputError, RunError
from aestudio.export.model_card import CardFacts, model_card
from aestudio.export.onnx import export_onnx
from aestudio.export.safetensors import export_safetensors
from aestudio.preprocess.table import TableScaling
from aestudio.preprocess.tokens import TokenScaling
from aestudio.runs import atomic
from aestudio.runs.folder import RunFolder
from aestudio.training.table_scale import TableScale
from aestudio.workflows.judging.evaluation import evaluate
from aestudio.workflows.models.trained_model import TrainedModel
from aestudio.workflows.reporting import IsCancelled, Progress, reporting
from aestudio.workflows.runs.run_data import read_data_for

Format = Literal["safetensors", "onnx"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportReport:
    """What was written; for ONNX also how far the files are from the model."""

    format: Format
    folder: Path
    files: tuple[Path, ...]
    #: Largest absolute difference from torch, in the data's own scale.
    largest_difference: float | None = None
    #: The same relative to the range of the data.
    relative_difference: float | None = None

    def to_json(self) -> dict[str, Any]:
        values: dict[str, Any] = {
            "format": self.format,
            "folder": str(self.folder),
            "files": [str(path) for path in self.files],
        }
        if self.largest_difference is not None:
            values["largest_difference"] = self.largest_difference
            values["relative_difference"] = self.relative_difference
        return values

    def lines(self) -> list[str]:
        lines = [f"Exported to {self.folder}:", *(f"  {path.name}" for path in self.files)]
        if self.largest_difference is not None:
            lines.append(
                f"Run again in onnxruntime, the files differ from torch by at most "
                f"{self.largest_difference:.2g} ({self.relative_difference:.1e} of the range)."
            )
        return lines


def export(
    run: str | os.PathLike[str],
    format: Format,
    out: Path,
    *,
    progress: Progress | None = None,
    is_cancelled: IsCancelled | None = None,
) -> ExportReport:
    """Export the best epoch of a run into the folder ``out``, which is made if need be."""
    atomic.check_folder(out)
    folder = RunFolder.open(run)
    model = TrainedModel.open(folder)
    if format == "onnx":
        return _export_onnx(folder, model, out, reporting(progress, is_cancelled))
    return _export_safetensors(folder, model, out, progress, is_cancelled)


def _export_onnx(
    folder: RunFolder, model: TrainedModel, out: Path, report: Progress
) -> ExportReport:
    samples = folder.picture_samples
    if samples is None or not len(samples):
        samples = read_data_for(folder).x[:16]
    scaling = model.scaling
    written = export_onnx(
        model.autoencoder,
        out,
        offset=scaling.offset,
        scale=scaling.scale,
        samples=np.asarray(samples),
        fill=scaling.fill,
        table=(TableScale(scaling, torch.float32) if isinstance(scaling, TableScaling) else None),
        num_symbols=len(scaling.symbols) if isinstance(scaling, TokenScaling) else 0,
        in_own_scale=folder.experiment.data.series_scale == "own",
        report=report,
    )
    return ExportReport(
        format="onnx",
        folder=out,
        files=tuple(file.path for file in written.files),
        largest_difference=written.largest_difference,
        relative_difference=written.relative_difference,
    )


def _export_safetensors(
    folder: RunFolder,
    model: TrainedModel,
    out: Path,
    progress: Progress | None,
    is_cancelled: IsCancelled | None,
) -> ExportReport:
    try:
        figures = evaluate(folder.path, progress=progress, is_cancelled=is_cancelled).to_json()
    except InputError:
        # A run whose data has gone can still be exported; the card then has no such figures.
        figures = {}
    numbers = {name: value for name, value in figures.items() if isinstance(value, int | float)}
    weights = {
        name: np.asarray(tensor.numpy()) for name, tensor in model.autoencoder.state_dict().items()
    }
    preprocessing = {
        "kind": str(model.kind),
        "shape": list(model.shape),
        "scaling": model.scaling.to_json(),
        "label_names": list(folder.label_names),
        "feature_names": list(folder.feature_names),
    }
    written = export_safetensors(
        out,
        weights=weights,
        experiment_toml=model.experiment.to_toml(),
        preprocessing=preprocessing,
        card=model_card(_card_facts(folder, model, numbers)),
    )
    return ExportReport(format="safetensors", folder=out, files=written.files)


def _card_facts(folder: RunFolder, model: TrainedModel, evaluation: dict[str, float]) -> CardFacts:
    info, experiment = folder.info, model.experiment
    if info.training is None:
        raise RunError(
            "the run was never started.", subject=folder.path, next_step="Train it first."
        )
    type_class = autoencoder_class(experiment.autoencoder.type)

    def finite(terms: dict[str, float | None]) -> dict[str, float]:
        return {name: value for name, value in terms.items() if value is not None}

    return CardFacts(
        name=info.name,
        type_title=type_class.title,
        type_summary=type_class.summary,
        citation=type_class.citation,
        network=experiment.network.kind,
        code_size=model.code_size,
        num_parameters=info.training.num_parameters,
        data_name=info.data.name,
        data_source=info.data.source,
        data_kind=info.data.kind,
        sample_shape=info.data.shape,
        num_train=info.data.num_train,
        num_validation=info.data.num_validation,
        fingerprint=info.data.fingerprint,
        label_names=folder.label_names,
        epochs=info.progress.epoch,
        best_epoch=info.progress.best_epoch,
        seed=info.recipe.seed,
        loss=experiment.training.loss,
        train=finite(info.progress.train),
        validation=finite(info.progress.validation),
        evaluation=evaluation or None,
        versions=info.versions.model_dump(),
        created_at=info.created_at,
        is_generative=model.is_generative,
    )
