"""Two to six runs side by side: recipes, results, curves, and the same samples through each model.

The table and the curves need nothing but the run folders. Reconstructions and maps need the data
too, and runs that have learned the same data; where that is not so, the comparison says why.

Shapes: P pictures, M points of the map, N samples that errors are measured on.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import reduce
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from aestudio.analysis.projection import PlaneProjection
from aestudio.data.dataset import Dataset
from aestudio.data.dataset_splitting import split_dataset
from aestudio.data.splitting import evenly_spaced
from aestudio.errors import InputError, RunError
from aestudio.experiment import Experiment
from aestudio.runs.folder import RunFolder
from aestudio.runs.metrics import Metrics
from aestudio.workflows.comparison.compared_count import why_not_several
from aestudio.workflows.comparison.comparison_table import (
    ComparedRow,
    number_row,
    recipe_differences,
    term_rows,
)
from aestudio.workflows.judging.evaluation import measure
from aestudio.workflows.judging.judged_samples import describe_judged
from aestudio.workflows.models.scaled_model import squared_errors
from aestudio.workflows.models.trained_model import TrainedModel
from aestudio.workflows.reporting import IsCancelled, Progress, part_of, reporting
from aestudio.workflows.runs.run_data import read_own_data
from aestudio.workflows.runs.short_names import short_names

Array = npt.NDArray[np.generic]
Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]

_PICTURES = 12
_MAP_POINTS = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedRun:
    """Who takes part; ``problem`` says why its model could not be used, if so."""

    path: Path
    name: str
    #: As short as it can be without being the same as another run's.
    label: str
    type: str
    code_size: int
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RunCurves:
    """One run's terms by epoch: each of length E, ``validation`` empty where nothing was held back."""

    epochs: Rows
    train: Mapping[str, Doubles]
    validation: Mapping[str, Doubles]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Seen:
    """What one model makes of the shared samples."""

    #: (P, *shape) in the data's own scale
    reconstructions: Floats
    #: (P,) squared error of each, summed over features in model scale
    squared_errors: Doubles
    #: (M, 2) places on this model's map
    points: Floats
    #: What the map shows, in a few words.
    map_caption: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SharedSamples:
    """The samples that every model is shown."""

    #: The data that all runs have learned.
    data: Dataset
    #: The part of it that the pictures are from, and which rows of it they are, (P,).
    source: Dataset
    picture_rows: Rows
    #: Rows of ``data``, (M,).
    map_rows: Rows
    #: What errors were measured on, in words.
    judged: str
    #: One for each run, None for a run whose model could not be used.
    seen: tuple[Seen | None, ...]

    @property
    def originals(self) -> Array:
        """The (P, *shape) samples as stored."""
        return self.source.x[self.picture_rows]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RunComparison:
    """Everything about the runs side by side; rows and curves are in the order of ``runs``."""

    runs: tuple[ComparedRun, ...]
    differences: tuple[ComparedRow, ...]
    results: tuple[ComparedRow, ...]
    curves: tuple[RunCurves, ...]
    shared: SharedSamples | None
    #: Why there are no pictures and maps; empty when there are.
    why_no_pictures: str = ""
    notes: tuple[str, ...] = field(default=())

    def to_json(self) -> dict[str, Any]:
        """Return everything but pictures and maps."""
        return {
            "runs": [asdict(run) for run in self.runs],
            "differences": [row.to_json() for row in self.differences],
            "results": [row.to_json() for row in self.results],
            "curves": [asdict(curves) for curves in self.curves],
            "judged": None if self.shared is None else self.shared.judged,
            "why_no_pictures": self.why_no_pictures,
            "notes": list(self.notes),
        }

    def rows(self) -> list[tuple[str, ...]]:
        """Return a table of text: names, what differs in the recipes, then the results."""
        head = ("", *(run.label for run in self.runs))
        return [head, *(row.cells() for row in (*self.differences, *self.results))]

    def remarks(self) -> list[str]:
        """Return what is to be known beside the table, one sentence each."""
        said = [f"Errors: {self.shared.judged}."] if self.shared is not None else []
        said += [f"{run.label}: {run.problem}" for run in self.runs if run.problem]
        return [*said, *filter(None, (self.why_no_pictures,)), *self.notes]


