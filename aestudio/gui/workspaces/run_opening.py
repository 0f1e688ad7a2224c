"""How the train workspace gets at runs; everything here is called outside the window's thread.

Workflows bring torch along, so they are imported when they are first needed.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from aestudio.data.dataset import Dataset, Kind
from aestudio.data.series.sample_times import Moments
from aestudio.gui.background import TaskReport
from aestudio.gui.plots.latent_map import MapSamples
from aestudio.gui.plots.sample_art import SampleArt, Samples
from aestudio.preprocess.table import TableScaling
from aestudio.preprocess.tokens import TokenScaling
from aestudio.training.control import Control
from aestudio.training.events import Event

if TYPE_CHECKING:
    from aestudio.experiment import Experiment
    from aestudio.runs.folder import RunFolder
    from aestudio.runs.metrics import Metrics
    from aestudio.workflows.models.trained_model import TrainedModel
    from aestudio.workflows.training import TrainingSession


#: Standardised features are drawn this many standard deviations to either side; few lie beyond.
_MOST_DEVIATIONS = 4.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Subject:
    """A model that can be looked into, and how to get at the data that it learned from."""

    name: str
    model: TrainedModel
    art: SampleArt
    read: Callable[[TaskReport], Dataset]
    #: Where the run is; None for a model without one.
    run_path: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LiveRun:
    """A training that is about to begin."""

    run: RunFolder
    dataset: Dataset
    experiment: Experiment
    #: Follows the training by itself.
    model: TrainedModel
    #: Takes the weights of whatever earlier epoch is looked at.
    replay_model: TrainedModel
    #: What an earlier session of the same run has left.
    metrics: Metrics | None
    epochs: tuple[int, ...]
    events: Iterator[Event]

    @property
    def subject(self) -> Subject:
        return Subject(
            name=self.run.info.name,
            model=self.model,
            art=art_for(self.model),
            read=lambda report: self.dataset,
            run_path=self.run.path,
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FinishedRun:
    """A run to look at."""

    run: RunFolder
    model: TrainedModel
    experiment: Experiment
    art: SampleArt
    metrics: Metrics
    epochs: tuple[int, ...]
    pictures: Samples | None
    picture_rows: list[int]
    picture_names: list[str]
    picture_moments: Moments | None
    map_samples: MapSamples | None

    @property
    def subject(self) -> Subject:
        return Subject(
            name=self.run.info.name,
            model=self.model,
            art=self.art,
            read=partial(read_data, self.run),
            run_path=self.run.path,
        )


def open_new(experiment: Experiment, dataset: Dataset, control: Control) -> LiveRun:
    from aestudio.workflows.training import prepare, start_training

    preparation = prepare(experiment, dataset, is_cancelled=lambda: control.is_stopping)
    session = start_training(preparation, None, control)
    return _live(session, None, ())


def open_resumed(path: str | os.PathLike[str], control: Control, epochs: int | None) -> LiveRun:
    from aestudio.workflows.training import resume_training

    session = resume_training(path, control, epochs, is_cancelled=lambda: control.is_stopping)
    return _live(session, session.run.metrics(), session.run.preview_epochs())


def open_finished(path: str | os.PathLike[str]) -> FinishedRun:
    from aestudio.runs.folder import RunFolder
    from aestudio.workflows.models.trained_model import TrainedModel

    run = RunFolder.open(path)
    model = TrainedModel.open(run)
    samples = run.samples()
    names = run.label_names
    return FinishedRun(
        run=run,
        model=model,
        experiment=run.experiment,
        art=art_for(model),
        metrics=run.metrics(),
        epochs=run.preview_epochs(),
        pictures=None if samples is None else samples.picture_samples,
        picture_rows=[] if samples is None else samples.picture_rows.tolist(),
        picture_names=[]
        if samples is None
        else sample_names(samples.picture_rows, samples.picture_labels, names),
        picture_moments=None if samples is None else samples.picture_moments,
        map_samples=None
        if samples is None
        else MapSamples(
            rows=samples.map_rows,
            labels=samples.map_labels if names else None,
            label_names=names,
            num_all=run.info.data.num_samples,
            sample=lambda place: None,
        ),
    )


def art_for(model: TrainedModel) -> SampleArt:
    """How samples of a model's data are drawn: in the scale that the model works in."""
    if model.kind is Kind.IMAGES:
        return SampleArt(model.kind, model.shape, *model.display_range)
    scaling = model.scaling
    if isinstance(scaling, TokenScaling):
        return SampleArt.of_tokens(model.shape, scaling.symbols, scaling.padding)
    ends = (max(scaling.low, -_MOST_DEVIATIONS), min(scaling.high, _MOST_DEVIATIONS))
    if isinstance(scaling, TableScaling):
        low, high = scaling.cells_at(*ends)
        return SampleArt(model.kind, model.shape, low, high, columns=scaling.table_columns)
    low, high = (scaling.inverse(np.full((1, *model.shape), end, np.float32))[0] for end in ends)
    return SampleArt(model.kind, model.shape, low, high)


def read_data(run: RunFolder, report: TaskReport) -> Dataset:
    """The data that the run learned from; raises when it has moved or changed."""
    from aestudio.workflows.runs.run_data import read_own_data

    return read_own_data(run, progress=report.progress, is_cancelled=report.is_cancelled)


def sample_names(rows: np.ndarray, labels: np.ndarray | None, names: tuple[str, ...]) -> list[str]:
    """What the tool tips call samples: the label, where there is one, and the row."""
    words = []
    for place, row in enumerate(rows.tolist()):
        label = -1 if labels is None else int(labels[place])
        words.append(f"{names[label]} (row {row})" if 0 <= label < len(names) else f"row {row}")
    return words


def _live(session: TrainingSession, metrics: Metrics | None, epochs: tuple[int, ...]) -> LiveRun:
    from aestudio.workflows.models.trained_model import TrainedModel

    preparation = session.preparation
    return LiveRun(
        run=session.run,
        dataset=preparation.dataset,
        experiment=preparation.experiment,
        model=session.live_model,
        replay_model=TrainedModel.untrained(
            preparation.experiment,
            preparation.dataset.kind,
            preparation.dataset.shape,
            preparation.scaling,
        ),
        metrics=metrics,
        epochs=epochs,
        events=session.events,
    )
