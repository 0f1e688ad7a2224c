"""Two trainings in one process, a few steps of each in turn, so that both meet the same computer."""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np

from aestudio.data.dataset import Dataset
from aestudio.experiment import Experiment
from aestudio.training.control import Control
from aestudio.training.events import Event, StepsDone
from aestudio.training.fit import fit
from aestudio.workflows.training import prepare

BATCH_SIZE = 128


def begun(dataset: Dataset, control: Control, **own: object) -> Iterator[Event]:
    """Begin to train a small network; ``own`` are further options, with "__" for their dots."""
    experiment = Experiment().with_values(
        {
            "network.hidden": [128],
            "network.code_size": 16,
            "network.kind": "dense",
            "training.batch_size": BATCH_SIZE,
            "training.epochs": 1000,
            "training.device": "cpu",
            **{key.replace("__", "."): value for key, value in own.items()},
        }
    )
    prepared = prepare(experiment, dataset)
    return fit(prepared.autoencoder, prepared.arrays, experiment.training, control, run_id="large")


def in_turns(small: Iterator[Event], large: Iterator[Event], num_turns: int) -> None:
    """Print how fast the second one is, beside the first one."""
    speeds: list[list[float]] = [[], []]
    work: list[list[float]] = [[], []]
    for turn in range(num_turns + 1):
        # Whoever comes second finds other things in the caches.
        order = (0, 1) if turn % 2 else (1, 0)
        for which in order:
            speed, processor_speed = speed_until_told((small, large)[which])
            if turn:  # the first one starts up
                speeds[which].append(speed)
                work[which].append(processor_speed)
    for what, measured in (("samples/s", speeds), ("samples per second of processor", work)):
        in_memory, from_file = (np.array(own) for own in measured)
        low, middle, high = np.quantile(from_file / in_memory, (0.25, 0.5, 0.75))
        print(
            f"in turns: {np.median(in_memory):,.0f} {what} in memory, {np.median(from_file):,.0f} from "
            f"the file: {middle:.2f} times as many (half of the turns between {low:.2f} and {high:.2f})",
            flush=True,
        )


def speed_until_told(events: Iterator[Event]) -> tuple[float, float]:
    """Train until the next report within an epoch; returns samples a second, and a processor's."""
    first = None
    while True:
        started, worked = time.perf_counter(), time.process_time()
        event = next(events)
        seconds, work = time.perf_counter() - started, time.process_time() - worked
        if isinstance(event, StepsDone):
            if first is not None and event.step > first:
                num_samples = (event.step - first) * BATCH_SIZE
                return num_samples / seconds, num_samples / work
            first = event.step
        else:
            first = None
