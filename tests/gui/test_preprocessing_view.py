"""What preprocessing does to a sample, seen in the window and followed while the recipe changes."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from aestudio.data.options import DataOptions
from aestudio.gui.main_window import MainWindow
from aestudio.gui.widgets.data.sample_table import SampleTable
from aestudio.gui.widgets.dialogs.preprocessing_dialog import PreprocessingDialog
from aestudio.preprocess.scaling import Scaling
from tests.gui.conftest import PATIENCE_MS

ROWS = "price;shade\n" + "".join(
    f"{10 * n + 0.5};{['dark', '', 'light'][n % 3]}\n" for n in range(60)
)


def opened(qtbot: QtBot, window: MainWindow, source: str, kind: str = "auto") -> None:
    window.opener.allow_reading()
    assert window.setup is not None
    with qtbot.waitSignal(window.setup.prepared, timeout=PATIENCE_MS):
        window.data.open_options(DataOptions.model_validate({"source": source, "kind": kind}))


def dialog_of(qtbot: QtBot, window: MainWindow) -> PreprocessingDialog:
    dialog = window.findChildren(PreprocessingDialog)[-1]
    qtbot.waitUntil(lambda: bool(dialog.verdict), timeout=PATIENCE_MS)
    return dialog


def cell(dialog: PreprocessingDialog, row: int, column: int) -> str:
    item = dialog.cells.item(row, column)
    assert item is not None
    return item.text()


def test_a_row_is_followed_and_the_recipe_with_it(
    qtbot: QtBot, full_window: MainWindow, tmp_path: Path
) -> None:
    path = tmp_path / "prices.csv"
    path.write_text(ROWS)
    opened(qtbot, full_window, str(path), "table")
    sheet = full_window.data.sheet
    sheet.table.setCurrentIndex(1)
    table = sheet.browser.view
    assert isinstance(table, SampleTable)
    place = table.visualRect(table.model().index(1, 1)).center()
    qtbot.mouseDClick(table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    dialog = dialog_of(qtbot, full_window)
    assert dialog.title == "Sample 1"
    assert cell(dialog, 0, 1) == "10.5"
    assert cell(dialog, 1, 1) == "(missing)"
    standard = cell(dialog, 0, 2)
    # In the dialog ...
    row = dialog.option_row("preprocess.scaling")
    row.editor.set_value("none")
    row.edited.emit("preprocess.scaling", "none")
    qtbot.waitUntil(lambda: cell(dialog, 0, 2) == "10.5", timeout=PATIENCE_MS)
    recipe = full_window.recipe
    assert recipe is not None
    assert recipe.experiment is not None
    assert recipe.experiment.preprocess.scaling == "none"
    # ... and in the recipe.
    recipe.change({"preprocess.scaling": "standard"})
    qtbot.waitUntil(lambda: cell(dialog, 0, 2) == standard, timeout=PATIENCE_MS)
    assert row.editor.value() == "standard"
    qtbot.mouseClick(dialog.next, Qt.MouseButton.LeftButton)
    assert dialog.title == "Sample 2"
    qtbot.mouseClick(dialog.previous, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(dialog.previous, Qt.MouseButton.LeftButton)
    assert dialog.title == "Sample 0"
    # What cannot be said of the data is said at the option.
    recipe.change({"preprocess.column_scaling": ("weight=log",)})
    qtbot.waitUntil(
        lambda: bool(dialog.option_row("preprocess.column_scaling").error), timeout=PATIENCE_MS
    )
    assert "nothing can be shown" in dialog.verdict
    # Other data puts it away.
    with qtbot.waitSignal(dialog.destroyed, timeout=PATIENCE_MS):
        full_window.data.open_source("digits")


def test_measuring_many_samples_is_told_and_can_be_cancelled(
    qtbot: QtBot, full_window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "prices.csv"
    path.write_text(ROWS)
    opened(qtbot, full_window, str(path), "table")
    full_window.data.sheet.table.setCurrentIndex(1)
    browser = full_window.data.sheet.browser
    browser.view.select_row(1)
    qtbot.mouseClick(browser.look, Qt.MouseButton.LeftButton)
    dialog = dialog_of(qtbot, full_window)
    before = cell(dialog, 0, 2)
    assert not dialog.waiting.isVisible(), "nothing flickers where it takes a moment only"

    threads: list[threading.Thread] = []
    pause = threading.Event()

    def endless(*given: Any) -> Scaling:
        threads.append(threading.current_thread())
        report = given[3]
        for _ in range(6_000):
            report(30, 54)
            pause.wait(0.01)
        pytest.fail("nobody has cancelled it")

    with monkeypatch.context() as patch:
        patch.setattr("aestudio.workflows.datasets.sample_preprocessing.fit_to", endless)
        recipe = full_window.recipe
        assert recipe is not None
        recipe.change({"preprocess.scaling": "none"})
        qtbot.waitUntil(dialog.waiting.isVisible, timeout=PATIENCE_MS)
        qtbot.waitUntil(
            lambda: (dialog.waiting.bar.value(), dialog.waiting.bar.maximum()) == (30, 54)
        )
        qtbot.mouseClick(dialog.waiting.cancel, Qt.MouseButton.LeftButton)
        assert not dialog.waiting.isVisible()
        assert "were not tried" in dialog.verdict
        assert cell(dialog, 0, 2) == before
        threads[-1].join(10)
        assert not threads[-1].is_alive()
        # Closing the dialog ends the work too.
        recipe.change({"preprocess.scaling": "minmax"})
        qtbot.waitUntil(lambda: len(threads) == 2, timeout=PATIENCE_MS)
        with qtbot.waitSignal(dialog.destroyed, timeout=PATIENCE_MS):
            dialog.close()
        threads[-1].join(10)
        assert not threads[-1].is_alive()


@pytest.mark.parametrize(
    ("source", "title"), [("digits", "Sample 3, label 3"), ("number-words", "Sample 3")]
)
def test_pictures_and_texts_are_followed(
    qtbot: QtBot, full_window: MainWindow, source: str, title: str
) -> None:
    opened(qtbot, full_window, source)
    browser = full_window.data.sheet.browser
    browser.view.select_row(3)
    qtbot.mouseClick(browser.look, Qt.MouseButton.LeftButton)
    dialog = dialog_of(qtbot, full_window)
    assert dialog.title.startswith(title)
    is_text = source == "number-words"
    assert dialog.texts.isVisible() is is_text
    assert dialog.stages.isVisible() is not is_text
    if is_text:
        words = [box.toPlainText() for box in dialog.texts.boxes]
        assert words[0] == words[2] != ""
    else:
        assert dialog.stages.figures[1].text().endswith("highest 0.937255")
        centres = [canvas.grab().toImage() for canvas in dialog.stages.canvases]
        colors = {
            image.pixelColor(image.rect().center() + QPoint(12, 12)).name() for image in centres
        }
        assert len(colors) == 1
    dialog.close()


def test_a_scale_alone_makes_no_picture_darker(
    qtbot: QtBot, full_window: MainWindow, tmp_path: Path
) -> None:
    # Photographs seldom reach black: 150 is the middle of what is there, but bright.
    x = np.random.default_rng(0).integers(100, 201, (60, 8, 8)).astype(np.uint8)
    x[0] = 150
    np.save(tmp_path / "bright.npy", x)
    opened(qtbot, full_window, str(tmp_path / "bright.npy"))
    browser = full_window.data.sheet.browser
    browser.view.select_row(0)
    qtbot.mouseClick(browser.look, Qt.MouseButton.LeftButton)
    dialog = dialog_of(qtbot, full_window)
    shown = [canvas.grab().toImage() for canvas in dialog.stages.canvases]
    greys = [image.pixelColor(image.rect().center()).red() for image in shown]
    assert greys == pytest.approx([150] * 3, abs=1)


@pytest.mark.parametrize("is_still_shown", [True, False])
def test_what_is_asked_for_before_the_engine_is_there_opens_with_it(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, is_still_shown: bool
) -> None:
    path = tmp_path / "prices.csv"
    path.write_text(ROWS)
    window.opener.allow_reading()
    read = window.data.data_ready
    with qtbot.waitSignal(read, timeout=PATIENCE_MS):
        window.data.open_options(DataOptions(source=str(path), kind="table"))
    qtbot.mouseClick(window.data.sheet.browser.look, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(window.data.sheet.browser.look, Qt.MouseButton.LeftButton)
    assert "as soon as the engine is loaded" in window.messages.text
    if not is_still_shown:
        with qtbot.waitSignal(read, timeout=PATIENCE_MS):
            window.data.open_options(DataOptions(source="digits"))
    with qtbot.waitSignal(window.complete, timeout=PATIENCE_MS):
        window.load_engine()
    assert len(window.findChildren(PreprocessingDialog)) == is_still_shown
    if is_still_shown:
        assert dialog_of(qtbot, window).title == "Sample 0"
