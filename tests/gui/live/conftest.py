from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from pytestqt.qtbot import QtBot

from aestudio.data.dataset import Dataset
from aestudio.gui.theme import Theme
from aestudio.gui.workspaces import train
from aestudio.gui.workspaces.train import TrainWorkspace
from aestudio.training.control import Control
from tests.gui.live.fakes import Script, make_dataset, make_live_run, started


@pytest.fixture
def dataset() -> Dataset:
    return make_dataset()


@pytest.fixture
def workspace(qtbot: QtBot, theme: Theme) -> Iterator[TrainWorkspace]:
    workspace = TrainWorkspace(theme)
    qtbot.addWidget(workspace)
    workspace.resize(1240, 640)
    workspace.show()
    qtbot.waitExposed(workspace)
    yield workspace
    assert workspace.stop_and_join()


@pytest.fixture
def begin(
    qtbot: QtBot, workspace: TrainWorkspace, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Script]:
    """Start a hand-made run in the workspace and return its script."""

    def begin(dataset: Dataset, *, code_size: int = 2) -> Script:
        scripts: list[Script] = []

        def open_new(experiment: object, data: Dataset, control: Control) -> object:
            live, script = make_live_run(control, data, code_size=code_size)
            scripts.append(script)
            return live

        monkeypatch.setattr(train, "open_new", open_new)
        with qtbot.waitSignal(workspace.bridge.opened):
            workspace.start(None, dataset)
        scripts[0].play(started())
        return scripts[0]

    return begin
