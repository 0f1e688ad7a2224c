"""From a recipe to a training that writes its run folder.

``prepare`` reads, splits, scales and builds; ``start_training``, ``start_training_on`` and
``resume_training`` return a session whose ``events`` are then iterated, in whatever thread suits.
"""

from __future__ import annotations

import copy
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt
import torch

from aestudio.autoencoders.base import Autoencoder
from aestudio.data.dataset import Dataset
from aestudio.data.dataset_splitting import split_dataset
from aestudio.data.files.mapped_file import check_unchanged
from aestudio.data.files.path_text import as_text
from aestudio.data.missing_values import has_missing
from aestudio.data.reading import read
from aestudio.data.splitting import Split
from aestudio.errors import FailureError, RunError
from aestudio.experiment import Experiment
from aestudio.preprocess.model_scale import fit_to
from aestudio.preprocess.scaling import Scaling
from aestudio.preprocess.table import TableScaling
from aestudio.preprocess.tokens import TokenScaling
from aestudio.runs.folder import RunFacts, RunFolder
from aestudio.runs.record import record
from aestudio.runs.schema import DataFacts
from aestudio.training.adaptation import adapt_to_data
from aestudio.training.arrays import TrainingArrays
from aestudio.training.augmentation import check_augmentation
from aestudio.training.binarisation import check_binarisation
from aestudio.training.checkpoint import Checkpoint
from aestudio.training.control import Control
from aestudio.training.events import Event, PreviewReady, RunFinished, RunStarted, StepsDone
from aestudio.training.fit import fit
from aestudio.training.full_batch import check_full_batch
from aestudio.workflows.models.trained_model import TrainedModel, build_autoencoder
from aestudio.workflows.planning.given import Given
from aestudio.workflows.planning.label_count import with_label_count
from aestudio.workflows.planning.recommendation import recommend
from aestudio.workflows.planning.word_vectors import begin_with_word_vectors, with_embedding_size
from aestudio.workflows.reporting import IsCancelled, Progress, reporting
from aestudio.workflows.runs.run_data import chosen_windows, read_own_data


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Preparation:
    """Everything that training needs, checked and in memory."""

    experiment: Experiment
    dataset: Dataset
    split: Split
    scaling: Scaling
    arrays: TrainingArrays
    autoencoder: Autoencoder
    #: What was found on the way, one sentence each.
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TrainingSession:
    """A training that runs while ``events`` is iterated, to its end."""

    run: RunFolder
    preparation: Preparation
    #: Follows the training: it has the weights of the newest preview.
    live_model: TrainedModel
    #: Every event is on the disk before it comes out here; the last is the one RunFinished.
    events: Iterator[Event]
    #: What was found on the way, and what is not as it was when the run was left, one sentence each.
    notes: tuple[str, ...] = ()


def prepare(
    experiment: Experiment,
    dataset: Dataset | None = None,
    *,
    scaling: Scaling | None = None,
    progress: Progress | None = None,
    is_cancelled: IsCancelled | None = None,
) -> Preparation:
    """Read (unless given), split, scale and build.

    A resumed run gives the ``scaling`` that it was trained with. Raises :class:`DataError` for data
    and :class:`OptionError` for options that cannot be trained on, and :class:`WorkCancelledError`.
    """
    if dataset is None:
        dataset = read(
            experiment.data.source, experiment.data, progress=progress, is_cancelled=is_cancelled
        )
    # What follows goes through large data too, several times: it can be ended, and is not told of.
    report = reporting(None, is_cancelled)
    check_cancelled = partial(report, 0, 1)
    # The run has to find its data again from any folder.
    experiment = experiment.with_values(
        {
            "data.source": as_text(dataset.source),
            "data.exclude_check": dataset.exclude_check,
            **chosen_windows(dataset, experiment.data),
        }
    )
    experiment = with_label_count(experiment, dataset)
    is_new = scaling is None
    if is_new:
        experiment = with_embedding_size(experiment, dataset)
    check_augmentation(experiment.training, dataset.shape)
    parts = split_dataset(dataset, experiment.data)
    if scaling is None:
        scaling = fit_to(dataset, parts.train, experiment.preprocess, report)
    check_binarisation(experiment.training, scaling.is_unit_interval)
    arrays = TrainingArrays(
        x=dataset.x,
        train_rows=parts.train,
        validation_rows=parts.validation,
        offset=scaling.offset,
        scale=scaling.scale,
        labels=dataset.labels,
        times=dataset.times,
        tokens=scaling if isinstance(scaling, TokenScaling) else None,
        table=scaling if isinstance(scaling, TableScaling) else None,
        fill=scaling.scaled_fill if has_missing(dataset.x, check_cancelled) else None,
        learns_fill=experiment.preprocess.missing == "mean",
    )
    autoencoder = build_autoencoder(experiment, dataset.shape, scaling)
    adapt_to_data(autoencoder, arrays, report)
    notes: tuple[str, ...] = ()
    if is_new:
        notes = begin_with_word_vectors(
            autoencoder, experiment, dataset, progress=progress, is_cancelled=is_cancelled
        )
    check_full_batch(autoencoder, arrays, experiment.training)
    check_cancelled()
    return Preparation(
        experiment=experiment,
        dataset=dataset,
        split=parts,
        scaling=scaling,
        arrays=arrays,
        autoencoder=autoencoder,
        notes=notes,
    )


