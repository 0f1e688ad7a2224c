"""How fast each type of autoencoder trains, against a loop written by hand for it alone.

    python tests/benchmarks/type_speed.py MNIST_FOLDER

Every type trains 784-400-32-400-784 at its default options with binary cross-entropy, at batch 128.
Ours is the program's own training, with its checks, curves and views; by_hand/ is the same
mathematics in plain torch, with the data in memory and the fused optimiser, and nothing beside.
Before anything is timed, both take a few steps from the same weights with the same noise, and
their losses have to agree.

Both sides live in one process and take turns of a few steps, ours being paused as a person pauses
it. Whatever else the computer does meanwhile hits neighbouring turns alike; the figure is the
median of the ratios of neighbours. On a computer that is busy all the time, measure on one thread
with ``OMP_NUM_THREADS=1`` and ``--cpu-time``, which counts the seconds of processor time that the
steps took, however long they waited for a processor. ``--contractive`` compares the ways to contract with the
undercomplete type instead, both ours.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt
import torch
from by_hand.loop import Trainer
from by_hand.noise import TorchNoise
from confidence import confidence_of_median

from aestudio.autoencoders.base import Batch, Progress
from aestudio.autoencoders.registry import types
from aestudio.data.dataset import Dataset
from aestudio.data.reading import read
from aestudio.experiment import Experiment
from aestudio.training.control import Control
from aestudio.training.device import choose_precision
from aestudio.training.events import RunFinished
from aestudio.training.fit import fit
from aestudio.training.stepper import Stepper
from aestudio.workflows.training import Preparation, prepare

BATCH_SIZE = 128
LEARNING_RATE = 1e-3
RECIPE = {
    "data.validation_fraction": 0,
    "network.activation": "relu",
    "network.code_size": 32,
    "network.hidden": [400],
    "network.kind": "dense",
    "training.batch_size": BATCH_SIZE,
    "training.device": "cpu",
    "training.epochs": 1000,
    "training.learning_rate": LEARNING_RATE,
    "training.loss": "bce",
}
CHECKED_STEPS = 4
TOLERANCE = 1e-4
#: What is compared with the undercomplete type, and what is set for it.
CONTRACTIVE: dict[str, dict[str, object]] = {
    "closed form, no hidden layer, sigmoid code": {
        "network.hidden": [],
        "network.depth": 0,
        "autoencoder.code_activation": "sigmoid",
    },
    "exact, linear code": {"autoencoder.method": "exact"},
    "exact, sigmoid code": {
        "autoencoder.method": "exact",
        "autoencoder.code_activation": "sigmoid",
    },
    "estimate, 1 direction": {"autoencoder.method": "estimate"},
}
CONTRACTIVE_ONLY = {"autoencoder.method", "autoencoder.code_activation"}

Clock = Callable[[], float]


class Side(Protocol):
    """One of two that take turns."""

    def take_turn(self) -> float:
        """Take the steps of one turn; return the seconds that they took."""


class Ours(Control):
    """The program's training; it pauses by itself after each turn."""

    def __init__(self, preparation: Preparation, num_steps: int, clock: Clock) -> None:
        super().__init__()
        self._clock = clock
        self._num_steps = num_steps
        self._steps_left = num_steps
        self._started = self._ended = 0.0
        self._events = fit(
            preparation.autoencoder,
            preparation.arrays,
            preparation.experiment.training,
            self,
            run_id="speed",
        )

    @property
    def is_paused(self) -> bool:
        """Whether the turn is over; the training asks once after every step."""
        self._steps_left -= 1
        if self._steps_left == 0:
            self._ended = self._clock()
        return self._steps_left == 0

    def wait_while_paused(self) -> None:
        self._steps_left = self._num_steps
        self._started = self._clock()

    def take_turn(self) -> float:
        # The first turn began with the program's preparations; nobody counts it.
        self._ended = 0.0
        for event in self._events:
            if isinstance(event, RunFinished):
                raise SystemExit(f"the training ended early: {event.error}")
            if self._ended:
                break
        return self._ended - self._started


class ByHand:
    """A loop of our own over the same samples."""

    def __init__(
        self, name: str, preparation: Preparation, num_steps: int, clock: Clock, precision: str
    ) -> None:
        self._clock = clock
        self._pixels = scaled(preparation)
        state = preparation.autoencoder.state_dict()
        self._trainer = Trainer(name, state, LEARNING_RATE, half_precision=precision == "bf16")
        self._num_steps = num_steps
        self._batches = self._shuffled()

    def take_turn(self) -> float:
        noise = TorchNoise()
        started = self._clock()
        for _ in range(self._num_steps):
            self._trainer.step(self._pixels[next(self._batches)], noise)
        return self._clock() - started

    def _shuffled(self) -> Iterator[torch.Tensor]:
        while True:
            yield from torch.randperm(len(self._pixels)).split(BATCH_SIZE)


