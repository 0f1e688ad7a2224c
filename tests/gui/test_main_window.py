"""The window as a whole: what a person does with it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from pytestqt.qtbot import QtBot

from aestudio.errors import FailureError
from aestudio.gui import engine
from aestudio.gui.crash_reports import CrashReports
from aestudio.gui.main_window import MainWindow
from aestudio.gui.settings import Settings
from aestudio.gui.theme import Theme
from aestudio.runs.listing import list_runs
from aestudio.runs.location import default_runs_folder
from aestudio.runs.schema import RunStatus
from tests.gui.conftest import PATIENCE_MS
from tests.runs.hand_made import make_run


def drop(window: MainWindow, *urls: QUrl) -> None:
    mime = QMimeData()
    mime.setUrls(list(urls))
    actions, buttons, keys = (
        Qt.DropAction.CopyAction,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    entered = QDragEnterEvent(QPoint(50, 50), actions, mime, buttons, keys)
    window.dragEnterEvent(entered)
    assert entered.isAccepted()
    assert window.data.start_page.drop_zone.property("active")
    window.dropEvent(QDropEvent(QPointF(50, 50), actions, mime, buttons, keys))
    assert not window.data.start_page.drop_zone.property("active")


def shorten(window: MainWindow, epochs: int) -> None:
    assert window.recipe is not None
    assert window.recipe.experiment is not None
    experiment = window.recipe.experiment.with_values(
        {
            "training.epochs": epochs,
            "training.batch_size": 256,
            "training.map_samples": 100,
            "training.precision": "fp32",
        }
    )
    window.recipe.set_experiment(experiment)


def test_the_window_opens_with_something_to_do(window: MainWindow) -> None:
    assert window.current_workspace == "data"
    assert window.messages.text
    assert not window.commands.action("train").isEnabled()
    assert window.commands.action("train").toolTip()


def test_the_engine_loads_behind_the_window_and_says_so(qtbot: QtBot, window: MainWindow) -> None:
    said: list[str] = []
    window.engine.status_changed.connect(said.append)
    with qtbot.waitSignal(window.complete, timeout=PATIENCE_MS):
        window.load_engine()
        assert not window.engine.is_ready
    assert said == ["Loading the engine…", "Ready"]
    assert window.commands.action("train").isEnabled()
    assert window.train is not None
    assert window.setup is not None
    assert "data" in window.setup.why_not


def test_a_missing_part_of_the_engine_is_said(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "_COMPUTING_MODULES", ("aestudio.no_such_module",))
    with qtbot.waitSignal(window.engine.failed, timeout=PATIENCE_MS) as failed:
        window.engine.load()
    assert isinstance(failed.args[0], FailureError)
    assert "Install it again" in window.messages.text
    assert not window.commands.action("train").isEnabled()


def test_from_a_sample_to_a_finished_run(qtbot: QtBot, full_window: MainWindow) -> None:
    window = full_window
    assert window.setup is not None
    assert window.train is not None
    assert window.runs is not None
    with qtbot.waitSignal(window.setup.prepared, timeout=PATIENCE_MS):
        window.opener.open_data("digits")
    assert window.setup.why_not == ""
    with qtbot.waitSignal(window.setup.estimated, timeout=PATIENCE_MS) as estimated:
        shorten(window, epochs=2)
    assert 0 < estimated.args[0] < 600
    with qtbot.waitSignals(
        [window.train.run_finished, window.runs.runs_changed], timeout=PATIENCE_MS
    ):
        window.train_now()
    assert window.current_workspace == "train"
    (run,) = list_runs()
    assert run.status is RunStatus.COMPLETED
    assert window.train.run_path == run.path
    assert window.data.start_page.recent_data.buttons[0].text() == "digits"
    assert window.data.start_page.recent_runs.buttons[0].text() == run.name


def test_one_click_shows_a_sample_learning_and_closing_keeps_the_run(
    qtbot: QtBot, full_window: MainWindow
) -> None:
    window = full_window
    assert window.train is not None
    with qtbot.waitSignal(window.train.training_changed, timeout=PATIENCE_MS) as changed:
        window.opener.learn("digits")
    assert changed.args == [True]
    assert window.current_workspace == "train"
    with qtbot.waitSignal(window.train.bridge.opened, timeout=PATIENCE_MS):
        pass
    window.close()
    assert not window.train.is_training
    (run,) = list_runs()
    assert run.status is not RunStatus.RUNNING
    assert run.info is not None


def test_closing_while_a_run_is_prepared_leaves_nothing_running(
    qtbot: QtBot, full_window: MainWindow
) -> None:
    window = full_window
    assert window.train is not None
    with qtbot.waitSignal(window.train.training_changed, timeout=PATIENCE_MS):
        window.opener.learn("digits")
    window.close()
    assert not window.train.is_training
    assert all(run.status is not RunStatus.RUNNING for run in list_runs())


def test_the_demo_waits_for_the_engine(qtbot: QtBot, window: MainWindow) -> None:
    window.start_demo()
    assert "engine" in window.messages.text
    assert not window.data.is_reading
    with qtbot.waitSignal(window.complete, timeout=PATIENCE_MS):
        window.load_engine()
    assert window.data.is_reading


def test_data_is_dropped_anywhere(qtbot: QtBot, full_window: MainWindow, tmp_path: Path) -> None:
    path = tmp_path / "faces.npy"
    np.save(path, np.zeros((20, 8, 8), np.uint8))
    assert full_window.setup is not None
    full_window.show_workspace("runs")
    with qtbot.waitSignal(full_window.setup.prepared, timeout=PATIENCE_MS):
        drop(full_window, QUrl.fromLocalFile(str(path)))
    assert full_window.current_workspace == "data"
    assert full_window.data.shows_sheet


def test_data_dropped_before_the_engine_is_there_is_not_forgotten(
    qtbot: QtBot, window: MainWindow
) -> None:
    window.opener.open_data("digits")
    assert not window.data.is_reading
    with qtbot.waitSignals([window.data.data_ready, window.complete], timeout=PATIENCE_MS):
        window.load_engine()
    assert window.setup is not None
    qtbot.waitUntil(lambda: window.setup is not None and not window.setup.why_not, timeout=20_000)


def test_a_recipe_is_dropped_with_its_data(
    qtbot: QtBot, full_window: MainWindow, tmp_path: Path
) -> None:
    recipe = tmp_path / "mine.toml"
    recipe.write_text('[data]\nsource = "digits"\n[network]\ncode_size = 5\n')
    assert full_window.setup is not None
    with qtbot.waitSignal(full_window.setup.prepared, timeout=PATIENCE_MS):
        drop(full_window, QUrl.fromLocalFile(str(recipe)))
    assert full_window.recipe is not None
    experiment = full_window.recipe.experiment
    assert experiment is not None
    assert experiment.network.code_size == 5
    assert experiment.data.source == "digits"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("[network]\ncode_size = 3\n", "which data"),
        ("[network]\ncode_sice = 3\n", "code_size"),
        ("not toml at all", "TOML"),
    ],
)
def test_a_recipe_that_cannot_be_used_says_why(
    qtbot: QtBot, full_window: MainWindow, tmp_path: Path, content: str, words: str
) -> None:
    recipe = tmp_path / "mine.toml"
    recipe.write_text(content)
    with qtbot.waitSignal(full_window.opener.failed, timeout=PATIENCE_MS):
        drop(full_window, QUrl.fromLocalFile(str(recipe)))
    assert words in full_window.messages.text


@pytest.mark.parametrize(
    "url", ["https://example.org/a.npy", "file://server/share/a.npy", "data:,x"]
)
def test_a_remote_drop_is_refused_with_a_message(window: MainWindow, url: str) -> None:
    drop(window, QUrl(url))
    severity, text = window.messages.history[-1]
    assert severity == "error"
    assert "on this computer" in text


def test_a_dropped_run_is_shown(qtbot: QtBot, full_window: MainWindow, tmp_path: Path) -> None:
    run = make_run(tmp_path / "run")
    with qtbot.waitSignal(full_window.opener.run_wanted) as wanted:
        drop(full_window, QUrl.fromLocalFile(str(run.path)))
    assert wanted.args == [run.path]
    assert full_window.current_workspace == "train"


def test_a_name_opens_a_sample_and_nonsense_is_said(
    qtbot: QtBot, full_window: MainWindow, tmp_path: Path
) -> None:
    full_window.opener.open_path(tmp_path / "nothing here")
    assert full_window.messages.history[-1][0] == "error"
    with qtbot.waitSignal(full_window.data.data_ready, timeout=PATIENCE_MS):
        full_window.opener.open_path("digits")


def test_a_setting_that_cannot_be_trained_is_said_at_its_place(
    qtbot: QtBot, full_window: MainWindow
) -> None:
    assert full_window.setup is not None
    assert full_window.recipe is not None
    assert full_window.train is not None
    with qtbot.waitSignal(full_window.setup.prepared, timeout=PATIENCE_MS):
        full_window.opener.open_data("breast-cancer")
    shorten(full_window, epochs=1)
    changed = full_window.recipe.experiment
    assert changed is not None
    full_window.recipe.set_experiment(changed.with_values({"training.loss": "bce"}))
    with qtbot.waitSignal(full_window.train.failed, timeout=PATIENCE_MS):
        full_window.train_now()
    assert "between 0 and 1" in full_window.messages.text
    assert "Binary cross-entropy" in full_window.recipe.row("training.loss").error
    assert list_runs() == []


def test_the_layout_is_remembered(qtbot: QtBot, theme: Theme) -> None:
    window = MainWindow(theme, Settings(), CrashReports())
    window.show()
    window.resize(700, 650)
    window.set_theme_mode("dark")
    window.close()
    window.deleteLater()
    again = MainWindow(theme, Settings(), CrashReports())
    again.show()
    assert (again.width(), again.height()) == (700, 650)
    assert Settings().theme_mode == "dark"
    again.reset_layout()
    assert again.height() == 720
    again.close()
    again.deleteLater()


def test_two_crashes_in_a_row_give_a_safe_start(qtbot: QtBot, theme: Theme) -> None:
    window = MainWindow(theme, Settings(), CrashReports())
    window.resize(400, 300)
    window.close()
    window.deleteLater()
    for _ in range(2):
        Settings().begin_session()
    safe = MainWindow(theme, Settings(), CrashReports())
    assert safe.height() == 720
    assert "unexpectedly" in safe.messages.text
    safe.close()
    safe.deleteLater()


def test_a_run_that_a_crash_interrupted_is_offered_once(qtbot: QtBot, theme: Theme) -> None:
    run = make_run(default_runs_folder() / "unlucky")
    run.update(status=RunStatus.RUNNING)
    Settings().begin_session()
    window = MainWindow(theme, Settings(), CrashReports())
    window.show()
    with qtbot.waitSignal(window.complete, timeout=PATIENCE_MS):
        window.load_engine()
    qtbot.waitUntil(lambda: "unlucky was interrupted" in window.messages.text, timeout=20_000)
    assert window.runs is not None
    window.messages.show_message("something else")
    with qtbot.waitSignal(window.runs.runs_changed):
        window.runs.refresh()
    assert window.messages.text == "something else"
    window.close()
    window.deleteLater()


def test_the_theme_command_shows_what_is_in_use(window: MainWindow) -> None:
    window.commands.action("theme_dark").trigger()
    assert window.theme.is_dark
    assert window.commands.action("theme_dark").isChecked()
    assert not window.commands.action("theme_light").isChecked()


def test_shortcuts_lead_to_the_workspaces(qtbot: QtBot, window: MainWindow) -> None:
    for name in ("train", "insights", "runs", "compare", "data"):
        window.commands.action(f"show_{name}").trigger()
        assert window.current_workspace == name
