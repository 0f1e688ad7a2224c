"""What training on an array larger than the memory takes: memory, and time beside a small array.

    python -m tests.benchmarks.large_array FOLDER [--gigabytes 6]

Writes an array of that size into the folder, unless it is there, trains a small network on it for
``--steps`` steps in a process of its own, and prints the most memory that this process ever held,
and the samples that it learned from in a second. The same for the same samples in memory, of an
array a hundredth as large. Then both are trained in turns in one process, because the speed of a computer
that others use drifts: the ratio of their speeds is the median over the turns, each of as many steps
as the program reports at once. The files stay, for the next time.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

from aestudio.data.reading import read
from aestudio.training.control import Control
from aestudio.training.events import EpochDone, StepsDone
from tests.benchmarks.training_turns import BATCH_SIZE, begun, in_turns

NUM_FEATURES = 784
PLAIN = {"preprocess__scaling": "none"}
_CHUNK_ROWS = 20_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--gigabytes", type=float, default=6.0)
    parser.add_argument("--steps", type=int, default=4000)
    parser.add_argument("--train", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--turns", type=int, default=40)
    parser.add_argument("--only-turns", action="store_true")
    given = parser.parse_args()
    if given.train:
        train(given.train, given.steps)
        return
    paths = [
        written(given.folder / f"large-{gigabytes:g}.npy", gigabytes)
        for gigabytes in (given.gigabytes / 100, given.gigabytes)
    ]
    for path in () if given.only_turns else paths:
        own = (sys.executable, "-m", "tests.benchmarks.large_array", str(given.folder))
        subprocess.run([*own, "--train", str(path), "--steps", str(given.steps)], check=True)
    compared(paths, given.turns)


def written(path: Path, gigabytes: float) -> Path:
    num_rows = int(gigabytes * 1e9) // (4 * NUM_FEATURES)
    if not path.exists():
        block = np.random.default_rng(0).random((_CHUNK_ROWS, NUM_FEATURES), np.float32)
        header = {"descr": "<f4", "fortran_order": False, "shape": (num_rows, NUM_FEATURES)}
        # Not through a mapping: what it takes would count for the processes that are started next.
        with path.open("wb") as stream:
            np.lib.format.write_array_header_1_0(stream, header)
            for start in range(0, num_rows, _CHUNK_ROWS):
                part = np.roll(block, start // _CHUNK_ROWS, axis=1)[: num_rows - start]
                stream.write(part.tobytes())
    return path


def train(path: Path, num_steps: int) -> None:
    started = time.perf_counter()
    control = Control()
    dataset = read(path)
    events = begun(dataset, control, **PLAIN)
    ready = time.perf_counter()
    for event in events:
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


def compared(paths: list[Path], num_turns: int) -> None:
    small, large = (begun(read(path), Control(), **PLAIN) for path in paths)
    in_turns(small, large, num_turns)


if __name__ == "__main__":
    main()
