"""The same recipe with several seeds: what it comes to on average, and by how much that scatters.

Every member is an ordinary run in an ordinary run folder: it can be opened, resumed, exported. The
split of the data stays the same, so that only weights, order and noise differ.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from aestudio.data.dataset import Dataset
from aestudio.errors import OptionError, StudioError
from aestudio.experiment import Experiment
from aestudio.runs.folder import RunFolder, check_run_place
from aestudio.training.control import Control
from aestudio.training.events import FinishReason
from aestudio.workflows.judging.evaluation import Evaluation, evaluate
from aestudio.workflows.reporting import Progress, WorkCancelledError, part_of
from aestudio.workflows.training import TrainingSession, prepare, start_training, train_to_end

FEWEST_SEEDS, MOST_SEEDS = 2, 100
LARGEST_SEED = 2**31 - 1
#: The figures of an evaluation that are summarised, and what they are called.
_JUDGED = {
    "squared_error": "Squared error",
    "mse": "Mean squared error",
    "mae": "Mean absolute error",
    "beats_pca_percent": "Better than PCA by (%)",
    "psnr_db": "PSNR (dB)",
    "ssim": "SSIM",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """A figure over the members that have it."""

    mean: float
    #: Of single runs about their mean, estimated with n - 1; None for one run.
    std: float | None
    lowest: float
    highest: float
    count: int

    @classmethod
    def of(cls, values: list[float]) -> Spread:
        return cls(
            mean=float(np.mean(values)),
            std=float(np.std(values, ddof=1)) if len(values) > 1 else None,
            lowest=min(values),
            highest=max(values),
            count=len(values),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One run; ``figures`` are those of its best epoch, ``error`` says why there are none."""

    seed: int
    run: str | None = None
    seconds: float | None = None
    figures: Mapping[str, float] = field(default_factory=dict)
    error: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ensemble:
    """All members, and each figure's mean and spread over them."""

    data: str
    type: str
    #: What the errors were measured on, as ``evaluate`` chooses it.
    split: str
    num_samples: int
    pca_squared_error: float
    members: tuple[Member, ...]
    #: Whether it was ended before all seeds had their turn.
    was_stopped: bool = False

    def figures(self) -> dict[str, Spread]:
        """Return the spread of each figure, in the order in which the members give them."""
        values: dict[str, list[float]] = {}
        for member in self.members:
            for name, value in member.figures.items():
                values.setdefault(name, []).append(value)
        return {name: Spread.of(found) for name, found in values.items()}

    def to_json(self) -> dict[str, Any]:
        return {
            **asdict(self),
            "figures": {name: asdict(spread) for name, spread in self.figures().items()},
        }

    @property
    def heading(self) -> str:
        done = sum(1 for member in self.members if member.error is None)
        return (
            f"{self.type} with {done} seeds; errors on {self.num_samples:,} {self.split} samples "
            f"of {self.data} (PCA: {self.pca_squared_error:.5g})"
        )

    def rows(self) -> list[tuple[str, ...]]:
        """Return a table: one row for each figure, its mean and spread before single runs."""
        good = [member for member in self.members if member.error is None]
        head = ("figure", "mean", "std", *(f"seed {member.seed}" for member in good))
        rows = [
            (
                name,
                f"{spread.mean:.5g}",
                "" if spread.std is None else f"{spread.std:.2g}",
                *(_written(member.figures.get(name)) for member in good),
            )
            for name, spread in self.figures().items()
        ]
        return [head, *rows]

    def notes(self) -> list[str]:
        """Return where the runs are, and which did not come to their end."""
        return [*(one.run for one in self.members if one.run), *self.problems()]

    def problems(self) -> list[str]:
        """Return which runs did not come to their end, and why."""
        failed = [f"seed {one.seed} failed: {one.error}" for one in self.members if one.error]
        stopped = ["Stopped before all seeds had their turn."] if self.was_stopped else []
        return [*failed, *stopped]


