"""The same data and the same code size, learned by several types of autoencoders, beside PCA.

Every contestant is an ordinary run in an ordinary run folder: it can be opened, resumed, exported.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from aestudio.autoencoders.registry import autoencoder_class, types
from aestudio.data.dataset import Dataset
from aestudio.errors import OptionError, StudioError
from aestudio.experiment import Experiment
from aestudio.training.control import Control
from aestudio.training.events import FinishReason, RunFinished
from aestudio.workflows.judging.evaluation import Evaluation, evaluate
from aestudio.workflows.planning.recommendation import recommend
from aestudio.workflows.reporting import WorkCancelledError
from aestudio.workflows.training import TrainingSession, prepare, start_training

ALL = "all"
_PLAIN_TYPE = "undercomplete"

#: Follows one training to its end as ``follow_to_end`` does; the doors show progress here.
Follow = Callable[[str, TrainingSession], RunFinished]


@dataclass(frozen=True, slots=True, kw_only=True)
class Contestant:
    """How one type did; ``error`` says why there are no figures."""

    type: str
    title: str
    run: str | None = None
    code_size: int | None = None
    seconds: float | None = None
    squared_error: float | None = None
    beats_pca_percent: float | None = None
    psnr_db: float | None = None
    ssim: float | None = None
    error: str | None = None

    def row(self) -> tuple[str, ...]:
        return (
            self.type,
            _written(self.squared_error, ".5g"),
            _written(self.beats_pca_percent, "+.1f", " %"),
            _written(self.psnr_db, ".2f", " dB"),
            _written(self.seconds, ".1f"),
            self.run or f"failed: {self.error}",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """All contestants, the best reconstruction first, and PCA as the yardstick."""

    data: str
    code_size: int
    epochs: int
    num_samples: int
    split: str
    pca_squared_error: float
    contestants: tuple[Contestant, ...]
    #: Whether it was ended before all types had their turn.
    was_stopped: bool = False

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @property
    def heading(self) -> str:
        return (
            f"{self.num_samples:,} {self.split} samples of {self.data}, "
            f"{self.code_size} numbers, {self.epochs} epochs each"
        )

    def rows(self) -> list[tuple[str, ...]]:
        """Return a table: its head, one row for each contestant, and one for PCA."""
        head = ("type", "squared error", "against PCA", "PSNR", "seconds", "run")
        pca = ("PCA", f"{self.pca_squared_error:.5g}", "", "", "", "")
        return [head, *(one.row() for one in self.contestants), pca]

    def notes(self) -> list[str]:
        """Return what is to be known beside the table, one sentence each."""
        return ["Stopped before all types had their turn."] if self.was_stopped else []


def chosen_types(names: str | Sequence[str]) -> tuple[str, ...]:
    """Return the names of types that ``all``, or a list of them, stands for.

    Raises :class:`OptionError` for one that does not exist.
    """
    wanted = [names] if isinstance(names, str) else list(names)
    if ALL in wanted:
        return tuple(types())
    for name in wanted:
        autoencoder_class(name)
    return tuple(dict.fromkeys(wanted))


def recipe_of_type(dataset: Dataset, name: str, given: Mapping[str, Any]) -> Experiment:
    """Return what one type is trained with, beside others: code size and epochs are a plain one's."""
    plain = recommend(dataset, _PLAIN_TYPE, given=given)
    shared = {
        **given,
        "network.code_size": plain.network.code_size,
        "training.epochs": plain.training.epochs,
    }
    return recommend(dataset, name, given=shared)


def compare_types(
    dataset: Dataset,
    names: str | Sequence[str],
    *,
    follow: Follow,
    given: Mapping[str, Any],
    out: str | os.PathLike[str] | None = None,
    control: Control,
) -> Comparison:
    """Train each type on the same data with the same code size, and judge all on the same samples.

    ``given`` are options that hold for all; code size and epochs are those recommended for a plain
    autoencoder unless they are given. Runs go to folders in ``out``, else to the default place. A
    type that cannot be trained on the data is told of, and the others go on. ``control`` stops it:
    the runs that are finished count, the one under way is left to be resumed.

    Raises :class:`WorkCancelledError` when it is stopped before there is anything to tell, and
    :class:`OptionError` when no type could be trained.
    """
    chosen = chosen_types(names)
    if "autoencoder.type" in given:
        raise OptionError(
            "each type of the comparison is trained in its turn.",
            subject="autoencoder.type",
            next_step="Name the types with --types.",
        )
    plain = recommend(dataset, _PLAIN_TYPE, given=given)
    contestants: list[Contestant] = []
    judged: list[Evaluation] = []
    for name in chosen:
        if control.is_stopping:
            break
        try:
            experiment = recipe_of_type(dataset, name, given)
            place = None if out is None else Path(out) / name
            session = start_training(prepare(experiment, dataset), place, control)
            finished = follow(name, session)
            if finished.reason is FinishReason.STOPPED:
                break
            evaluation = evaluate(session.run.path)
        except StudioError as error:
            contestants.append(
                Contestant(type=name, title=autoencoder_class(name).title, error=str(error))
            )
            continue
        judged.append(evaluation)
        contestants.append(
            Contestant(
                type=name,
                title=autoencoder_class(name).title,
                run=evaluation.run,
                code_size=evaluation.code_size,
                seconds=finished.elapsed_s,
                squared_error=evaluation.squared_error,
                beats_pca_percent=evaluation.beats_pca_percent,
                psnr_db=evaluation.psnr_db,
                ssim=evaluation.ssim,
            )
        )
    if not contestants:
        raise WorkCancelledError("the comparison was stopped.")
    if not judged:
        reasons = "; ".join(f"{one.type}: {one.error}" for one in contestants)
        raise OptionError(
            f"none of the types could be trained on this data ({reasons}).",
            subject="--types",
            next_step="Train one of them alone to see what it asks for.",
        )
    contestants.sort(key=lambda one: (one.squared_error is None, one.squared_error or 0.0))
    return Comparison(
        data=judged[0].data,
        code_size=plain.network.code_size,
        epochs=plain.training.epochs,
        num_samples=judged[0].num_samples,
        split=judged[0].split,
        pca_squared_error=judged[0].pca_squared_error,
        contestants=tuple(contestants),
        was_stopped=len(contestants) < len(chosen),
    )


def _written(value: float | None, how: str, unit: str = "") -> str:
    return "" if value is None else f"{value:{how}}{unit}"
