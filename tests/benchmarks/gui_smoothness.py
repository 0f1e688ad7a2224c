"""Whether the window stays smooth while it trains, and what it costs the training.

    xvfb-run -a -s "-screen 0 1280x720x24" python tests/benchmarks/gui_smoothness.py MNIST_FOLDER

A 784-400-20-400-784 variational autoencoder trains at batch 128, in turns headless (the loop that
the command line runs) and in the window with every live view on the screen. A timer in the window
asks to be called every 16 ms; what counts is when it is called. Processes take turns, so that a
computer that warms up or is busy for a while slows both sides; the first epoch of each is not
counted.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np

RECIPE = {
    "autoencoder.type": "variational",
    "data.validation_fraction": 0.1,
    "network.activation": "relu",
    "network.code_size": 20,
    "network.hidden": [400],
    "network.kind": "dense",
    "training.batch_size": 128,
    "training.device": "cpu",
    "training.learning_rate": 0.001,
    "training.loss": "bce",
}
TICK_MS = 16


def experiment(data: str, epochs: int, precision: str) -> object:
    from aestudio.experiment import Experiment

    return Experiment().with_values(
        {
            **RECIPE,
            "data.source": data,
            "training.epochs": epochs,
            "training.precision": precision,
        }
    )


def run_headless(data: str, epochs: int, precision: str) -> dict[str, object]:
    from aestudio.training.control import Control
    from aestudio.training.events import EpochDone
    from aestudio.workflows.training import prepare, start_training

    session = start_training(prepare(experiment(data, epochs, precision)), None, Control())
    speeds = [e.samples_per_s for e in session.events if isinstance(e, EpochDone)]
    return {"speeds": speeds[1:]}


def run_app(data: str, epochs: int, precision: str) -> dict[str, object]:
    """Open the program as a person does, open the data, set the recipe, press Train."""
    from PySide6.QtCore import Qt, QTimer

    from aestudio.gui import app as program
    from aestudio.gui.main_window import MainWindow
    from aestudio.training.events import EpochDone

    speeds: list[float] = []
    ticks: list[float] = []

    class MeasuredWindow(MainWindow):
        def load_engine(self) -> None:
            self.resize(1280, 720)
            self.complete.connect(self.choose_recipe)
            super().load_engine()

        def choose_recipe(self) -> None:
            self.failed_in = [self.opener.failed, self.data.failed, self.train.failed]
            for failed in self.failed_in:
                failed.connect(self.give_up)
            self.setup.prepared.connect(self.begin, Qt.ConnectionType.SingleShotConnection)

        def begin(self) -> None:
            self.show_workspace("train")
            self.recipe.set_experiment(experiment(data, epochs, precision))
            self.train.bridge.listen(EpochDone, lambda event: speeds.append(event.samples_per_s))
            self.ticker = QTimer(self)
            self.ticker.setTimerType(Qt.TimerType.PreciseTimer)
            self.ticker.setInterval(TICK_MS)
            self.ticker.timeout.connect(lambda: speeds and ticks.append(time.perf_counter()))
            self.ticker.start()
            self.train.run_finished.connect(self.end)
            self.train_now()

        def end(self) -> None:
            self.ticker.stop()
            self.close()

        def give_up(self, error: object) -> None:
            print(error, file=sys.stderr)
            self.close()

    program.MainWindow = MeasuredWindow
    program.run_app(open_path=data)
    intervals_ms = 1000.0 * np.diff(ticks)
    return {"speeds": speeds[1:], "intervals_ms": intervals_ms.tolist()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data")
    parser.add_argument("--epochs", type=int, default=6)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--precision", default="auto", choices=("auto", "fp32", "bf16"))
    parser.add_argument("--niceness", type=int, help="of the training thread (Linux)")
    parser.add_argument("--switch-ms", type=float, help="Python's switch interval while training")
    parser.add_argument("--child", choices=("app", "headless"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        from aestudio.gui import bridge

        if options.niceness is not None:
            bridge.TRAINING_NICENESS = options.niceness
        if options.switch_ms is not None:
            bridge.SWITCH_INTERVAL_S = options.switch_ms / 1000.0
        run = run_app if options.child == "app" else run_headless
        print(json.dumps(run(options.data, options.epochs, options.precision)))
        return
    speeds: dict[str, list[float]] = {"headless": [], "app": []}
    intervals_ms: list[float] = []
    for _ in range(options.rounds):
        for side in speeds:
            with tempfile.TemporaryDirectory() as home:
                command = [sys.executable, __file__, *sys.argv[1:], "--child", side]
                # Settings and runs of their own: what is measured is the program as it first opens.
                home_variables = ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "AESTUDIO_RUNS")
                done = subprocess.run(
                    command,
                    env={**os.environ, **dict.fromkeys(home_variables, home)},
                    capture_output=True,
                    text=True,
                )
            if done.returncode != 0:
                sys.exit(f"{side} failed:\n{done.stderr}")
            result = json.loads(done.stdout.strip().splitlines()[-1])
            speeds[side] += result["speeds"]
            intervals_ms += result.get("intervals_ms", [])
    medians = {side: statistics.median(values) for side, values in speeds.items()}
    print(f"samples/s, median of {len(speeds['app'])} epochs each")
    for side, value in medians.items():
        print(f"  {side:9} {value:9,.0f}")
    print(f"  app / headless {medians['app'] / medians['headless']:.3f}")
    p50, p99 = np.percentile(intervals_ms, [50, 99])
    print(f"GUI timer of {TICK_MS} ms, {len(intervals_ms):,} intervals while training")
    print(f"  median {p50:.1f} ms, p99 {p99:.1f} ms, worst {max(intervals_ms):.1f} ms")


if __name__ == "__main__":
    main()