def start_training(
    preparation: Preparation, out: str | os.PathLike[str] | None, control: Control
) -> TrainingSession:
    """Make the run folder, at ``out`` or under a new name in the default place.

    Raises :class:`OutputError` when it cannot be made.
    """
    dataset = preparation.dataset
    facts = RunFacts(
        data=DataFacts.of(
            dataset,
            num_train=len(preparation.split.train),
            num_validation=len(preparation.split.validation),
            has_gaps=preparation.arrays.fill is not None,
        ),
        scaling=preparation.scaling,
        label_names=dataset.label_names,
        feature_names=dataset.feature_names,
    )
    run = RunFolder.create(out, preparation.experiment, facts)
    return _session(run, preparation, control, None)


def start_training_on(
    dataset: Dataset,
    given: Given,
    out: str | os.PathLike[str] | None,
    control: Control,
    *,
    progress: Progress | None = None,
    is_cancelled: IsCancelled | None = None,
) -> TrainingSession:
    """Choose what is not given for the data, prepare, and make the run folder.

    Raises as :func:`prepare` and :func:`start_training` do.
    """
    experiment = recommend(dataset, given.autoencoder_type, given=given.values)
    preparation = prepare(experiment, dataset, progress=progress, is_cancelled=is_cancelled)
    return start_training(preparation, out, control)


def resume_training(
    run: str | os.PathLike[str],
    control: Control,
    epochs: int | None = None,
    *,
    progress: Progress | None = None,
    is_cancelled: IsCancelled | None = None,
) -> TrainingSession:
    """Go on with a run from its newest saved state, or from the start where there is none.

    ``epochs`` is the new number of epochs in all. Raises :class:`RunError` when the run is in use,
    has nothing left to do, or its data is not what it was.
    """
    folder = RunFolder.open(run)
    if folder.read_only_reason:
        raise RunError(
            folder.read_only_reason, subject=folder.path, next_step="Wait, or copy the folder."
        )
    experiment = folder.experiment
    if epochs is not None:
        experiment = experiment.with_values({"training.epochs": epochs})
    checkpoint = folder.latest_checkpoint()
    _check_something_is_left(folder, checkpoint, experiment.training.epochs)
    dataset = read_own_data(folder, progress=progress, is_cancelled=is_cancelled)
    preparation = prepare(experiment, dataset, scaling=folder.scaling, is_cancelled=is_cancelled)
    if epochs is not None:
        folder.replace_experiment(experiment)
    return _session(folder, preparation, control, checkpoint)


def _check_something_is_left(
    folder: RunFolder, checkpoint: Checkpoint | None, num_epochs: int
) -> None:
    done = checkpoint.epoch if checkpoint is not None else 0
    if done >= num_epochs:
        raise RunError(
            f"epoch {done} is done, and the run is to have {num_epochs} in all: nothing is left to do.",
            subject=folder.path,
            next_step=f"Give it more, for example --epochs {2 * max(done, 1)}.",
        )


def _session(
    run: RunFolder, preparation: Preparation, control: Control, checkpoint: Checkpoint | None
) -> TrainingSession:
    live_model = TrainedModel(
        preparation.experiment,
        preparation.dataset.kind,
        preparation.dataset.shape,
        preparation.scaling,
        copy.deepcopy(preparation.autoencoder),
        preparation.dataset.label_names,
    )
    arrays = preparation.arrays
    events = _while_unchanged(
        arrays.x,
        fit(
            preparation.autoencoder,
            arrays,
            preparation.experiment.training,
            control,
            run_id=run.info.run_id,
            checkpoint=checkpoint,
        ),
    )
    return TrainingSession(
        run=run,
        preparation=preparation,
        live_model=live_model,
        events=_followed_by(live_model, record(run, events, samples=arrays)),
        notes=(*preparation.notes, *run.checkpoints.notes, *_differences(checkpoint)),
    )


def _differences(checkpoint: Checkpoint | None) -> Iterator[str]:
    """Yield why the run will not be equal, bit for bit, to one that was never interrupted."""
    state = checkpoint.state if checkpoint is not None else {}
    for name, here, title in (
        ("torch", str(torch.__version__), "another version of torch"),
        ("num_threads", torch.get_num_threads(), "another number of threads"),
    ):
        there = state.get(name, here)
        if there != here:
            yield (
                f"The run was begun with {title} ({there}, here {here}); the last digits of its "
                "numbers may differ from those of an uninterrupted run."
            )


def follow_to_end(session: TrainingSession, watch: Callable[[Event], None]) -> RunFinished:
    """Iterate the events of a training, showing each to ``watch``, and return the last one.

    A run that was stopped has come to its end too. Raises what ended the run if it failed.
    """
    finished: RunFinished | None = None
    for event in session.events:
        watch(event)
        if isinstance(event, RunFinished):
            finished = event
    if finished is None:
        raise FailureError("the training ended without saying why.", subject=session.run.path)
    if finished.error is not None:
        raise finished.error
    return finished


def train_to_end(session: TrainingSession, progress: Progress | None = None) -> RunFinished:
    """Do the same as :func:`follow_to_end`, telling of the training's steps."""
    report = reporting(progress, None)
    num_steps = 1

    def watch(event: Event) -> None:
        nonlocal num_steps
        if isinstance(event, RunStarted):
            num_steps = event.num_epochs * event.steps_per_epoch
            report(0, num_steps)
        elif isinstance(event, StepsDone):
            report(event.step, num_steps)

    return follow_to_end(session, watch)


def _while_unchanged(x: npt.NDArray[np.generic], events: Iterator[Event]) -> Iterator[Event]:
    """Raise a DataError, which ends the run as failed, when the file of the samples is changed."""
    for event in events:
        yield event
        if not isinstance(event, RunFinished):
            check_unchanged(x)


def _followed_by(model: TrainedModel, events: Iterator[Event]) -> Iterator[Event]:
    for event in events:
        if isinstance(event, PreviewReady):
            model.update(event.weights)
        yield event
