"""What a person would not do on purpose: a flood of files, wild clicking, many openings."""

from __future__ import annotations

import random
import time

import pytest
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QComboBox,
    QDialog,
    QFileDialog,
    QLineEdit,
    QMenu,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from aestudio.errors import DataError
from aestudio.gui import dialogs
from aestudio.gui.crash_reports import CrashReports
from aestudio.gui.drops import read_drop
from aestudio.gui.main_window import MainWindow
from aestudio.gui.settings import Settings
from aestudio.gui.theme import Theme
from tests.gui.conftest import PATIENCE_MS

_STEPS = 150


def test_a_hundred_thousand_files_are_refused_at_once() -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(f"/data/{number}.png") for number in range(100_000)])
    start_s = time.perf_counter()
    with pytest.raises(DataError, match="100,000 things"):
        read_drop(mime)
    assert time.perf_counter() - start_s < 2.0


def test_opening_and_closing_many_windows_leaves_nothing(qtbot: QtBot, theme: Theme) -> None:
    for _ in range(20):
        window = MainWindow(theme, Settings(), CrashReports())
        window.show()
        window.close()
        window.deleteLater()


@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_wild_clicking_raises_nothing(
    qtbot: QtBot, full_window: MainWindow, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    for name in ("getOpenFileName", "getSaveFileName"):
        monkeypatch.setattr(QFileDialog, name, lambda *_: ("", ""))
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
