"""What training on an array larger than the memory takes: memory, and time beside a small array.

    python tests/benchmarks/large_array.py FOLDER [--gigabytes 6]

Writes an array of that size into the folder, unless it is there, trains a small network on it for
``--steps`` steps in a process of its own, and prints the most memory that this process ever held,
and the samples that it learned from in a second. The same for the same samples in memory, of an
array a hundredth as large. The file stays, for the next time.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

NUM_FEATURES = 784
BATCH_SIZE = 128
_CHUNK_ROWS = 20_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--gigabytes", type=float, default=6.0)
    parser.add_argument("--steps", type=int, default=4000)
    parser.add_argument("--train", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.train:
        train(given.train, given.steps)
        return
    for gigabytes in (given.gigabytes / 100, given.gigabytes):
        path = written(given.folder / f"large-{gigabytes:g}.npy", gigabytes)
        own = (sys.executable, __file__, str(given.folder))
        subprocess.run([*own, "--train", str(path), "--steps", str(given.steps)], check=True)


def written(path: Path, gigabytes: float) -> Path:
    num_rows = int(gigabytes * 1e9) // (4 * NUM_FEATURES)
    if not path.exists():
        x = np.lib.format.open_memmap(path, "w+", np.float32, (num_rows, NUM_FEATURES))
        random = np.random.default_rng(0)
        block = random.random((_CHUNK_ROWS, NUM_FEATURES), np.float32)
        for start in range(0, num_rows, _CHUNK_ROWS):
            part = x[start : start + _CHUNK_ROWS]
            part[:] = np.roll(block, start // _CHUNK_ROWS, axis=1)[: len(part)]
            x.flush()
    return path


def train(path: Path, num_steps: int) -> None:
    from aestudio.data.reading import read
    from aestudio.experiment import Experiment
    from aestudio.training.control import Control
    from aestudio.training.events import EpochDone, StepsDone
    from aestudio.training.fit import fit
    from aestudio.workflows.training import prepare

    started = time.perf_counter()
    dataset = read(path)
    experiment = Experiment().with_values(
        {
            "network.hidden": [128],
            "network.code_size": 16,
            "network.kind": "dense",
            "training.batch_size": BATCH_SIZE,
            "training.epochs": 1000,
            "training.device": "cpu",
            "preprocess.scaling": "none",
        }
    )
    prepared = prepare(experiment, dataset)
    ready = time.perf_counter()
    control = Control()
    for event in fit(
        prepared.autoencoder, prepared.arrays, experiment.training, control, run_id="large"
    ):
        if isinstance(event, StepsDone | EpochDone) and event.step >= num_steps:
            control.stop()
    speed = num_steps * BATCH_SIZE / (time.perf_counter() - ready)
    peak_gb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(
        f"{path.stat().st_size / 1e9:5.2f} GB, {dataset.num_samples:,} samples: "
        f"read and scaled in {ready - started:.1f} s, {speed:,.0f} samples/s, "
        f"at most {peak_gb:.2f} GB in memory",
        flush=True,
    )


if __name__ == "__main__":
    main()
