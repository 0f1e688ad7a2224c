"""The workspace with the real engine: train a moment, then open what is on the disk."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from aestudio.data.dataset import Dataset, Kind
from aestudio.data.options import DataOptions
from aestudio.data.reading import read
from aestudio.experiment import Experiment
from aestudio.gui.plots.token_art import TokenTile
from aestudio.gui.workspaces.train import TrainWorkspace
from aestudio.workflows.planning.recommendation import recommend

PATIENCE_MS = 60_000


@pytest.fixture
def experiment() -> Experiment:
    return Experiment().with_values(
        {
            "autoencoder.type": "variational",
            "network.hidden": [16],
            "network.code_size": 2,
            "training.epochs": 2,
            "training.batch_size": 128,
        }
    )


def test_train_then_open_the_run_again(
    qtbot: QtBot, workspace: TrainWorkspace, experiment: Experiment
) -> None:
    dataset = read("digits")
    display = workspace.display
    with qtbot.waitSignal(workspace.run_finished, timeout=PATIENCE_MS) as ended:
        workspace.start(experiment, dataset)
    run_path = ended.args[0]
    qtbot.waitUntil(lambda: display.shown_epoch == 2 and not display._steps_timer.isActive())
    trained = display.map.points.copy()

    messages: list[str] = []
    workspace.message.connect(messages.append)
    workspace.open_run(run_path)
    qtbot.waitUntil(lambda: any("Opened" in text for text in messages), timeout=PATIENCE_MS)
    assert display.map.points == pytest.approx(trained, abs=1e-5)
    assert display.scrubber.epoch == 2
    assert display.interpolation.here.tile is not None
    # The pictures of the points come as soon as the data has been read again.
    qtbot.waitUntil(lambda: display._map_samples.sample(0) is not None, timeout=PATIENCE_MS)
    display.scrubber.slider.setValue(0)
    assert display.shown_epoch == 0
    assert not np.allclose(display.map.points, trained)

    with qtbot.waitSignal(workspace.run_finished, timeout=PATIENCE_MS):
        workspace.resume(run_path, epochs=3)
    assert display.scrubber.epoch == 3
    assert len(display.curves._validation) == 3


def test_stopping_keeps_a_run_that_can_be_opened(
    qtbot: QtBot, workspace: TrainWorkspace, experiment: Experiment
) -> None:
    longer = experiment.with_values({"training.epochs": 100_000})
    with qtbot.waitSignal(workspace.bridge.opened, timeout=PATIENCE_MS):
        workspace.start(longer, read("digits"))
    qtbot.waitUntil(lambda: (workspace.display.shown_epoch or 0) > 0, timeout=PATIENCE_MS)
    assert workspace.stop_and_join()
    assert workspace.transport.state_text.startswith("Stopped")
    assert workspace.transport.export_button.isEnabled()


def test_a_run_can_be_stopped_while_its_large_data_is_measured(
    qtbot: QtBot, workspace: TrainWorkspace, experiment: Experiment, isolated_home: Path
) -> None:
    # Minutes of measuring that need no memory: all samples are the same one.
    samples = np.broadcast_to(np.arange(4_096, dtype=np.float32), (2_000_000, 4_096))
    large = Dataset(name="large", kind=Kind.TABLE, x=samples, source="large")
    failures: list[object] = []
    workspace.failed.connect(failures.append)
    with qtbot.waitSignal(workspace.run_finished, timeout=PATIENCE_MS):
        workspace.start(experiment, read("digits"))
    (earlier,) = (isolated_home / "runs").iterdir()
    workspace.start(experiment, large)
    qtbot.wait(1_000)
    assert workspace.transport.state_text == "Preparing…"
    with qtbot.waitSignal(workspace.bridge.ended, timeout=5_000):
        qtbot.mouseClick(workspace.transport.stop_button, Qt.MouseButton.LeftButton)
        assert workspace.transport.state_text == "Stopping…"
    assert workspace.transport.state_text == "Stopped before it began"
    assert failures == []
    assert list((isolated_home / "runs").iterdir()) == [earlier]
    assert workspace.subject is not None
    assert workspace.subject.run_path == earlier, "what is on display stays there"
    assert workspace.transport.export_button.isEnabled()


def test_tokens_are_shown_as_text(qtbot: QtBot, workspace: TrainWorkspace) -> None:
    dataset = read("number-words", DataOptions(only_label="below 100"))
    given = {
        "training.epochs": 1,
        "training.batch_size": 100,
        "network.depth": 1,
        "network.code_size": 2,
    }
    display = workspace.display
    with qtbot.waitSignal(workspace.run_finished, timeout=PATIENCE_MS):
        workspace.start(recommend(dataset, "variational", given=given), dataset)
    qtbot.waitUntil(lambda: display.shown_epoch == 1 and not display._steps_timer.isActive())
    grid = display.comparison._columns[1]
    assert len(grid._tiles) > 0
    assert all(isinstance(tile, TokenTile) for tile in (*grid._tiles, *grid._originals))
    assert all(len(tile.certainties) == len(tile.symbols) for tile in grid._tiles)
    assert "".join(grid._originals[0].symbols).replace("-", "").replace(" ", "").isalpha()
    display.map.plot.cursor_moved.emit(0.0, 0.0)
    qtbot.waitUntil(lambda: isinstance(display.map.decoded.tile, TokenTile), timeout=PATIENCE_MS)
