"""A long series, dropped on the window and cut otherwise on its sheet."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from PySide6.QtCore import Qt, QUrl
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from aestudio.gui.main_window import MainWindow
from tests.gui.conftest import PATIENCE_MS
from tests.gui.test_main_window import drop


def table(folder: Path) -> Path:
    start = datetime(2024, 1, 1)
    rows = [f"{start + timedelta(hours=hour)},{hour % 24}" for hour in range(24 * 210)]
    (folder / "load.csv").write_text("\n".join(["time,load", *rows]))
    return folder / "load.csv"


def drop_table(qtbot: QtBot, window: MainWindow, folder: Path) -> None:
    """Drop the series on the window, and wait until it has been read."""
    window.opener.allow_reading()
    with qtbot.waitSignal(window.data.data_ready, timeout=PATIENCE_MS):
        drop(window, QUrl.fromLocalFile(str(table(folder))))


def test_windows_are_cut_otherwise_on_the_sheet(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    drop_table(qtbot, window, tmp_path)
    form = window.data.sheet.form
    box = form.row("data.window").editor.control
    assert isinstance(box, QLineEdit)
    box.setFocus()
    qtbot.keyClicks(box, "48")
    qtbot.keyClick(box, Qt.Key.Key_Return)
    (button,) = [part for part in form.findChildren(QPushButton) if part.text() == "Read again"]
    with qtbot.waitSignal(window.data.data_ready, timeout=PATIENCE_MS) as read:
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert read.args is not None
    content, options = read.args
    assert options.window == 48
    assert content.taken_for == "105 windows of 48 steps with 1 value each"


def test_nothing_is_marked_as_changed_by_another_theme(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    drop_table(qtbot, window, tmp_path)
    window.set_theme_mode("dark")
    form = window.data.sheet.form
    for key in ("data.window", "data.skip_lines", "data.most_rated"):
        row = form.row(key)
        assert not row.is_changed
        (title,) = (part for part in row.findChildren(QLabel) if part.text() == row.field.title)
        assert not title.font().bold(), key
