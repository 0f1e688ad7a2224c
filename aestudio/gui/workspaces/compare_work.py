"""What the Compare workspace works on, and has done in the background; workflows are imported there."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aestudio.data.dataset import Dataset
from aestudio.gui.background import TaskReport
from aestudio.gui.bridge import lower_priority
from aestudio.gui.plots.sample_art import SampleArt
from aestudio.gui.workspaces.run_opening import sample_names
from aestudio.runs.listing import RunSummary, list_runs
from aestudio.training.control import Control
from aestudio.workflows.reporting import part_of

if TYPE_CHECKING:
    from aestudio.experiment import Experiment
    from aestudio.training.events import RunFinished
    from aestudio.workflows.comparison.comparing import Comparison
    from aestudio.workflows.comparison.ensembles import Ensemble
    from aestudio.workflows.comparison.run_comparison import RunComparison
    from aestudio.workflows.reporting import Progress
    from aestudio.workflows.training import TrainingSession


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
        from aestudio.workflows.training import train_to_end

        told = _stopping_when_cancelled(report, control)

        def follow(name: str, session: TrainingSession) -> RunFinished:
            return train_to_end(session, part_of(told, list(names).index(name), len(names)))

        lower_priority()
        return compare_types(dataset, names, follow=follow, given=given, control=control)

    return work


def training_seeds(
    dataset: Dataset, experiment: Experiment, seeds: tuple[int, ...], control: Control
) -> Callable[[TaskReport], Ensemble]:
    """Return the work that trains a recipe with each seed; ``control`` ends it as with types."""

    def work(report: TaskReport) -> Ensemble:
        from aestudio.workflows.comparison.ensembles import train_ensemble

        told = _stopping_when_cancelled(report, control)
        lower_priority()
        return train_ensemble(dataset, experiment, seeds, control=control, progress=told)

    return work


def _stopping_when_cancelled(report: TaskReport, control: Control) -> Progress:
    """Return what passes progress on, and stops the training when the work was cancelled."""

    def told(done: int, total: int) -> None:
        if report.is_cancelled():
            control.stop()
        report.progress(done, total)

    return told
