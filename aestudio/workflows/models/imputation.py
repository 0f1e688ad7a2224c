"""Data with its gaps filled in by a model, and how far that can be trusted."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from aestudio.analysis.imputation import GapCheck, rounds
from aestudio.data.columns import ColumnKind
from aestudio.data.dataset import Dataset, Kind
from aestudio.data.dataset_splitting import split_dataset
from aestudio.data.missing_values import can_miss, count_missing, is_missing
from aestudio.data.splitting import evenly_spaced, unseen_rows
from aestudio.errors import DataError
from aestudio.export.filled_table import FilledSamples, check_filled_place, write_filled
from aestudio.preprocess.model_scale import columns_of
from aestudio.preprocess.table import TableScaling
from aestudio.runs.folder import RunFolder
from aestudio.workflows.judging.gap_trial import try_filling
from aestudio.workflows.models.encoding import label_texts
from aestudio.workflows.models.trained_model import TrainedModel
from aestudio.workflows.reporting import IsCancelled, Progress, reporting
from aestudio.workflows.runs.run_data import read_data_for

Array = npt.NDArray[Any]

#: Samples that are tried, and numbers at most.
_MOST_TRIED, _MOST_NUMBERS = 2000, 2**24


@dataclass(frozen=True, slots=True, kw_only=True)
class ImputationReport:
    """What was filled in, and how well the model does where the truth is known."""

    path: Path
    num_samples: int
    num_values: int
    num_filled: int
    #: None where there are too few values to hide any.
    check: GapCheck | None
    #: What was found on reading other data, such as categories that the model does not know.
    notes: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        values: dict[str, Any] = {
            "file": str(self.path),
            "num_samples": self.num_samples,
            "num_values": self.num_values,
            "num_filled": self.num_filled,
            "notes": list(self.notes),
        }
        if self.check is not None:
            values["check"] = {
                "num_samples": self.check.num_samples,
                "num_hidden": self.check.num_hidden,
                "error": self.check.error,
                "error_of_means": self.check.error_of_means,
                "gain_percent": self.check.gain_percent,
                "num_rounds": self.check.num_rounds,
            }
        return values

    def lines(self) -> list[str]:
        """Return the same in words."""
        share = self.num_filled / max(1, self.num_values)
        lines = [
            f"{self.num_filled:,} of {self.num_values:,} values ({share:.1%}) filled in: {self.path}"
        ]
        if self.num_filled == 0:
            lines.append("Nothing was missing; all values are as they were.")
        if self.check is not None:
            lines += _in_words(self.check)
        return [*lines, *self.notes]


def _in_words(check: GapCheck) -> list[str]:
    tried = (
        f"Tried on {check.num_hidden:,} known values, hidden in {check.num_samples:,} samples: "
        f"error {check.error:.4g}, with means instead {check.error_of_means:.4g}"
    )
    if check.gain_percent > 0:
        return [f"{tried}: {check.gain_percent:.1f} % lower."]
    return [
        f"{tried}: no better. What is missing does not follow from what is there, or the model has "
        "not learned it: try the denoising type with masking, or train longer."
    ]


def impute_to_file(
    run: str | os.PathLike[str],
    data: str | os.PathLike[str] | None,
    out: Path,
    *,
    seed: int = 0,
    progress: Progress | None = None,
    is_cancelled: IsCancelled | None = None,
) -> ImputationReport:
    """Fill in what is missing in the run's own data, or in other data of the same shape.

    Values that are there are written as they were read. The model is tried first on values that
    are known: a fifth of them, drawn by ``seed``, is hidden, in held-back samples where there are
    any, and the number of rounds that fills them in best is used for the rest. Raises
    :class:`DataError` for tokens, of which none can be missing.
    """
    folder = RunFolder.open(run)
    model = TrainedModel.open(folder)
    if model.kind is Kind.TOKENS:
        raise DataError(
            "of tokens none can be missing.",
            subject=folder.path,
            next_step="Use aestudio denoise, which restores damaged ones.",
        )
    check_filled_place(out, is_table=model.kind is Kind.TABLE)
    report = reporting(progress, is_cancelled)
    dataset = read_data_for(folder, data, progress=progress, is_cancelled=is_cancelled)
    check = _try(model, dataset, data is None, seed)
    x, chances = _filled(model, dataset.x, check.num_rounds if check is not None else 1, report)
    columns = columns_of(dataset) if dataset.kind is Kind.TABLE else ()
    for place, column in enumerate(columns):
        if column.kind is ColumnKind.BOOLEAN:
            x[:, place] = np.rint(x[:, place])
    write_filled(
        out, FilledSamples(x, columns, label_texts(dataset), dataset.sample_names, chances)
    )
    return ImputationReport(
        path=out,
        num_samples=dataset.num_samples,
        num_values=dataset.x.size,
        num_filled=int(count_missing(dataset.x).sum()),
        check=check,
        notes=() if data is None else tuple(map(str, dataset.findings)),
    )


def _try(model: TrainedModel, dataset: Dataset, is_own: bool, seed: int) -> GapCheck | None:
    """Hide known values of samples that the model has not learned from, where there are any."""
    most = min(_MOST_TRIED, max(1, _MOST_NUMBERS // dataset.num_features))
    rows = evenly_spaced(np.arange(dataset.num_samples), most)
    if is_own:
        rows = unseen_rows(split_dataset(dataset, model.experiment.data), most)
    return try_filling(model, np.asarray(dataset.x[rows]), seed)


def _filled(
    model: TrainedModel, x: Array, num_rounds: int, report: Progress
) -> tuple[Array, Array | None]:
    """Return (N, *shape) in which what was missing is what the model makes of the rest.

    Beside it, for models that give probabilities of categories, how probable each one is that was
    filled in, (N, D), NaN for all other cells.
    """
    if not can_miss(x):
        return x, None
    result = np.array(x)
    scaling = model.scaling
    chances = None
    if model.gives_chances and isinstance(scaling, TableScaling):
        chances = np.full(x.shape, np.nan, np.float32)
    for rows in model.blocks(len(x)):
        absent = is_missing(x[rows])
        if absent.any():
            scaled = model.to_model_scale(x[rows])
            present = np.broadcast_to(scaling.counted(x[rows]), scaled.shape)
            *_, last = rounds(model.reconstruct_scaled, scaled, present, num_rounds)
            result[rows] = np.where(absent, scaling.inverse(last), x[rows])
            if chances is not None and isinstance(scaling, TableScaling):
                chances[rows] = np.where(absent, _chances_of_likeliest(scaling, last), np.nan)
        report(rows.stop, len(x))
    return result, chances


def _chances_of_likeliest(scaling: TableScaling, scaled_NM: Array) -> Array:
    """Return how probable the likeliest category of each cell is, (N, D); NaN for other columns."""
    found = np.full((len(scaled_NM), len(scaling.columns)), np.nan, np.float32)
    for place, part_NC in scaling.categories_of(scaled_NM).items():
        found[:, place] = part_NC.max(axis=1)
    return found
