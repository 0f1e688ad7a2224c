"""How fast a small model trains here, beside the tools that a person would use instead.

    python tests/benchmarks/training_speed.py MNIST_FOLDER --peers-python PYTHON

Every contestant trains the same variational autoencoder (contestants/vae.py) in a process of its
own, with the same number of threads. The contestants take turns for several rounds, so that a
computer that warms up or is busy for a while slows all of them. The first epoch of each process
is not counted; the figure is the median of all the others. What counts is the ratio: both sides of
it were measured within minutes on one machine.

Lightning and Pythae take part if the interpreter behind ``--peers-python`` has them.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from aestudio.data.reading import read

CONTESTANTS = Path(__file__).parent / "contestants"
RECIPE = {
    "autoencoder.type": "variational",
    "data.validation_fraction": 0,
    "network.activation": "relu",
    "network.code_size": 20,
    "network.hidden": [400],
    "network.kind": "dense",
    "training.batch_size": 128,
    "training.device": "cpu",
    "training.learning_rate": 0.001,
    "training.loss": "bce",
}


@dataclass
class Contestant:
    """One tool: the command that trains with it, and the speeds measured so far."""

    name: str
    command: list[str]
    speeds: list[float] = field(default_factory=list)

    def run(self, environment: Mapping[str, str]) -> None:
        """Train once in a new process and keep the speed of every epoch but the first."""
        done = subprocess.run(self.command, env=environment, capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(f"{self.name} failed:\n{done.stderr}")
        result = json.loads(done.stdout.strip().splitlines()[-1])
        self.speeds += result["samples_per_second"][1:]

    @property
    def median(self) -> float:
        return statistics.median(self.speeds)


def ours(precision: str, data: Path, num_epochs: int) -> list[str]:
    """The command that trains with AE Studio, writing a complete run folder as it always does."""
    settings = [
        f"--set={key}={value}" for key, value in {**RECIPE, "training.precision": precision}.items()
    ]
    program = [sys.executable, "-m", "aestudio", "train"]
    return [*program, str(data), "--epochs", str(num_epochs), *settings, "--json"]


def has(python: str, module: str) -> bool:
    return subprocess.run([python, "-c", f"import {module}"], capture_output=True).returncode == 0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("data", type=Path, help="folder with the four MNIST files")
    parser.add_argument("--peers-python", help="interpreter that has lightning and pythae")
    parser.add_argument("--epochs", type=int, default=4, help="epochs of each process (default 4)")
    parser.add_argument("--rounds", type=int, default=3, help="turns of each tool (default 3)")
    parser.add_argument("--threads", type=int, default=os.cpu_count(), help="default: every core")
    parser.add_argument("--samples", type=int, help="use only so many images, to try it out")
    options = parser.parse_args()
    if options.epochs < 2:
        parser.error("--epochs must be at least 2: the first one is not counted")

    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        pixels = np.asarray(read(options.data).x[: options.samples]).reshape(-1, 28, 28)
        np.save(folder / "pixels.npy", pixels)
        environment = {
            **os.environ,
            "AESTUDIO_RUNS": str(folder / "runs"),
            "OMP_NUM_THREADS": str(options.threads),
            "MKL_NUM_THREADS": str(options.threads),
        }
        contestants = _contestants(folder, options)
        for turn in range(options.rounds):
            for contestant in contestants:
                contestant.run(environment)
                print(
                    f"round {turn + 1} of {options.rounds}: {contestant.name} "
                    f"{contestant.median:,.0f} samples/s",
                    file=sys.stderr,
                    flush=True,
                )
    _print_table(contestants, len(pixels), options)


def _contestants(folder: Path, options: argparse.Namespace) -> list[Contestant]:
    data = folder / "pixels.npy"
    shared = [str(data), str(options.epochs)]
    found = [
        Contestant(f"AE Studio, {precision}", ours(precision, data, options.epochs))
        for precision in ("fp32", "auto")
    ]
    for variant in ("fused", "loader"):
        script = str(CONTESTANTS / "with_torch.py")
        found.append(Contestant(f"torch-{variant}", [sys.executable, script, variant, *shared]))
    for name in ("lightning", "pythae"):
        script = str(CONTESTANTS / f"with_{name}.py")
        if options.peers_python and has(options.peers_python, name):
            found.append(Contestant(name, [options.peers_python, script, *shared]))
        else:
            print(f"{name} is not there and does not take part", file=sys.stderr)
    return found


def _print_table(
    contestants: list[Contestant], num_samples: int, options: argparse.Namespace
) -> None:
    medians = {contestant.name: contestant.median for contestant in contestants}
    print(
        f"\n{num_samples:,} samples, {options.rounds} rounds of {options.epochs} epochs, "
        f"{options.threads} threads\n\n"
        "| tool | samples/s (median) | slowest to fastest epoch | AE Studio fp32 is | auto is |\n"
        "|---|--:|--:|--:|--:|"
    )
    for contestant in sorted(contestants, key=lambda one: -one.median):
        ratios = [
            f"{medians[f'AE Studio, {precision}'] / contestant.median:.2f} x"
            for precision in ("fp32", "auto")
        ]
        span = f"{min(contestant.speeds):,.0f} to {max(contestant.speeds):,.0f}"
        print(
            f"| {contestant.name} | {contestant.median:,.0f} | {span} | {ratios[0]} | {ratios[1]} |"
        )


if __name__ == "__main__":
    main()
