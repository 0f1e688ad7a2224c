"""How much better than column means a model fills in what is missing.

A fifth of all cells of each table is hidden before anything is read; the program trains on the rest,
through its command line, and fills in the file. Errors are those of the hidden cells, in units of each
column's spread, so that no column counts more because of its unit.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

_HIDDEN_SHARE = 0.2


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tables", nargs="+", type=Path, help=".npz files with an array X (N, D)")
    parser.add_argument("--seeds", type=int, default=3, help="how often other cells are hidden")
    parser.add_argument("--set", action="append", default=[], help="handed on to 'aestudio train'")
    arguments = parser.parse_args()
    print("| table | rows x columns | column means | filled in | lower by |")
    print("|---|---|--:|--:|--:|")
    for path in arguments.tables:
        with np.load(path) as archive:
            truth = archive["X"].astype(np.float64)
        errors = np.array([measure(truth, seed, arguments.set) for seed in range(arguments.seeds)])
        means, filled = errors.mean(axis=0)
        gains = 100 * (1 - errors[:, 1] / errors[:, 0])
        print(
            f"| {path.stem} | {len(truth):,} x {truth.shape[1]} | {means:.3f} | {filled:.3f} "
            f"| {gains.mean():.1f} % ({gains.min():.1f} to {gains.max():.1f}) |",
            flush=True,
        )


def measure(truth: np.ndarray, seed: int, settings: list[str]) -> tuple[float, float]:
    """Hide, train, fill in; return the errors of column means and of what was filled in."""
    hidden = np.random.default_rng(seed).random(truth.shape) < _HIDDEN_SHARE
    shown = np.where(hidden, np.nan, truth)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        np.save(folder / "table.npy", shown)
        options = [word for setting in settings for word in ("--set", setting)]
        out = str(folder / "run")
        aestudio("train", str(folder / "table.npy"), "--out", out, "--seed", str(seed), *options)
        aestudio("impute", out, "--out", str(folder / "filled.npy"))
        filled = np.load(folder / "filled.npy")
    spread = truth.std(axis=0)
    varies = spread > 0

    def error(guess: np.ndarray) -> float:
        squares = np.square((guess - truth)[:, varies] / spread[varies])
        return float(np.sqrt(squares[hidden[:, varies]].mean()))

    return error(np.broadcast_to(np.nanmean(shown, axis=0), truth.shape)), error(filled)


def aestudio(*arguments: str) -> None:
    command = [sys.executable, "-m", "aestudio", *arguments, "--json"]
    subprocess.run(command, check=True, capture_output=True)


if __name__ == "__main__":
    main()
