"""A small, fast and real training, and what a run left behind."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pytest
from sklearn.datasets import load_digits

from aestudio.autoencoders.base import Autoencoder, Plan
from aestudio.autoencoders.registry import build
from aestudio.experiment import Experiment
from aestudio.training.arrays import TrainingArrays
from aestudio.training.checkpoint import Checkpoint
from aestudio.training.control import Control
from aestudio.training.events import (
    CheckpointReady,
    EpochDone,
    Event,
    PreviewReady,
    RunFinished,
    RunStarted,
    StepsDone,
)
from aestudio.training.fit import fit

NUM_TRAIN, NUM_VALIDATION = 300, 60


@pytest.fixture(scope="session")
def arrays() -> TrainingArrays:
    """360 of scikit-learn's digits as bytes, (N, 1, 8, 8) in 0..16."""
    digits = load_digits()
    count = NUM_TRAIN + NUM_VALIDATION
    return TrainingArrays(
        x=digits.images[:count, None].astype(np.uint8),
        train_rows=np.arange(NUM_TRAIN),
        validation_rows=np.arange(NUM_TRAIN, count),
        offset=np.zeros((1, 1, 1), np.float32),
        scale=np.full((1, 1, 1), 1 / 16, np.float32),
        labels=digits.target[:count].astype(np.int64),
    )


@dataclass
class Trained:
    """A model and every event of its run."""

    model: Autoencoder
    events: list[Event] = field(default_factory=list)

    @property
    def started(self) -> RunStarted:
        first = self.events[0]
        assert isinstance(first, RunStarted)
        return first

    @property
    def finished(self) -> RunFinished:
        last = self.events[-1]
        assert isinstance(last, RunFinished)
        return last

    @property
    def epochs(self) -> list[EpochDone]:
        return [event for event in self.events if isinstance(event, EpochDone)]

    @property
    def previews(self) -> list[PreviewReady]:
        return [event for event in self.events if isinstance(event, PreviewReady)]

    @property
    def checkpoints(self) -> list[Checkpoint]:
        return [event.checkpoint for event in self.events if isinstance(event, CheckpointReady)]

    @property
    def curve(self) -> dict[str, npt.NDArray[np.generic]]:
        reports = [event for event in self.events if isinstance(event, StepsDone)]
        curve = {"steps": np.concatenate([report.steps for report in reports])}
        for name in self.started.term_names:
            curve[name] = np.concatenate([report.terms[name] for report in reports])
        return curve

    @property
    def gradients(self) -> dict[str, npt.NDArray[np.generic]]:
        """The norms of each layer's gradient, and under "steps" where they were measured."""
        reports = [event for event in self.events if isinstance(event, StepsDone)]
        found = {"steps": np.concatenate([report.gradient_steps for report in reports])}
        for name in reports[0].gradients:
            found[name] = np.concatenate([report.gradients[name] for report in reports])
        return found

    def weights(self) -> dict[str, npt.NDArray[np.generic]]:
        return {name: value.numpy() for name, value in self.model.state_dict().items()}


Watch = Callable[[Event, Control], None]
Train = Callable[..., Trained]


def new_model(experiment: Experiment, arrays: TrainingArrays) -> Autoencoder:
    plan = Plan(
        network=experiment.network,
        loss=experiment.training.loss,
        sample_shape=arrays.x.shape[1:],
        is_unit_interval=True,
    )
    return build(experiment.autoencoder, plan, seed=experiment.training.seed)


@pytest.fixture
def train(arrays: TrainingArrays) -> Train:
    """Train with settings on top of a small recipe; ``watch`` sees each event as it happens."""

    def run(
        settings: Iterable[str] = (),
        *,
        watch: Watch | None = None,
        checkpoint: Checkpoint | None = None,
        data: TrainingArrays = arrays,
        model: Autoencoder | None = None,
    ) -> Trained:
        small = ["network.hidden=[32]", "network.code_size=4", "training.epochs=3"]
        experiment = Experiment().with_settings(
            [*small, "training.batch_size=32", "training.precision=fp32", *settings]
        )
        trained = Trained(model or new_model(experiment, data))
        control = Control()
        for event in fit(
            trained.model, data, experiment.training, control, run_id="r", checkpoint=checkpoint
        ):
            trained.events.append(event)
            if watch is not None:
                watch(event, control)
        return trained

    return run
