"""How soon the picture under the cursor follows the mouse over the latent map.

    xvfb-run -a -s "-screen 0 1280x720x24" python tests/benchmarks/gui_decode.py MNIST_FOLDER

The mouse moves over the map every 16 ms while the model trains, and then again when it has ended.
The clock starts when the move is handed to the window and stops when the decoded picture has been
painted.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from pathlib import Path

import numpy as np
from PySide6.QtCore import QEvent, QObject, QPointF, Qt, QTimer
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication

from aestudio.gui.theme import Theme
from aestudio.gui.workspaces.train import TrainWorkspace

MOVE_MS = 16


class Mouse(QObject):
    """Moves in a circle over the map and measures each move."""

    def __init__(self, workspace: TrainWorkspace) -> None:
        super().__init__(workspace)
        self._map = workspace.display.map
        self._map.decoded.painted.connect(self._on_painted)
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(MOVE_MS)
        self._timer.timeout.connect(self._move)
        self._count = 0
        self._moved_at: float | None = None
        self._tile_before: object = None
        self.waits_ms: dict[str, list[float]] = {"training": [], "idle": []}
        self._is_training = lambda: workspace.is_training

    def start(self) -> None:
        self._timer.start()

    def _move(self) -> None:
        if self._moved_at is not None:
            return  # The picture of the last move is still to come; it counts in full.
        viewport = self._map.plot.viewport()
        angle = self._count / 40.0
        self._count += 1
        place = QPointF(viewport.rect().center()) + 70.0 * QPointF(np.cos(angle), np.sin(angle))
        none = Qt.MouseButton.NoButton
        event = QMouseEvent(
            QEvent.Type.MouseMove,
            place,
            viewport.mapToGlobal(place),
            none,
            none,
            Qt.KeyboardModifier.NoModifier,
        )
        self._tile_before = self._map.decoded.tile
        self._moved_at = time.perf_counter()
        QApplication.postEvent(viewport, event)

    def _on_painted(self) -> None:
        if self._moved_at is None or self._map.decoded.tile is self._tile_before:
            return
        part = "training" if self._is_training() else "idle"
        self.waits_ms[part].append(1000.0 * (time.perf_counter() - self._moved_at))
        self._moved_at = None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data")
    parser.add_argument("--epochs", type=int, default=8)
    parser.add_argument("--code-size", type=int, default=2)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as runs:
        os.environ["AESTUDIO_RUNS"] = str(Path(runs))
        mouse = watch(options.data, options.epochs, options.code_size)
    for part, waits_ms in mouse.waits_ms.items():
        p50, p99 = np.percentile(waits_ms, [50, 99])
        print(
            f"{part:9} {len(waits_ms):5,} moves: median {p50:.1f} ms, p99 {p99:.1f} ms, "
            f"worst {max(waits_ms):.1f} ms"
        )


def watch(data: str, epochs: int, code_size: int) -> Mouse:
    from aestudio.data.reading import read
    from aestudio.experiment import Experiment

    app = QApplication([])
    theme = Theme()
    theme.follow_system(app)
    workspace = TrainWorkspace(theme)
    workspace.resize(1280, 720)
    workspace.show()
    recipe = Experiment().with_values(
        {
            "autoencoder.type": "variational",
            "network.hidden": [400],
            "network.activation": "relu",
            "network.code_size": code_size,
            "training.epochs": epochs,
            "training.batch_size": 128,
            "training.loss": "bce",
            "training.device": "cpu",
        }
    )
    mouse = Mouse(workspace)
    workspace.display.scrubber.label.text()
    # From the first epoch on: before, there is nothing to decode.
    begin = QTimer()
    begin.setInterval(100)
    begin.timeout.connect(lambda: workspace.display.shown_epoch and (begin.stop(), mouse.start()))
    begin.start()
    workspace.run_finished.connect(lambda path: QTimer.singleShot(5000, app.quit))
    workspace.start(recipe, read(data))
    app.exec()
    workspace.stop_and_join()
    return mouse


if __name__ == "__main__":
    main()
