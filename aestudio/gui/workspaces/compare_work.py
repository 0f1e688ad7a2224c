"""What the Compare workspace works on, and has done in the background; workflows are imported there."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aestudio.data.dataset import Dataset
from aestudio.errors import FailureError
from aestudio.gui.background import TaskReport
from aestudio.gui.bridge import lower_priority
from aestudio.gui.plots.sample_art import SampleArt
from aestudio.gui.workspaces.run_opening import sample_names
from aestudio.runs.listing import RunSummary, list_runs
from aestudio.training.control import Control
from aestudio.training.events import RunFinished, RunStarted, StepsDone

if TYPE_CHECKING:
    from aestudio.experiment import Experiment
    from aestudio.workflows.comparison.comparing import Comparison
    from aestudio.workflows.comparison.ensembles import Ensemble
    from aestudio.workflows.comparison.run_comparison import RunComparison
    from aestudio.workflows.training import TrainingSession

#: Parts in which the training of one type, or with one seed, is reported.
PARTS = 1_000


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TypesBasis:
    """What would be trained on: the data, the recipe, and what of it all types share."""

    dataset: Dataset
    experiment: Experiment
    #: Names of types and what they are called.
    titles: Mapping[str, str]
    #: Options that hold for all types.
    given: Mapping[str, Any]

    @property
    def epochs(self) -> int:
        return self.experiment.training.epochs

    @property
    def code_size(self) -> int:
        return self.experiment.network.code_size

    @property
    def title(self) -> str:
        """What the recipe's own type is called."""
        return self.titles[self.experiment.autoencoder.type]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Compared:
    """A comparison, how its samples are drawn and what its pictures are called."""

    comparison: RunComparison
    art: SampleArt | None
    sample_names: tuple[str, ...]


def list_all(report: TaskReport) -> list[RunSummary]:
    return list_runs()


def comparing(paths: Sequence[Path]) -> Callable[[TaskReport], Compared]:
    """Return the work that compares these runs."""

    def work(report: TaskReport) -> Compared:
        from aestudio.workflows.comparison.run_comparison import compare_runs

        comparison = compare_runs(paths, progress=report.progress, is_cancelled=report.is_cancelled)
        shared = comparison.shared
        if shared is None:
            return Compared(comparison=comparison, art=None, sample_names=())
        rows, labels = shared.picture_rows, shared.source.labels
        names = sample_names(
            rows, None if labels is None else labels[rows], shared.source.label_names
        )
        return Compared(
            comparison=comparison, art=SampleArt.of(shared.data), sample_names=tuple(names)
        )

    return work


def timing_type(
    dataset: Dataset, name: str, given: Mapping[str, Any], code_size: int
) -> Callable[[TaskReport], float]:
    """Return the work that measures the seconds of one epoch of a type."""

    def work(report: TaskReport) -> float:
        from aestudio.workflows.planning.time_estimate import estimate_type_seconds

        values = {**given, "network.code_size": code_size, "training.epochs": 1}
        return estimate_type_seconds(dataset, name, values, is_cancelled=report.is_cancelled)

    return work


def timing_recipe(dataset: Dataset, experiment: Experiment) -> Callable[[TaskReport], float]:
    """Return the work that measures the seconds of one epoch of a recipe."""

    def work(report: TaskReport) -> float:
        from aestudio.workflows.planning.time_estimate import estimate_seconds

        once = experiment.with_values({"training.epochs": 1})
        return estimate_seconds(once, dataset, is_cancelled=report.is_cancelled)

    return work


def training_types(
    dataset: Dataset, names: Sequence[str], given: Mapping[str, Any], control: Control
) -> Callable[[TaskReport], Comparison]:
    """Return the work that trains each type in turn; ``control`` ends it, keeping what there is."""

    def work(report: TaskReport) -> Comparison:
        from aestudio.workflows.comparison.comparing import compare_types

        def follow(name: str, session: TrainingSession) -> RunFinished:
            return _follow(session, list(names).index(name), len(names), control, report)

        lower_priority()
        return compare_types(dataset, names, follow=follow, given=given, control=control)

    return work


def training_seeds(
    dataset: Dataset, experiment: Experiment, seeds: tuple[int, ...], control: Control
) -> Callable[[TaskReport], Ensemble]:
    """Return the work that trains a recipe with each seed; ``control`` ends it as with types."""

    def work(report: TaskReport) -> Ensemble:
        from aestudio.workflows.comparison.ensembles import train_ensemble

        def progress(done: int, total: int) -> None:
            if report.is_cancelled():
                control.stop()
            report.progress(PARTS * done * len(seeds) // total, PARTS * len(seeds))

        lower_priority()
        return train_ensemble(dataset, experiment, seeds, control=control, progress=progress)

    return work


def _follow(
    session: TrainingSession, place: int, count: int, control: Control, report: TaskReport
) -> RunFinished:
    num_steps = 1
    finished: RunFinished | None = None
    for event in session.events:
        if report.is_cancelled():
            control.stop()
        if isinstance(event, RunStarted):
            num_steps = max(1, event.num_epochs * event.steps_per_epoch)
            report.progress(PARTS * place, PARTS * count)
        elif isinstance(event, StepsDone):
            report.progress(PARTS * place + PARTS * event.step // num_steps, PARTS * count)
        elif isinstance(event, RunFinished):
            finished = event
    if finished is None:
        raise FailureError("the training ended without saying why.", subject=session.run.path)
    return finished
