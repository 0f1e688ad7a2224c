"""Series of every format, dropped on the window as a person would, and cut otherwise on its sheet."""

from __future__ import annotations

import wave
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtWidgets import QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from aestudio.gui.main_window import MainWindow
from tests.gui.conftest import PATIENCE_MS
from tests.gui.test_main_window import drop


def table(folder: Path) -> Path:
    start = datetime(2024, 1, 1)
    rows = [f"{start + timedelta(hours=hour)},{hour % 24}" for hour in range(24 * 210)]
    (folder / "load.csv").write_text("\n".join(["time,load", *rows]))
    return folder / "load.csv"


def sound(folder: Path) -> Path:
    with wave.open(str(folder / "tone.wav"), "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        file.writeframes((9000 * np.sin(np.arange(256 * 200) / 9)).astype("<i2").tobytes())
    return folder / "tone.wav"


def archive(folder: Path) -> Path:
    lines = ["@problemName a", "@classLabel true up down", "@data"]
    lines += [f"1,2,3,{row}:4,5,6,7:{'up' if row % 2 else 'down'}" for row in range(60)]
    (folder / "a_TRAIN.ts").write_text("\n".join(lines))
    return folder / "a_TRAIN.ts"


@pytest.mark.parametrize(
    ("made", "taken_for"),
    [
        (table, "210 windows of 24 steps with 1 value each"),
        (sound, "797 windows of 256 steps with 1 value each"),
        (archive, "60 sequences of 4 steps with 2 values each"),
    ],
)
def test_what_is_dropped_is_cut_and_shown(
    qtbot: QtBot,
    window: MainWindow,
    tmp_path: Path,
    made: Callable[[Path], Path],
    taken_for: str,
) -> None:
    window.opener.allow_reading()
    with qtbot.waitSignal(window.data.data_ready, timeout=PATIENCE_MS) as read:
        drop(window, QUrl.fromLocalFile(str(made(tmp_path))))
    assert read.args is not None
    content, _ = read.args
    assert content.taken_for == taken_for
    assert ("Time" in dict(content.facts)) == (made is not archive)
    form = window.data.sheet.form
    assert form.row("data.window").isVisibleTo(form)
    assert not form.row("data.patch_size").isVisibleTo(form)


def test_windows_are_cut_otherwise_on_the_sheet(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    window.opener.allow_reading()
    with qtbot.waitSignal(window.data.data_ready, timeout=PATIENCE_MS):
        drop(window, QUrl.fromLocalFile(str(table(tmp_path))))
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
