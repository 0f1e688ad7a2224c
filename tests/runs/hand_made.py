"""Runs without training: events that depend on nothing but the number of the step.

Also usable as a program, for tests that kill it: ``python -m tests.runs.hand_made FOLDER``.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from aestudio.data.dataset import Dataset, Kind
from aestudio.preprocess.scaling import Scaling
from aestudio.runs.folder import RunFacts, RunFolder
from aestudio.runs.record import record
from aestudio.runs.schema import DataFacts
from aestudio.training.checkpoint import Checkpoint
from aestudio.training.events import (
    CheckpointReady,
    EpochDone,
    Event,
    FinishReason,
    PreviewReady,
    RunFinished,
    RunStarted,
    StepsDone,
)

NUM_SAMPLES = 12
SHAPE = (1, 3, 2)
STEPS_PER_EPOCH = 3
PICTURE_ROWS = np.array([0, 5])
MAP_ROWS = np.array([0, 2, 7])


def a_dataset() -> Dataset:
    values = np.arange(NUM_SAMPLES * 6, dtype=np.uint8).reshape(NUM_SAMPLES, *SHAPE)
    return Dataset(
        name="dots",
        kind=Kind.IMAGES,
        x=values,
        source="dots",
        labels=np.arange(NUM_SAMPLES) % 3,
        label_names=("a", "b", "c"),
    )


def a_scaling() -> Scaling:
    ones = np.ones((1, 1, 1), np.float32)
    return Scaling(0 * ones, ones / 255, 0 * ones)


def make_run(path: Path | None) -> RunFolder:
    from aestudio.experiment import Experiment

    dataset = a_dataset()
    facts = RunFacts(
        data=DataFacts.of(dataset, num_train=10, num_validation=2),
        scaling=a_scaling(),
        label_names=dataset.label_names,
    )
    return RunFolder.create(path, Experiment(), facts)


def checkpoint_at(step: int) -> Checkpoint:
    return Checkpoint(
        epoch=step // STEPS_PER_EPOCH,
        step=step,
        tensors={
            "model/weight": np.full((3, 2), step, np.float32),
            "optimizer/weight/step": np.array(float(step), np.float32),
        },
        state={"best_loss": 1 / (1 + step), "patience": 0},
    )


def events(num_epochs: int, checkpoint: Checkpoint | None = None) -> Iterator[Event]:
    """What ``fit`` would yield, beginning after ``checkpoint``."""
    run_id = "0" * 32
    steps_done = checkpoint.step if checkpoint else 0
    epochs_done = checkpoint.epoch if checkpoint else 0
    yield RunStarted(
        run_id=run_id,
        device="cpu",
        precision="fp32",
        num_parameters=6,
        num_train=10,
        num_validation=2,
        batch_size=4,
        num_epochs=num_epochs,
        steps_per_epoch=STEPS_PER_EPOCH,
        term_names=("loss", "reconstruction"),
        epochs_done=epochs_done,
        steps_done=steps_done,
        picture_rows=PICTURE_ROWS,
        map_rows=MAP_ROWS,
    )
    if not steps_done:
        yield preview_of(0)
    step = steps_done
    for epoch in range(epochs_done + 1, num_epochs + 1):
        steps = np.arange(step + 1, step + STEPS_PER_EPOCH + 1)
        losses = (1 / steps).astype(np.float32)
        step += STEPS_PER_EPOCH
        # How the points are bundled differs from run to run; the file must not.
        for part in np.array_split(np.arange(STEPS_PER_EPOCH), 1 + (epoch + epochs_done) % 2):
            yield StepsDone(
                run_id=run_id,
                epoch=epoch,
                step=int(steps[part][-1]),
                steps=steps[part],
                terms={"loss": losses[part], "reconstruction": losses[part] / 2},
                gradient_steps=steps[part][steps[part] % 2 == 0],
                gradients={"code": losses[part][steps[part] % 2 == 0] * np.float32(3)},
                samples_per_s=1000.0,
                remaining_s=1.0,
            )
        yield EpochDone(
            run_id=run_id,
            epoch=epoch,
            step=step,
            train={"loss": 1 / step, "reconstruction": 0.5 / step},
            validation={"loss": 2 / step},
            is_best=epoch % 2 == 1,
            samples_per_s=1000.0,
            elapsed_s=0.1 * epoch,
            remaining_s=1.0,
        )
        yield preview_of(epoch)
        yield CheckpointReady(run_id=run_id, checkpoint=checkpoint_at(step))
    yield RunFinished(
        run_id=run_id,
        reason=FinishReason.COMPLETED,
        epoch=num_epochs,
        step=step,
        best_epoch=num_epochs - 1 + num_epochs % 2,
        elapsed_s=1.0,
    )


def preview_of(epoch: int) -> PreviewReady:
    return PreviewReady(
        run_id="0" * 32,
        epoch=epoch,
        step=epoch * STEPS_PER_EPOCH,
        reconstructions=np.full((2, *SHAPE), 10.5 * epoch, np.float32),
        codes=np.full((3, 2), 0.1 * epoch, np.float32),
        weights={},
    )


def train(path: Path, num_epochs: int) -> list[Event]:
    """Begin the run at ``path``, or go on with it, as a training does."""
    run = RunFolder.open(path) if (path / "run.json").exists() else make_run(path)
    checkpoint = run.latest_checkpoint()
    return list(record(run, events(num_epochs, checkpoint), samples=a_dataset()))


if __name__ == "__main__":
    train(Path(sys.argv[1]), 3)
