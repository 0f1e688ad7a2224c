"""Running a recipe: train what it says, measure, and set the result beside the published number."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from aestudio.data.files.path_text import as_text
from aestudio.errors import DataError, OptionError
from aestudio.experiment import Experiment
from aestudio.runs.folder import check_run_place
from aestudio.runs.location import default_runs_folder
from aestudio.training.control import Control
from aestudio.training.events import FinishReason
from aestudio.workflows.models.trained_model import TrainedModel
from aestudio.workflows.recipes.recipe_card import Recipe, Variant, find_recipe
from aestudio.workflows.recipes.recipe_metrics import Finished, Measurement, find_metric
from aestudio.workflows.reporting import Progress, WorkCancelledError, part_of
from aestudio.workflows.training import TrainingSession, prepare, start_training, train_to_end

_MNIST_SHAPE = (1, 28, 28)


@dataclass(frozen=True, slots=True, kw_only=True)
class VariantResult:
    """What one run of a recipe came to."""

    name: str
    group: str
    obtained: float
    seconds: float
    run: Path
    details: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipeResult:
    """The number obtained beside the published one, and the verdict."""

    recipe: Recipe
    obtained: float
    holds: bool
    #: Training and measuring, on this computer.
    seconds: float
    device: str
    #: The run, or the folder that holds the runs of all variants.
    run: Path
    variants: tuple[VariantResult, ...]
    #: Given when the recipe was changed, so that the verdict is not the recipe's.
    note: str = ""

    @property
    def published(self) -> float:
        return self.recipe.card.published

    @property
    def target(self) -> float:
        return self.recipe.card.target

    @property
    def verdict(self) -> str:
        """Whether the target is reached, in a few words."""
        words = "holds" if self.holds else "does not hold"
        return f"{self.recipe.card.direction} {self.target:.4g}: {words}"

    def groups(self) -> dict[str, tuple[float, float, float]]:
        """Return mean, lowest and highest of each group of runs; empty without groups."""
        found: dict[str, list[float]] = {}
        for one in self.variants:
            if one.group:
                found.setdefault(one.group, []).append(one.obtained)
        return {
            name: (float(np.mean(values)), min(values), max(values))
            for name, values in found.items()
        }

    def to_json(self) -> dict[str, Any]:
        card = self.recipe.card
        return {
            "recipe": self.recipe.name,
            "title": card.title,
            "metric": card.metric,
            "obtained": self.obtained,
            "published": card.published,
            "source": card.source,
            "direction": card.direction,
            "target": card.target,
            "holds": self.holds,
            "seconds": round(self.seconds, 1),
            "device": self.device,
            "run": str(self.run),
            "beside": dict(card.beside),
            "groups": {
                name: {"mean": mean, "min": low, "max": high}
                for name, (mean, low, high) in self.groups().items()
            },
            "variants": [{**asdict(one), "run": str(one.run)} for one in self.variants],
            "note": self.note,
        }

    def lines(self) -> list[str]:
        card = self.recipe.card
        lines = [card.title, f"Protocol   {card.protocol}"]
        if len(self.variants) > 1:
            for one in self.variants:
                figures = ", ".join(f"{name} {value:.4g}" for name, value in one.details.items())
                lines.append(f"  {one.name}: {one.obtained:.4g}  ({figures})")
        for name, (mean, low, high) in self.groups().items():
            lines.append(f"  {name}: mean {mean:.4g}, from {low:.4g} to {high:.4g}")
        lines += [
            f"Obtained   {self.obtained:.4g}  ({self.seconds:.0f} s on {self.device})",
            f"Published  {card.published:.4g}  {card.source}",
        ]
        lines += [f"           {value:.4g}  {name}" for name, value in card.beside.items()]
        lines.append(f"Target     {self.verdict}")
        lines += [f"Note       {self.note}"] if self.note else []
        return [*lines, f"Run: {self.run}"]


def run_recipe(
    name: str,
    data: str | os.PathLike[str] | None = None,
    out: str | os.PathLike[str] | None = None,
    *,
    control: Control,
    epochs: int | None = None,
    progress: Progress | None = None,
) -> RecipeResult:
    """Train and measure every variant of a recipe.

    ``out`` becomes the run, or the folder of the runs where there are several. Raises
    :class:`OptionError` for an unknown recipe or missing data, :class:`WorkCancelledError` when
    ``control`` stopped it, and what ended a run that failed.
    """
    recipe = find_recipe(name)
    experiment = _experiment_for(recipe, data)
    if epochs is not None:
        experiment = experiment.with_values({"training.epochs": epochs})
    variants = recipe.card.variants
    place = _place(recipe, out)
    shared: dict[str, float] = {}
    results: list[VariantResult] = []
    device = ""
    for index, variant in enumerate(variants):
        report = part_of(progress, index, len(variants))
        run = place if len(variants) == 1 or place is None else place / _folder_name(variant)
        result, device = _run_variant(recipe, experiment, variant, run, control, shared, report)
        results.append(result)
    obtained = summarised(recipe, results)
    is_changed = epochs is not None and epochs != recipe.experiment.training.epochs
    return RecipeResult(
        recipe=recipe,
        obtained=obtained,
        holds=recipe.holds(obtained),
        seconds=sum(one.seconds for one in results),
        device=device,
        run=results[0].run if len(results) == 1 or place is None else place,
        variants=tuple(results),
        note=(
            f"Trained for {epochs} epochs, where the recipe asks for "
            f"{recipe.experiment.training.epochs}."
            if is_changed
            else ""
        ),
    )


def summarised(recipe: Recipe, results: Iterable[VariantResult]) -> float:
    """Return the one number of several runs, as the recipe says."""
    card = recipe.card
    best, worst = (min, max) if card.direction == "below" else (max, min)
    groups: dict[str, list[float]] = {}
    for one in results:
        groups.setdefault(one.group if card.summary == "best_group" else "", []).append(
            one.obtained
        )
    if card.summary == "worst":
        return worst(groups[""])
    return best(float(np.mean(values)) for values in groups.values())


def _run_variant(
    recipe: Recipe,
    experiment: Experiment,
    variant: Variant,
    out: Path | None,
    control: Control,
    shared: dict[str, float],
    progress: Progress,
) -> tuple[VariantResult, str]:
    started_s = time.perf_counter()
    preparation = prepare(experiment.with_values(variant.set))
    _check_data(recipe, preparation.dataset.shape, preparation.dataset.test is not None)
    session = start_training(preparation, out, control)
    if train_to_end(session, progress).reason is FinishReason.STOPPED:
        raise _stopped(session)

    def is_stopping() -> bool:
        return control.is_stopping

    finished = Finished(
        run=session.run,
        model=TrainedModel.open(session.run.path),
        dataset=preparation.dataset,
        shared=shared,
        is_cancelled=is_stopping,
    )
    if control.is_stopping:
        raise _stopped(session)
    try:
        measured: Measurement = find_metric(recipe.card.metric)(finished)
    except WorkCancelledError:
        raise _stopped(session) from None
    result = VariantResult(
        name=variant.name,
        group=variant.group,
        obtained=measured.value,
        seconds=time.perf_counter() - started_s,
        run=session.run.path,
        details=dict(measured.details),
    )
    trained = session.run.info.training
    return result, "" if trained is None else trained.device


def _stopped(session: TrainingSession) -> WorkCancelledError:
    return WorkCancelledError("the recipe was stopped.", subject=session.run.path)


def _experiment_for(recipe: Recipe, data: str | os.PathLike[str] | None) -> Experiment:
    if not recipe.needs_data:
        if data is not None:
            raise OptionError(
                f"this recipe runs on the built-in sample '{recipe.card.data}'.",
                subject="--data",
                next_step="Leave it out.",
            )
        return recipe.experiment.with_values({"data.source": recipe.card.data})
    if data is None:
        raise OptionError(
            f"the recipe '{recipe.name}' needs MNIST, which does not come with the program.",
            subject="--data",
            next_step="Give the folder with its four files: --data path/to/mnist.",
        )
    return recipe.experiment.with_values({"data.source": as_text(os.fspath(data))})


def _check_data(recipe: Recipe, shape: tuple[int, ...], has_test: bool) -> None:
    if recipe.needs_data and not (shape == _MNIST_SHAPE and has_test):
        raise DataError(
            f"this is not MNIST: samples have shape {shape}"
            + ("." if has_test else ", and there is no test part."),
            subject="--data",
            next_step="Give the folder with the four MNIST files.",
        )


def _place(recipe: Recipe, out: str | os.PathLike[str] | None) -> Path | None:
    """Return where the run goes, or the folder of several runs; None lets a single run choose."""
    if out is not None:
        check_run_place(out)
        return Path(out).absolute()
    if len(recipe.card.variants) == 1:
        return None
    stamp = time.strftime("%Y-%m-%d %H.%M.%S")
    return default_runs_folder() / f"{recipe.name} {stamp}"


def _folder_name(variant: Variant) -> str:
    return re.sub(r"[^\w.-]+", "-", variant.name)