def prepared(data: Dataset, values: Mapping[str, object], precision: str) -> Preparation:
    settings = {**RECIPE, **values, "training.precision": precision}
    return prepare(Experiment().with_values(settings), data)


def scaled(preparation: Preparation) -> torch.Tensor:
    """Return all samples in model scale, (N, D)."""
    arrays = preparation.arrays
    values = (arrays.x.astype(np.float32) - arrays.offset) * arrays.scale
    return torch.from_numpy(values).flatten(1)


def greatest_difference(name: str, preparation: Preparation) -> float:
    """Return how far the losses of both sides are apart over a few steps, relative to them."""
    model = preparation.autoencoder.train()
    options = preparation.experiment.training
    trainer = Trainer(name, model.state_dict(), LEARNING_RATE, half_precision=False)
    stepper = Stepper(model, options, torch.device("cpu"))
    pixels = scaled(preparation)[: CHECKED_STEPS * BATCH_SIZE]
    worst = 0.0
    for step, x_BD in enumerate(pixels.split(BATCH_SIZE)):
        model.noise.reseed(0, step)
        theirs = float(trainer.step(x_BD, model.noise))
        model.noise.reseed(0, step)
        batch = Batch(x_BD.reshape(-1, *model.sample_shape))
        ours = float(stepper.step(batch, Progress(step, 469), "fp32")[0])
        worst = max(worst, abs(ours - theirs) / abs(theirs))
    return worst


def compare(a: Side, b: Side, num_pairs: int) -> npt.NDArray[np.float64]:
    """Let both take turns; return their seconds, (pairs, 2). The first turns are not counted."""
    a.take_turn()
    b.take_turn()
    return np.array([[a.take_turn(), b.take_turn()] for _ in range(num_pairs)])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("data", type=Path, help="folder with the four MNIST files")
    parser.add_argument("--precision", default="auto", choices=("auto", "fp32", "bf16"))
    parser.add_argument("--types", nargs="+", default=list(types()), metavar="TYPE")
    parser.add_argument("--steps", type=int, default=25, help="of one turn (default 25)")
    parser.add_argument("--pairs", type=int, default=25, help="turns of each side (default 25)")
    parser.add_argument("--cpu-time", action="store_true", help="count processor time")
    parser.add_argument("--contractive", action="store_true", help="compare ways to contract")
    options = parser.parse_args()
    precision = choose_precision(options.precision, torch.device("cpu"))
    clock = time.process_time if options.cpu_time else time.perf_counter
    print(f"{precision}, {torch.get_num_threads()} threads, {options.pairs} pairs of turns")
    print("processor time" if options.cpu_time else "time")
    data = read(options.data)
    if options.contractive:
        _compare_contractions(data, precision, clock, options)
    else:
        _compare_types(data, precision, clock, options)


def _compare_types(
    data: Dataset, precision: str, clock: Clock, options: argparse.Namespace
) -> None:
    print("\n| type | ours, samples/s | by hand | ours / by hand | 95 % confidence |")
    print("|---|--:|--:|--:|--:|")
    for name in options.types:
        values = {"autoencoder.type": name}
        difference = greatest_difference(name, prepared(data, values, "fp32"))
        if not difference < TOLERANCE:
            raise SystemExit(f"{name}: the losses differ by {difference:.1e}, so no comparison")
        preparation = prepared(data, values, precision)
        by_hand = ByHand(name, preparation, options.steps, clock, precision)
        seconds = compare(Ours(preparation, options.steps, clock), by_hand, options.pairs)
        speeds = BATCH_SIZE * options.steps / seconds
        _print_row(name, speeds, speeds[:, 0] / speeds[:, 1])


def _compare_contractions(
    data: Dataset, precision: str, clock: Clock, options: argparse.Namespace
) -> None:
    print("\n| contraction | samples/s | undercomplete | times as long | 95 % confidence |")
    print("|---|--:|--:|--:|--:|")
    for title, values in CONTRACTIVE.items():
        plain = {**values, "autoencoder.type": "undercomplete"}
        plain = {key: value for key, value in plain.items() if key not in CONTRACTIVE_ONLY}
        contractive, undercomplete = (
            Ours(prepared(data, chosen, precision), options.steps, clock)
            for chosen in ({**values, "autoencoder.type": "contractive"}, plain)
        )
        seconds = compare(contractive, undercomplete, options.pairs)
        speeds = BATCH_SIZE * options.steps / seconds
        _print_row(title, speeds, seconds[:, 0] / seconds[:, 1])


def _print_row(
    title: str, speeds: npt.NDArray[np.float64], ratios: npt.NDArray[np.float64]
) -> None:
    low, high = confidence_of_median(ratios)
    columns = [f"{statistics.median(column):,.0f}" for column in speeds.T]
    print(
        f"| {title} | {columns[0]} | {columns[1]} | {statistics.median(ratios):.2f} "
        f"| {low:.2f} to {high:.2f} |",
        flush=True,
    )


if __name__ == "__main__":
    main()
