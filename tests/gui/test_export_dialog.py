"""Exporting a trained run through the dialog, as a person does."""

from __future__ import annotations

import csv
import json
import re
import shutil
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from pkgutil import resolve_name

import numpy as np
import onnxruntime
import pyarrow.parquet
import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QFileDialog,
    QLabel,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QRadioButton,
    QWidget,
)
from pytestqt.qtbot import QtBot
from safetensors.numpy import load_file

from aestudio.data.reading import read
from aestudio.gui.background import Background, TaskReport
from aestudio.gui.main_window import MainWindow
from aestudio.gui.theme import Theme
from aestudio.gui.widgets.dialogs.export_dialog import ExportDialog
from aestudio.gui.widgets.dialogs.export_formats import (
    EXPORT_FORMATS,
    ExportFormat,
)
from aestudio.workflows.models.trained_model import TrainedModel
from tests import bad_files
from tests.gui.conftest import PATIENCE_MS
from tests.workflows.conftest import digits_run, train

__all__ = ["digits_run"]

NUM_DIGITS = 1797


@pytest.fixture
def dialog(
    qtbot: QtBot, theme: Theme, background: Background, digits_run: Path, tmp_path: Path
) -> Iterator[ExportDialog]:
    """The dialog of a trained run, with an empty folder of its own to export to."""
    parent = QWidget()
    qtbot.addWidget(parent)
    dialog = ExportDialog(theme, background, digits_run, parent)
    dialog.show()
    type_folder(qtbot, dialog, str(tmp_path / "export"))
    yield dialog
    parent.close()