def figure_title(name: str) -> str:
    """Return a figure's name in words; those of losses are made from their names."""
    return _JUDGED.get(name) or name.replace("_", " ").capitalize()


def chosen_seeds(count: int, first: int = 0) -> tuple[int, ...]:
    """Return ``count`` seeds from ``first`` on; raises :class:`OptionError` where that is no ensemble."""
    if not FEWEST_SEEDS <= count <= MOST_SEEDS:
        raise OptionError(
            f"an ensemble has {FEWEST_SEEDS} to {MOST_SEEDS} seeds, not {count}.",
            subject="--seeds",
            next_step="Try 5.",
        )
    if not 0 <= first <= LARGEST_SEED - count:
        raise OptionError(
            f"seeds go from 0 to {LARGEST_SEED:,}.",
            subject="--seed",
            next_step="Leave it out to begin with 0.",
        )
    return tuple(range(first, first + count))


def member_place(out: str | os.PathLike[str] | None, seed: int) -> Path | None:
    """Return the folder of one member; None lets it choose a new one in the default place."""
    return None if out is None else Path(out) / f"seed-{seed}"


def train_ensemble(
    dataset: Dataset,
    experiment: Experiment,
    seeds: tuple[int, ...],
    *,
    control: Control,
    out: str | os.PathLike[str] | None = None,
    progress: Progress | None = None,
) -> Ensemble:
    """Train ``experiment`` once with each seed and measure each run as ``evaluate`` does.

    Runs go to folders in ``out``, else to the default place. A run that fails is told of, and the
    others go on. ``control`` stops it: the runs that are finished count, the one under way is left
    to be resumed. Raises :class:`WorkCancelledError` when none was finished by then, and what ended
    the first run when all have failed.
    """
    for seed in seeds:
        check_run_place(member_place(out, seed))
    members: list[Member] = []
    judged: list[Evaluation] = []
    problems: list[StudioError] = []
    for index, seed in enumerate(seeds):
        if control.is_stopping:
            break
        recipe = experiment.with_values({"training.seed": seed})
        session: TrainingSession | None = None
        try:
            session = start_training(prepare(recipe, dataset), member_place(out, seed), control)
            session.run.rename(f"{session.run.info.name} seed {seed}"[-200:])
            finished = train_to_end(session, part_of(progress, index, len(seeds)))
            if finished.reason is FinishReason.STOPPED:
                break
            evaluation = evaluate(session.run.path)
        except StudioError as error:
            problems.append(error)
            where = None if session is None else str(session.run.path)
            members.append(Member(seed=seed, run=where, error=str(error)))
            continue
        judged.append(evaluation)
        members.append(
            Member(
                seed=seed,
                run=evaluation.run,
                seconds=finished.elapsed_s,
                figures=dict(_figures(session.run, evaluation)),
            )
        )
    if not judged:
        raise problems[0] if problems else WorkCancelledError("the ensemble was stopped.")
    return Ensemble(
        data=judged[0].data,
        type=experiment.autoencoder.type,
        split=judged[0].split,
        num_samples=judged[0].num_samples,
        pca_squared_error=judged[0].pca_squared_error,
        members=tuple(members),
        was_stopped=len(members) < len(seeds),
    )


def _figures(run: RunFolder, evaluation: Evaluation) -> Iterator[tuple[str, float]]:
    """Yield the losses of the best epoch, whose model is judged, and what judging it found."""
    metrics = run.metrics()
    place = int(np.flatnonzero(metrics.epochs == metrics.best_epoch)[-1])
    yield "train_loss", float(metrics.train["loss"][place])
    if "loss" in metrics.validation:
        yield "validation_loss", float(metrics.validation["loss"][place])
    for name in _JUDGED:
        value = getattr(evaluation, name)
        if value is not None:
            yield name, float(value)


def _written(value: float | None) -> str:
    return "" if value is None else f"{value:.5g}"