def compare_runs(
    paths: Sequence[str | os.PathLike[str]],
    *,
    progress: Progress | None = None,
    is_cancelled: IsCancelled | None = None,
) -> RunComparison:
    """Compare two to six different runs, the best epoch of each.

    Raises :class:`RunError` for another number of runs, for one that is named twice, and for a
    folder that is no run.
    """
    folders = _open(paths)
    experiments = [folder.experiment for folder in folders]
    metrics = [folder.metrics() for folder in folders]
    report = reporting(progress, is_cancelled)
    looks = _Looks(folders, experiments, report)
    shared, why = None, _why_not_the_same(folders)
    if not why:
        try:
            shared = looks.at_the_same_samples(is_cancelled)
        except InputError as error:
            why = str(error)
    labels = short_names([folder.info.name for folder in folders])
    is_same_scale = not why and looks.is_same_scale
    return RunComparison(
        runs=tuple(
            ComparedRun(
                path=folder.path,
                name=folder.info.name,
                label=label,
                type=folder.info.recipe.autoencoder,
                code_size=folder.info.recipe.code_size,
                problem=problem,
            )
            for folder, label, problem in zip(folders, labels, looks.problems, strict=True)
        ),
        differences=recipe_differences(experiments),
        results=_results(folders, experiments, metrics, looks.errors, is_same_scale),
        curves=tuple(
            RunCurves(epochs=one.epochs, train=one.train, validation=one.validation)
            for one in metrics
        ),
        shared=shared,
        why_no_pictures=why,
        notes=looks.notes,
    )


def _open(paths: Sequence[str | os.PathLike[str]]) -> list[RunFolder]:
    if reason := why_not_several(len(paths)):
        raise RunError(f"their number is {len(paths)}.", subject="runs", next_step=reason)
    seen: set[Path] = set()
    for path in paths:
        place = Path(path).resolve()
        if place in seen:
            raise RunError("the run is given twice.", subject=path, next_step="Name each run once.")
        seen.add(place)
    return [RunFolder.open(path) for path in paths]


def _why_not_the_same(folders: Sequence[RunFolder]) -> str:
    first, *others = (folder.info.data for folder in folders)
    for other in others:
        if (other.kind, other.shape) != (first.kind, first.shape):
            return (
                f"The runs have learned different data: samples of shape {first.shape} from "
                f"{first.name}, and of shape {other.shape} from {other.name}. Compare runs of the "
                "same data to see pictures and maps."
            )
        if other.fingerprint != first.fingerprint:
            return (
                f"The runs have learned different data: {first.name} ({first.num_samples:,} "
                f"samples, fingerprint {first.fingerprint[:12]}) and {other.name} "
                f"({other.num_samples:,}, {other.fingerprint[:12]}). Compare runs of the same "
                "data to see pictures and maps."
            )
    return ""