def type_folder(qtbot: QtBot, dialog: ExportDialog, text: str) -> None:
    box = dialog.findChild(QLineEdit)
    assert box is not None
    qtbot.keyClick(box, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(box, Qt.Key.Key_Delete)
    qtbot.keyClicks(box, text)


def press(dialog: ExportDialog, name: str) -> None:
    button = named(dialog, name)
    assert button.isEnabled()
    button.click()


def named(dialog: ExportDialog, name: str) -> QPushButton:
    return next(one for one in dialog.findChildren(QPushButton) if one.accessibleName() == name)


def pick(dialog: ExportDialog, name: str) -> None:
    title = next(known.title for known in EXPORT_FORMATS if known.name == name)
    next(one for one in dialog.findChildren(QRadioButton) if one.text() == title).click()
    assert dialog.chosen_format.name == name


def export(qtbot: QtBot, dialog: ExportDialog, name: str) -> str:
    """Pick the format, press Export, and return what the dialog then says."""
    pick(dialog, name)
    with qtbot.waitSignal(dialog.message, timeout=PATIENCE_MS):
        press(dialog, "Export now")
        assert not named(dialog, "Export now").isEnabled(), "one at a time"
        assert named(dialog, "Export now").toolTip()
    assert named(dialog, "Export now").isEnabled()
    shown = [label.text() for label in dialog.findChildren(QLabel) if label.isVisible()]
    assert dialog.result_text in shown
    return dialog.result_text


def test_onnx_is_run_again_and_its_largest_difference_shown(
    qtbot: QtBot, dialog: ExportDialog, digits_run: Path, tmp_path: Path
) -> None:
    text = export(qtbot, dialog, "onnx")
    folder = tmp_path / "export" / "onnx"
    said = re.search(r"differ from torch by at most ([0-9.e+-]+)", text)
    assert said is not None
    shown = float(said[1])
    # Measured once more here, on samples that the export has not seen.
    path = next(folder.glob("*autoencoder*.onnx"))
    assert path.name in text
    x = np.asarray(read("digits").x[500:600])
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    (given,) = session.get_inputs()
    dtype = {"tensor(float)": np.float32, "tensor(uint8)": np.uint8}[given.type]
    (decoded,) = session.run(None, {given.name: x.astype(dtype)})
    difference = np.abs(decoded - TrainedModel.open(digits_run).reconstruct(x)).max()
    assert 0 <= shown < 0.01
    assert difference < 0.01


def test_safetensors_come_with_a_card(qtbot: QtBot, dialog: ExportDialog, tmp_path: Path) -> None:
    text = export(qtbot, dialog, "safetensors")
    folder = tmp_path / "export" / "safetensors"
    (weights,) = folder.glob("*.safetensors")
    assert load_file(weights)
    (card,) = folder.glob("*.md")
    assert "digits" in card.read_text()
    for path in folder.iterdir():
        assert path.name in text


@pytest.mark.parametrize("suffix", ["csv", "parquet", "npz"])
def test_codes_are_one_row_for_each_sample(
    qtbot: QtBot, dialog: ExportDialog, digits_run: Path, tmp_path: Path, suffix: str
) -> None:
    text = export(qtbot, dialog, suffix)
    path = tmp_path / "export" / f"codes.{suffix}"
    assert str(path) in text
    assert f"{NUM_DIGITS:,} codes of 2 numbers" in text
    expected = TrainedModel.open(digits_run).encode(read("digits").x)
    np.testing.assert_allclose(codes_in(path), expected, atol=1e-5)


def codes_in(path: Path) -> np.ndarray:
    if path.suffix == ".npz":
        with np.load(path, allow_pickle=False) as content:
            return content["codes"]
    if path.suffix == ".csv":
        with path.open(newline="", encoding="utf-8-sig") as file:
            rows = list(csv.DictReader(file))
        names = [name for name in rows[0] if name.startswith("code")]
        return np.array([[float(row[name]) for name in names] for row in rows])
    table = pyarrow.parquet.read_table(path)
    names = [name for name in table.column_names if name.startswith("code")]
    return np.stack([table[name].to_numpy() for name in names], axis=1)


def test_the_page_is_one_picture(qtbot: QtBot, dialog: ExportDialog, tmp_path: Path) -> None:
    text = export(qtbot, dialog, "page")
    path = tmp_path / "export" / "page.png"
    assert str(path) in text
    with Image.open(path) as page:
        assert page.width == 1600
        assert page.height > 900
        assert len(page.convert("RGB").resize((200, 150)).getcolors(30_000)) > 50


def test_gaps_are_filled_in_and_tried(
    qtbot: QtBot, theme: Theme, background: Background, tmp_path: Path
) -> None:
    x = read("digits").x[:200].reshape(200, -1).astype(np.float32)
    x[::7, 20] = np.nan
    np.save(tmp_path / "holes.npy", x)
    run = train(str(tmp_path / "holes.npy"), tmp_path / "run", network__code_size=2)
    parent = QWidget()
    qtbot.addWidget(parent)
    dialog = ExportDialog(theme, background, run, parent)
    dialog.show()
    type_folder(qtbot, dialog, str(tmp_path / "export"))
    text = export(qtbot, dialog, "filled_in")
    assert "29 of 12,800 values (0.2%) filled in" in text
    assert re.search(r"hidden in \d+ samples: error [0-9.]+, with means instead", text)
    (path,) = (tmp_path / "export").iterdir()
    assert str(path) in text
    parent.close()


def test_filling_in_is_not_offered_where_nothing_is_missing(dialog: ExportDialog) -> None:
    titles = [one.text() for one in dialog.findChildren(QRadioButton)]
    assert "Data with its gaps filled in" not in titles
    assert len(titles) == len(EXPORT_FORMATS) - 1


def test_every_format_is_tried_above() -> None:
    tried = {"onnx", "safetensors", "csv", "parquet", "npz", "filled_in", "page"}
    assert {known.name for known in EXPORT_FORMATS} == tried


def test_exporting_again_replaces_what_was_exported(
    qtbot: QtBot, dialog: ExportDialog, tmp_path: Path
) -> None:
    for _ in range(2):
        export(qtbot, dialog, "safetensors")
    assert len(list((tmp_path / "export" / "safetensors").glob("*.safetensors"))) == 1


@pytest.mark.parametrize("folder", ["", "   ", "~nobody-of-this-name/x", "relative/place"])
def test_a_folder_that_is_none_is_said_and_nothing_is_written(
    qtbot: QtBot,
    dialog: ExportDialog,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    folder: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    type_folder(qtbot, dialog, folder)
    pick(dialog, "page")
    with qtbot.waitSignal(dialog.failed, timeout=PATIENCE_MS) as failed:
        press(dialog, "Export now")
    assert str(failed.args[0]) == dialog.result_text
    assert failed.args[0].next_step
    assert not (tmp_path / "page.png").exists()
    assert not (tmp_path / "relative").exists()
    assert named(dialog, "Export now").isEnabled()


def test_after_a_failure_another_folder_can_be_chosen(
    qtbot: QtBot, dialog: ExportDialog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    type_folder(qtbot, dialog, str(bad_files.below_a_file(tmp_path)))
    pick(dialog, "npz")
    with qtbot.waitSignal(dialog.failed, timeout=PATIENCE_MS):
        press(dialog, "Export now")
    assert not named(dialog, "Show the exported files").isEnabled()
    good = tmp_path / "good"
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(good))
    press(dialog, "Choose the folder to export to")
    export(qtbot, dialog, "npz")
    assert (good / "codes.npz").exists()


def test_the_files_that_are_shown_are_those_that_were_exported(
    qtbot: QtBot, dialog: ExportDialog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[str] = []
    monkeypatch.setattr(
        QDesktopServices, "openUrl", lambda url: shown.append(url.toLocalFile()) or True
    )
    assert named(dialog, "Show the exported files").toolTip()
    export(qtbot, dialog, "npz")
    type_folder(qtbot, dialog, str(tmp_path / "elsewhere"))
    press(dialog, "Show the exported files")
    assert shown == [str(tmp_path / "export")]


def test_closing_the_dialog_ends_its_export(
    qtbot: QtBot, dialog: ExportDialog, background: Background
) -> None:
    pick(dialog, "csv")
    with qtbot.assertNotEmitted(dialog.message):
        press(dialog, "Export now")
        press(dialog, "Close")
        assert background.stop_and_join()


def test_an_onnx_export_tells_its_steps_and_can_be_cancelled(
    qtbot: QtBot, dialog: ExportDialog, tmp_path: Path
) -> None:
    cancel, bar = named(dialog, "Cancel the export"), dialog.findChild(QProgressBar)
    assert bar is not None
    assert not cancel.isVisible()
    pick(dialog, "onnx")
    press(dialog, "Export now")
    assert dialog.result_text == "Exporting… 0:00"
    assert cancel.isVisible()
    assert bar.isVisible()
    assert bar.maximum() == 0, "it moves until the first step is over"
    qtbot.waitUntil(lambda: bar.maximum() > 0, timeout=PATIENCE_MS)
    assert 0 < bar.value() < bar.maximum()
    press(dialog, "Cancel the export")
    assert not cancel.isEnabled()
    assert "Cancelling" in dialog.result_text
    qtbot.waitUntil(lambda: "was cancelled" in dialog.result_text, timeout=PATIENCE_MS)
    assert not cancel.isVisible()
    assert not bar.isVisible()
    assert not list((tmp_path / "export").rglob("*.onnx"))
    export(qtbot, dialog, "npz")


@pytest.mark.parametrize(
    "last_step",
    ["aestudio.runs.folder.RunFolder.preview", "aestudio.export.page.png_bytes"],
    ids=["while it reads", "while it packs the picture"],
)
def test_a_page_can_be_cancelled_to_its_last_step(
    qtbot: QtBot,
    dialog: ExportDialog,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    last_step: str,
) -> None:
    begun, may_end = threading.Event(), threading.Event()
    do_it = resolve_name(last_step)

    def slowly(*arguments: object) -> object:
        begun.set()
        assert may_end.wait(60)
        return do_it(*arguments)

    monkeypatch.setattr(last_step, slowly)
    pick(dialog, "page")
    press(dialog, "Export now")
    assert begun.wait(60)
    press(dialog, "Cancel the export")
    may_end.set()
    qtbot.waitUntil(lambda: "was cancelled" in dialog.result_text, timeout=PATIENCE_MS)
    assert not (tmp_path / "export").exists()
    monkeypatch.undo()
    export(qtbot, dialog, "page")


def test_the_time_since_an_export_was_begun_is_shown(
    qtbot: QtBot,
    theme: Theme,
    background: Background,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    may_end = threading.Event()

    def work(run: Path, folder: Path, report: TaskReport) -> list[str]:
        assert may_end.wait(60)
        return ["Written."]

    slow = ExportFormat("slow", "Slow", "It takes its time.", work)
    monkeypatch.setattr(
        "aestudio.gui.widgets.dialogs.export_dialog.formats_for", lambda run: (slow,)
    )
    now_s = time.monotonic()
    parent = QWidget()
    qtbot.addWidget(parent)
    dialog = ExportDialog(theme, background, tmp_path, parent)
    dialog.show()
    press(dialog, "Export now")
    assert dialog.result_text == "Exporting… 0:00"
    monkeypatch.setattr(time, "monotonic", lambda: now_s + 65)
    qtbot.waitUntil(lambda: dialog.result_text == "Exporting… 1:05")
    monkeypatch.undo()
    with qtbot.waitSignal(dialog.message):
        may_end.set()
    assert dialog.result_text == "Written."
    parent.close()


@pytest.mark.parametrize(
    ("kind", "has_gaps", "is_offered"),
    [
        ("images", False, False),
        ("table", True, True),
        ("table", None, True),
        ("tokens", None, False),
    ],
)
def test_filling_in_is_offered_where_something_can_be_missing(
    qtbot: QtBot,
    theme: Theme,
    background: Background,
    digits_run: Path,
    tmp_path: Path,
    kind: str,
    has_gaps: bool | None,
    is_offered: bool,
) -> None:
    run = tmp_path / "run"
    shutil.copytree(digits_run, run)
    info = json.loads((run / "run.json").read_text())
    info["data"] |= {"kind": kind, "has_gaps": has_gaps}
    (run / "run.json").write_text(json.dumps(info))
    parent = QWidget()
    qtbot.addWidget(parent)
    dialog = ExportDialog(theme, background, run, parent)
    dialog.show()
    titles = {one.text() for one in dialog.findChildren(QRadioButton) if one.isVisible()}
    everything = {known.title for known in EXPORT_FORMATS}
    gaps = {"Data with its gaps filled in"}
    assert titles == (everything if is_offered else everything - gaps)
    # What is chosen by its place in the list is still what the list says.
    pick(dialog, "page")
    parent.close()


def test_no_text_is_cut_and_all_of_it_fits_on_a_small_screen(
    qtbot: QtBot, dialog: ExportDialog
) -> None:
    export(qtbot, dialog, "safetensors")
    labels = [label for label in dialog.findChildren(QLabel) if label.isVisible()]
    assert len(labels) > len(EXPORT_FORMATS)
    for label in labels:
        assert label.height() >= label.heightForWidth(label.width()), label.text()
    assert dialog.height() <= 700
    assert dialog.width() <= 1240


def test_the_window_keeps_what_was_exported_and_where(
    qtbot: QtBot, window: MainWindow, digits_run: Path, tmp_path: Path
) -> None:
    window.dialogs.export_run(digits_run)
    dialog = window.findChild(ExportDialog)
    assert dialog is not None
    type_folder(qtbot, dialog, str(tmp_path / "export"))
    export(qtbot, dialog, "npz")
    press(dialog, "Close")
    assert window.messages.history[-1][0] == "good"
    assert f"{NUM_DIGITS:,} codes" in window.messages.text
