"""Whether the window stays smooth while it trains, and what it costs the training.

    xvfb-run -a -s "-screen 0 1280x720x24" python tests/benchmarks/gui_smoothness.py MNIST_FOLDER

A 784-400-20-400-784 variational autoencoder trains at batch 128, headless (the loop that the
command line runs) and in the window with every live view on the screen. Several processes of each
kind take turns epoch by epoch: whoever ends an epoch is stopped until all others have ended one, so
what else the computer does slows both kinds alike. Several, because two processes that do the same
differ by a few percent for as long as they live. Each round gives one ratio, of the geometric means
of the two kinds; the figure is the rounds' median. Afterwards the window trains alone, and a timer in it asks to be called
every 16 ms: what counts is when it is called. The first epoch is never counted.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np
from confidence import confidence_of_median

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
TIMED_EPOCHS = 12


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


def end_turn(speed: float) -> None:
    """Tell how fast the epoch was and wait, stopped, until the other side has had its turn."""
    print(speed, flush=True)
    os.kill(os.getpid(), signal.SIGSTOP)


def run_headless(data: str, epochs: int, precision: str) -> None:
    from aestudio.training.control import Control
    from aestudio.training.events import EpochDone
    from aestudio.workflows.training import prepare, start_training

    session = start_training(prepare(experiment(data, epochs, precision)), None, Control())
    for event in session.events:
        if isinstance(event, EpochDone):
            end_turn(event.samples_per_s)


def run_app(data: str, epochs: int, precision: str, *, takes_turns: bool) -> None:
    """Open the program as a person does, open the data, set the recipe, press Train.

    Either in turns with the other side, or alone with the timer that shows how smooth it is.
    """
    from PySide6.QtCore import Qt, QTimer

    from aestudio.gui import app as program
    from aestudio.gui import bridge
    from aestudio.gui.main_window import MainWindow
    from aestudio.training.events import EpochDone

    ticks: list[float] = []
    epochs_done: list[int] = []

    class Channel(bridge.Channel):
        def put(self, item: object) -> None:
            super().put(item)
            if isinstance(item, EpochDone):
                epochs_done.append(item.epoch)
                if takes_turns:
                    end_turn(item.samples_per_s)

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
            self.ticker = QTimer(self)
            self.ticker.setTimerType(Qt.TimerType.PreciseTimer)
            self.ticker.setInterval(TICK_MS)
            self.ticker.timeout.connect(lambda: epochs_done and ticks.append(time.perf_counter()))
            if not takes_turns:
                self.ticker.start()
            self.train.run_finished.connect(self.end)
            self.train_now()

        def end(self) -> None:
            self.ticker.stop()
            self.close()

        def give_up(self, error: object) -> None:
            print(error, file=sys.stderr)
            self.close()

    bridge.Channel = Channel
    program.MainWindow = MeasuredWindow
    program.run_app(open_path=data)
    print(json.dumps((1000.0 * np.diff(ticks)).tolist()))


class Side:
    """One of the two processes; it is stopped whenever it is not its turn."""

    def __init__(self, name: str) -> None:
        self._home = tempfile.TemporaryDirectory()
        # Settings and runs of their own: what is measured is the program as it first opens.
        home_variables = ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "AESTUDIO_RUNS")
        self._process = subprocess.Popen(
            [sys.executable, __file__, *sys.argv[1:], "--child", name],
            env={**os.environ, **dict.fromkeys(home_variables, self._home.name)},
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        self._output = self._process.stdout

    def end_turn(self) -> float:
        """Wait until it has trained one more epoch and stands; return the samples a second."""
        line = self._output.readline()
        try:
            speed = float(line)
        except ValueError:
            sys.exit(f"a side of the comparison ended early: it said {line[:200]!r}")
        os.waitid(os.P_PID, self._process.pid, os.WSTOPPED)
        return speed

    def take_turn(self) -> float:
        """Let it train one epoch; return the samples a second."""
        self._go_on()
        return self.end_turn()

    def finish(self) -> str:
        """Let it go on to its end; return what it says last."""
        self._go_on()
        said = self._output.read()
        if self._process.wait() != 0:
            sys.exit(f"a side of the comparison failed with {self._process.returncode}")
        self._home.cleanup()
        return said

    def _go_on(self) -> None:
        os.kill(self._process.pid, signal.SIGCONT)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data")
    parser.add_argument("--epochs", type=int, default=25)
    parser.add_argument("--processes", type=int, default=3, help="of each kind")
    parser.add_argument("--precision", default="auto", choices=("auto", "fp32", "bf16"))
    parser.add_argument("--niceness", type=int, help="of the training thread (Linux)")
    parser.add_argument("--switch-ms", type=float, help="Python's switch interval while training")
    parser.add_argument(
        "--noise", action="store_true", help="headless against itself: what the figure is worth"
    )
    parser.add_argument("--child", choices=("app", "headless", "ticker"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        _be_child(options)
        return
    _compare_speeds(options)
    if not options.noise:
        _measure_timer()


def _be_child(options: argparse.Namespace) -> None:
    from aestudio.gui import bridge

    if options.niceness is not None:
        bridge.TRAINING_NICENESS = options.niceness
    if options.switch_ms is not None:
        bridge.SWITCH_INTERVAL_S = options.switch_ms / 1000.0
    if options.child == "headless":
        run_headless(options.data, options.epochs, options.precision)
    elif options.child == "app":
        run_app(options.data, options.epochs, options.precision, takes_turns=True)
    else:
        epochs = min(options.epochs, TIMED_EPOCHS)
        run_app(options.data, epochs, options.precision, takes_turns=False)


def _compare_speeds(options: argparse.Namespace) -> None:
    names = ("headless", "headless") if options.noise else ("app", "headless")
    sides = [[], []]
    for _ in range(options.processes):
        for name, kind in zip(names, sides, strict=True):
            kind.append(Side(name))
            kind[-1].end_turn()
    speeds_RPK = np.array([_one_round(sides) for _ in range(options.epochs - 1)])
    for kind in sides:
        for side in kind:
            side.finish()
    print(f"samples/s, median of {len(speeds_RPK)} epochs in each of the processes")
    logarithms_PK = np.log(speeds_RPK).mean(axis=0)
    for name, kind in zip(names, np.median(speeds_RPK, axis=0).T, strict=True):
        print(f"  {name:9} {' '.join(f'{speed:9,.0f}' for speed in kind)}")
    spread = 100.0 * np.std(logarithms_PK - logarithms_PK.mean(axis=0), ddof=len(names))
    print(f"  processes of one kind differ by {spread:.1f} % (standard deviation)")
    logarithms_RK = np.log(speeds_RPK).mean(axis=1)
    ratios = np.exp(logarithms_RK[:, 0] - logarithms_RK[:, 1])
    low, high = confidence_of_median(ratios)
    print(
        f"  {names[0]} / {names[1]}, median of the rounds {statistics.median(ratios):.3f} "
        f"(95 % confidence {low:.3f} to {high:.3f})"
    )


def _one_round(sides: list[list[Side]]) -> list[tuple[float, ...]]:
    """Let every process train one epoch; a row for each pair, a column for each kind."""
    return [tuple(side.take_turn() for side in pair) for pair in zip(*sides, strict=True)]


def _measure_timer() -> None:
    intervals_ms = json.loads(Side("ticker").finish())
    p50, p99 = np.percentile(intervals_ms, [50, 99])
    print(f"GUI timer of {TICK_MS} ms, {len(intervals_ms):,} intervals while training")
    print(f"  median {p50:.1f} ms, p99 {p99:.1f} ms, worst {max(intervals_ms):.1f} ms")


if __name__ == "__main__":
    main()