class _Looks:
    """Shows the same samples to each model; what it finds out stays here."""

    def __init__(
        self, folders: Sequence[RunFolder], experiments: Sequence[Experiment], report: Progress
    ) -> None:
        self._folders = folders
        self._experiments = experiments
        self._report = report
        self.problems = [""] * len(folders)
        self.errors: list[dict[str, float]] = [{} for _ in folders]
        self.is_same_scale = False
        self.notes: tuple[str, ...] = ()

    def at_the_same_samples(self, is_cancelled: IsCancelled | None) -> SharedSamples:
        """Raises :class:`RunError` or :class:`DataError` when there is nothing to look at."""
        models = self._open_models()
        own = read_own_data(self._folders[0], progress=self._stage(0), is_cancelled=is_cancelled)
        source, rows, part = self._unseen(own)
        unseen = source.x if len(rows) == source.num_samples else source.x[rows]
        pictures = evenly_spaced(rows, _PICTURES)
        map_rows = evenly_spaced(np.arange(own.num_samples), _MAP_POINTS)
        seen: list[Seen | None] = []
        first: PlaneProjection | None = None
        for place, model in enumerate(models):
            if model is None:
                seen.append(None)
                continue
            report = self._stage(1 + place)
            self.errors[place] = measure(model, unseen, report)
            codes = model.encode(own.x[map_rows])
            # Turned so that the maps of long codes lie alike.
            projection = PlaneProjection.fit(
                codes, first if first is not None and first.code_size == codes.shape[1] else None
            )
            first = first or projection
            seen.append(_seen(model, source.x[pictures], projection))
            report(1, 1)
        return SharedSamples(
            data=own,
            source=source,
            picture_rows=pictures,
            map_rows=map_rows,
            judged=describe_judged(len(rows), part, own.name),
            seen=tuple(seen),
        )

    def _open_models(self) -> list[TrainedModel | None]:
        models: list[TrainedModel | None] = []
        for place, folder in enumerate(self._folders):
            try:
                models.append(TrainedModel.open(folder))
            except RunError as error:
                models.append(None)
                self.problems[place] = str(error)
        usable = [model for model in models if model is not None]
        if not usable:
            raise RunError(
                "none of the runs has a saved state yet.",
                subject="runs",
                next_step="Train them first: aestudio resume.",
            )
        scalings = {str(model.scaling.to_json()) for model in usable}
        self.is_same_scale = len(scalings) == 1
        if not self.is_same_scale:
            self.notes += (
                "The runs scale the data in different ways, so their squared errors and losses are "
                "in different units and none is marked as the best.",
            )
        return models

    def _unseen(self, own: Dataset) -> tuple[Dataset, Rows, str]:
        """The samples that none of the runs has learned from, as far as there are any."""
        if own.test is not None:
            return own.test, np.arange(own.test.num_samples), "test"
        held_back = [
            split_dataset(own, experiment.data).validation for experiment in self._experiments
        ]
        rows = reduce(np.intersect1d, held_back)
        if len(rows):
            return own, rows, "validation"
        if any(map(len, held_back)):
            self.notes += (
                "The runs have not held back the same samples, so errors are measured on all of "
                "them, and each run has learned from some.",
            )
        return own, np.arange(own.num_samples), "train"

    def _stage(self, place: int) -> Progress:
        """Reading the data is the first of all works, and then comes each run."""
        return part_of(self._report, place, 1 + len(self._folders))


def _seen(model: TrainedModel, originals: Array, projection: PlaneProjection) -> Seen:
    target = model.to_model_scale(originals)
    output = model.reconstruct_scaled(target)
    return Seen(
        reconstructions=model.scaling.inverse(output),
        squared_errors=squared_errors(model.difference(originals, target, output)),
        points=projection.points,
        map_caption=projection.caption,
    )


def _results(
    folders: Sequence[RunFolder],
    experiments: Sequence[Experiment],
    metrics: Sequence[Metrics],
    errors: Sequence[Mapping[str, float]],
    is_same_scale: bool,
) -> tuple[ComparedRow, ...]:
    infos = [folder.info for folder in folders]
    whole = "{:,.0f}".format
    parameters = [info.training.num_parameters if info.training else None for info in infos]
    rows = [
        number_row(
            "squared_error",
            "Squared error",
            [one.get("squared") for one in errors],
            wanted="low" if is_same_scale else "",
            help="Summed over the features of a sample, averaged over samples it has not learned.",
        ),
        number_row("psnr_db", "PSNR (dB)", [e.get("psnr_db") for e in errors], wanted="high"),
        number_row("ssim", "SSIM", [e.get("ssim") for e in errors], wanted="high"),
    ]
    rows = [row for row in rows if any(value is not None for value in row.values)]
    for part in ("validation", "train"):
        at_best = [_at_best_epoch(one, getattr(one, part)) for one in metrics]
        rows += term_rows(part, at_best, experiments, is_same_scale=is_same_scale)
    return (
        *rows,
        number_row("best_epoch", "Best epoch", [m.best_epoch or None for m in metrics], form=whole),
        number_row("epochs", "Epochs done", [info.progress.epoch for info in infos], form=whole),
        number_row("code_size", "Code size", [i.recipe.code_size for i in infos], form=whole),
        number_row("num_parameters", "Parameters", parameters, form=whole),
        number_row(
            "seconds",
            "Seconds trained",
            [info.progress.elapsed_s for info in infos],
            wanted="low",
            form="{:.1f}".format,
        ),
    )


def _at_best_epoch(metrics: Metrics, terms: Mapping[str, Doubles]) -> dict[str, float]:
    """The terms at the best epoch, or at the last one where none was the best."""
    if not len(metrics.epochs):
        return {}
    found = np.flatnonzero(metrics.epochs == metrics.best_epoch)
    place = int(found[-1]) if len(found) else -1
    values = {name: float(column[place]) for name, column in terms.items()}
    return {name: value for name, value in values.items() if np.isfinite(value)}
