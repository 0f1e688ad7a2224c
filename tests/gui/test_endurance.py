"""What a person would not do on purpose: a flood of files, wild clicking, many openings."""

from __future__ import annotations

import ctypes
import gc
import os
import random
import shutil
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QMimeData, Qt, QUrl
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDialog,
    QFileDialog,
    QLineEdit,
    QMenu,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from aestudio.errors import DataError
from aestudio.gui import dialogs
from aestudio.gui.crash_reports import CrashReports
from aestudio.gui.drops import read_drop
from aestudio.gui.main_window import MainWindow
from aestudio.gui.settings import Settings
from aestudio.gui.theme import Theme
from aestudio.runs.location import default_runs_folder
from tests.gui.conftest import PATIENCE_MS

_STEPS = 150
_WARM_UP_CYCLES = 8
_CYCLES = 20
#: A kept model alone has more than five hundred; the tests' own watch keeps some thirty.
_MOST_KEPT_OBJECTS = 200
#: Room for what a fragmented heap cannot give back; a kept model and its data take 1.5 MiB.
_MOST_KEPT_BYTES = 600 * 1024


def test_a_hundred_thousand_files_are_refused_without_looking_at_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looked: list[object] = []
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(f"/data/{number}.png") for number in range(100_000)])
    with monkeypatch.context() as patched:
        patched.setattr("os.stat", lambda path, **_: looked.append(path))
        with pytest.raises(DataError, match="100,000 things"):
            read_drop(mime)
    assert looked == []


def test_opening_and_closing_many_windows_leaves_nothing(qtbot: QtBot, theme: Theme) -> None:
    threads = set(threading.enumerate())
    windows = []
    for _ in range(20):
        window = MainWindow(theme, Settings(), CrashReports())
        window.show()
        window.close()
        window.deleteLater()
        windows.append(window)
    qtbot.waitUntil(lambda: not any(map(isValid, windows)))
    assert set(threading.enumerate()) <= threads


@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_wild_clicking_raises_nothing(
    qtbot: QtBot, full_window: MainWindow, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_: ([], ""))
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: ("", ""))
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: "")
    monkeypatch.setattr(QMenu, "exec", lambda *_: None)
    monkeypatch.setattr("PySide6.QtGui.QDesktopServices.openUrl", lambda _: True)
    assert dialogs.QFileDialog is QFileDialog
    assert full_window.setup is not None
    with qtbot.waitSignal(full_window.setup.prepared, timeout=PATIENCE_MS):
        full_window.opener.open_data("digits")
    dice = random.Random(seed)
    for _ in range(_STEPS):
        shown = [one for one in full_window.findChildren(QDialog) if one.isVisible()]
        root: QWidget = shown[-1] if shown else full_window
        if shown and dice.random() < 0.3:
            shown[-1].close()
            continue
        _poke(qtbot, root, dice)
        if dice.random() < 0.1:
            _, action = dice.choice(
                [pair for pair in full_window.commands if pair[0].name != "quit"]
            )
            action.trigger()
    for dialog in full_window.findChildren(QDialog):
        dialog.close()


def _poke(qtbot: QtBot, root: QWidget, dice: random.Random) -> None:
    controls = [
        widget
        for widget in root.findChildren(QWidget)
        if isinstance(widget, QAbstractButton | QComboBox | QAbstractSpinBox | QLineEdit)
        and widget.isVisible()
        and widget.isEnabled()
        # A menu that drops down waits for the person in a loop of its own.
        and not (isinstance(widget, QToolButton) and widget.menu() is not None)
    ]
    if not controls:
        return
    control = dice.choice(controls)
    if isinstance(control, QAbstractButton):
        control.click()
    elif isinstance(control, QComboBox):
        control.setCurrentIndex(dice.randrange(control.count()) if control.count() else -1)
        control.activated.emit(control.currentIndex())
    elif isinstance(control, QAbstractSpinBox):
        control.stepBy(dice.choice([-100, -1, 1, 100]))
    else:
        qtbot.keyClicks(control, dice.choice(["", "x", "-1", "1e99", "512, 2", "<b>"]))
        qtbot.keyClick(control, Qt.Key.Key_Backspace)


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc and trims glibc's memory")
def test_opening_training_and_closing_many_times_leaks_nothing(
    qtbot: QtBot, theme: Theme, isolated_home: Path
) -> None:
    threads = set(threading.enumerate())
    num_objects, num_bytes = [], []
    for _ in range(_WARM_UP_CYCLES + _CYCLES):
        _open_train_and_close(qtbot, theme)
        shutil.rmtree(default_runs_folder())
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        gc.collect()
        assert QApplication.allWidgets() == []
        assert set(threading.enumerate()) <= threads
        num_objects.append(len(gc.get_objects()))
        num_bytes.append(_resident_bytes())
    kept_objects = np.diff(num_objects[_WARM_UP_CYCLES:]).mean()
    kept_bytes = np.diff(num_bytes[_WARM_UP_CYCLES:]).mean()
    print(f"a cycle keeps {kept_objects:.0f} objects and {kept_bytes / 1024:.0f} KiB")
    assert kept_objects < _MOST_KEPT_OBJECTS
    assert kept_bytes < _MOST_KEPT_BYTES


def _open_train_and_close(qtbot: QtBot, theme: Theme) -> None:
    """Train a few steps of a small recipe and close the window in the middle of it."""
    window = MainWindow(theme, Settings(), CrashReports())
    window.show()
    with qtbot.waitSignal(window.complete, timeout=PATIENCE_MS):
        window.load_engine()
    assert window.setup is not None
    assert window.train is not None
    with qtbot.waitSignal(window.setup.prepared, timeout=PATIENCE_MS):
        window.opener.open_data("digits")
    window.train_now()
    display = window.train.display
    qtbot.waitUntil(lambda: (display.shown_epoch or 0) > 0, timeout=PATIENCE_MS)
    window.close()
    assert not window.train.is_training
    window.deleteLater()


def _resident_bytes() -> int:
    """What the process holds in memory, without what its allocator keeps for later."""
    ctypes.CDLL(None).malloc_trim(0)
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")
