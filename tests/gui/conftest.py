"""What every test of the window gets: settings of its own, a theme, and a watch for what it leaves."""

from __future__ import annotations

import gc
import importlib
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent, QSettings, QTimer
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from aestudio.gui.background import Background
from aestudio.gui.crash_reports import CrashReports
from aestudio.gui.main_window import MainWindow
from aestudio.gui.settings import Settings
from aestudio.gui.theme import Theme

#: The engine takes seconds to import the first time, and other processes may want the processor.
PATIENCE_MS = 60_000


@pytest.fixture(autouse=True)
def isolated_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep what the window remembers, and its logs, out of the person's own files."""
    folder = tmp_path / "settings"
    QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, str(folder))
    monkeypatch.setenv("AESTUDIO_LOGS", str(tmp_path / "logs"))
    return folder


@pytest.fixture(autouse=True)
def nothing_left_on_screen(qapp: QApplication) -> Iterator[None]:
    """Fail the test that leaves a top-level widget or a running timer behind."""
    with watched_screen():
        yield


@contextmanager
def watched_screen() -> Iterator[None]:
    """Fail where a top-level widget or a running timer is left behind."""
    started: weakref.WeakSet[QTimer] = weakref.WeakSet()
    start = QTimer.start

    def remember_and_start(timer: QTimer, *arguments: int) -> None:
        started.add(timer)
        start(timer, *arguments)

    before = set(map(_address, QApplication.topLevelWidgets()))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(QTimer, "start", remember_and_start)
        yield
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    left = _left_over(before, started)
    if left:
        # What only waits for the garbage collector is no leak.
        gc.collect()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        left = _left_over(before, started)
    if left:
        pytest.fail(f"left behind: {', '.join(left)}", pytrace=False)


def _left_over(before: set[int], started: weakref.WeakSet[QTimer]) -> list[str]:
    widgets = [
        f"{type(widget).__name__} {widget.objectName()}"
        for widget in QApplication.topLevelWidgets()
        if _address(widget) not in before
    ]
    return widgets + [
        f"timer of {type(timer.parent()).__name__}" for timer in started if _is_active(timer)
    ]


def _address(widget: QWidget) -> int:
    # Wrappers in Python come and go; what they stand for has one address.
    return int(shiboken6.getCppPointer(widget)[0])


def _is_active(timer: QTimer) -> bool:
    try:
        return timer.isActive()
    except RuntimeError:  # Qt has deleted it
        return False


@pytest.fixture
def theme(qapp: QApplication) -> Iterator[Theme]:
    """A light theme that styles the application, and leaves it as it was."""
    theme = Theme()
    theme.follow_system(qapp)
    theme.set_mode("light")
    yield theme
    qapp.styleHints().colorSchemeChanged.disconnect(theme._on_system_changed)
    qapp.setStyleSheet("")


@pytest.fixture
def background(qapp: QApplication) -> Iterator[Background]:
    background = Background()
    yield background
    assert background.stop_and_join()


@pytest.fixture
def window(theme: Theme, qtbot: QtBot) -> Iterator[MainWindow]:
    """The main window as it opens, without its engine."""
    window = MainWindow(theme, Settings(), CrashReports())
    window.show()
    yield window
    window.close()
    window.deleteLater()


@pytest.fixture
def full_window(window: MainWindow, qtbot: QtBot) -> MainWindow:
    """The main window once its engine is there."""
    with qtbot.waitSignal(window.complete, timeout=PATIENCE_MS):
        window.load_engine()
    # The first step that is trained, also to tell how long it takes, loads torch's compiler: seconds
    # in which no thread can be asked to end. A window that is closed then leaves the process, as
    # aestudio.gui.leaving tells; a test goes on.
    importlib.import_module("torch._dynamo")
    return window
