"""How long the list of runs takes when there are very many.

    python tests/benchmarks/list_runs.py [COUNT]

Trains one tiny run, copies its ``run.json`` into COUNT folders and lists them a few times.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from pathlib import Path

from aestudio.experiment import Experiment
from aestudio.runs.listing import list_runs
from aestudio.training.control import Control
from aestudio.workflows.training import prepare, start_training


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("count", nargs="?", type=int, default=10_000)
    count = parser.parse_args().count
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        recipe = Experiment().with_values({"data.source": "breast-cancer", "training.epochs": 1})
        list(start_training(prepare(recipe), folder / "first", Control()).events)
        content = (folder / "first" / "run.json").read_bytes()
        for number in range(count - 1):
            (folder / f"run-{number}").mkdir()
            (folder / f"run-{number}" / "run.json").write_bytes(content)
        seconds = []
        for _ in range(5):
            start = time.perf_counter()
            found = list_runs(folder)
            seconds.append(time.perf_counter() - start)
    print(f"{len(found):,} runs listed in {statistics.median(seconds):.2f} s (median of 5)")


if __name__ == "__main__":
    main()
