"""Hand-made runs: a model of one line, a folder of previews in memory, events one by one."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import numpy.typing as npt

from aestudio.data.dataset import Dataset, Kind
from aestudio.gui.workspaces.run_opening import LiveRun
from aestudio.training.control import Control
from aestudio.training.events import (
    EpochDone,
    Event,
    FinishReason,
    PreviewReady,
    RunFinished,
    RunStarted,
    StepsDone,
)

SIDE = 4
NUM_SAMPLES = 40
NUM_PICTURES = 6
RUN_ID = "run-1"


def make_dataset(kind: Kind = Kind.IMAGES) -> Dataset:
    """Samples whose every pixel is the sample's number, with labels 0, 1, 0, 1, ..."""
    shape = (1, SIDE, SIDE) if kind is Kind.IMAGES else (8,)
    numbers = np.arange(NUM_SAMPLES, dtype=np.uint8).reshape(-1, *[1] * len(shape))
    return Dataset(
        name="numbers",
        kind=kind,
        x=np.broadcast_to(numbers, (NUM_SAMPLES, *shape)).copy(),
        source="numbers",
        labels=np.arange(NUM_SAMPLES) % 2,
        label_names=("even", "odd"),
    )


class FakeModel:
    """Encodes a sample as (its mean, 0, ...) and decodes a code as a picture of its first number."""

    def __init__(self, code_size: int = 2, is_generative: bool = True) -> None:
        self.code_size = code_size
        self.is_generative = is_generative
        self.shape: tuple[int, ...] = (1, SIDE, SIDE)
        self.updates: list[Mapping[str, npt.NDArray[np.generic]]] = []
        self.display_range = (0.0, 255.0)
        self.scaling = SimpleNamespace(low=0.0, high=1.0, inverse=lambda values: 255.0 * values)

    @property
    def kind(self) -> Kind:
        return Kind.IMAGES if len(self.shape) == 3 else Kind.TABLE

    def encode(self, x: npt.NDArray[np.generic]) -> npt.NDArray[np.float32]:
        codes = np.zeros((len(x), self.code_size), np.float32)
        codes[:, 0] = np.asarray(x, np.float32).reshape(len(x), -1).mean(axis=1)
        return codes

    def decode(self, z: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        first = np.asarray(z, np.float32)[:, 0].reshape(-1, *[1] * len(self.shape))
        return np.broadcast_to(first, (len(z), *self.shape)).astype(np.float32)

    def update(self, weights: Mapping[str, npt.NDArray[np.generic]]) -> None:
        self.updates.append(weights)


@dataclass
class FakeFolder:
    """A run folder that keeps its previews in memory."""

    path: Path = Path("/runs/fake")
    previews: dict[int, PreviewReady] = field(default_factory=dict)
    info: SimpleNamespace = field(
        default_factory=lambda: SimpleNamespace(run_id=RUN_ID, name="fake run")
    )

    def preview(self, epoch: int) -> PreviewReady:
        return self.previews[epoch]


class Script:
    """Events that a test hands out one after the other while the run's thread waits for them."""

    def __init__(self, control: Control, folder: FakeFolder) -> None:
        self._control = control
        self._folder = folder
        self._condition = threading.Condition()
        self._events: list[Event] = []
        self._is_over = False

    def play(self, *events: Event) -> None:
        with self._condition:
            self._events += events
            self._condition.notify()

    def __iter__(self) -> Iterator[Event]:
        while True:
            with self._condition:
                # A short wait, because a stop comes through the control and wakes nobody here.
                while not self._events and not self._control.is_stopping:
                    self._condition.wait(0.01)
                event = self._events.pop(0) if self._events else finished(FinishReason.STOPPED)
            if isinstance(event, PreviewReady):
                self._folder.previews[event.epoch] = event
            yield event
            if isinstance(event, RunFinished):
                return


def make_live_run(
    control: Control, dataset: Dataset, *, code_size: int = 2
) -> tuple[LiveRun, Script]:
    folder = FakeFolder()
    script = Script(control, folder)
    models = []
    for _ in range(2):
        model = FakeModel(code_size)
        model.shape = dataset.shape
        models.append(model)
    live = LiveRun(
        run=folder,
        dataset=dataset,
        experiment=None,
        model=models[0],
        replay_model=models[1],
        metrics=None,
        epochs=(),
        events=iter(script),
    )
    return live, script


def started(num_epochs: int = 5, run_id: str = RUN_ID) -> RunStarted:
    return RunStarted(
        run_id=run_id,
        device="cpu",
        precision="fp32",
        num_parameters=1000,
        num_train=NUM_SAMPLES,
        num_validation=4,
        batch_size=4,
        num_epochs=num_epochs,
        steps_per_epoch=10,
        term_names=("loss", "reconstruction", "kl"),
        epochs_done=0,
        steps_done=0,
        picture_rows=np.arange(NUM_PICTURES),
        map_rows=np.arange(NUM_SAMPLES),
    )


def steps(first: int, count: int, run_id: str = RUN_ID) -> StepsDone:
    numbers = np.arange(first, first + count)
    values = (100.0 / numbers).astype(np.float32)
    return StepsDone(
        run_id=run_id,
        epoch=1 + (first - 1) // 10,
        step=first + count - 1,
        steps=numbers,
        terms={"loss": values, "reconstruction": values * 0.9, "kl": values * 0.1},
        gradient_steps=numbers,
        gradients={"code": values, "reconstruction": values * 1e-3},
        samples_per_s=1234.0,
        remaining_s=41.0,
    )


def epoch_done(epoch: int, run_id: str = RUN_ID) -> EpochDone:
    terms = {"loss": 10.0 / epoch, "reconstruction": 9.0 / epoch, "kl": 1.0 / epoch}
    return EpochDone(
        run_id=run_id,
        epoch=epoch,
        step=10 * epoch,
        train=terms,
        validation=terms,
        is_best=True,
        samples_per_s=1234.0,
        elapsed_s=1.0,
        remaining_s=41.0,
    )


def preview(
    epoch: int,
    *,
    code_size: int = 2,
    shape: tuple[int, ...] = (1, SIDE, SIDE),
    run_id: str = RUN_ID,
    has_clouds: bool = False,
) -> PreviewReady:
    """Every pixel of the reconstructions, and every code's second number, is the epoch.

    Clouds are as wide as the epoch in the first direction and half as wide in every other.
    """
    codes = np.zeros((NUM_SAMPLES, code_size), np.float32)
    codes[:, 0] = np.arange(NUM_SAMPLES)
    codes[:, 1:] = epoch * np.linspace(0.5, 1.0, NUM_SAMPLES)[:, None]
    return PreviewReady(
        run_id=run_id,
        epoch=epoch,
        step=10 * epoch,
        reconstructions=np.full((NUM_PICTURES, *shape), float(epoch), np.float32),
        codes=codes,
        code_spread=epoch * np.where(np.arange(code_size) == 0, 1.0, 0.5) * np.ones_like(codes)
        if has_clouds
        else None,
        weights={"w": np.full(3, float(epoch), np.float32)},
    )


def finished(
    reason: FinishReason = FinishReason.COMPLETED, epoch: int = 1, run_id: str = RUN_ID
) -> RunFinished:
    return RunFinished(
        run_id=run_id, reason=reason, epoch=epoch, step=10 * epoch, best_epoch=epoch, elapsed_s=1.0
    )
