"""Whatever a person gives the window: it says what, why and what now, and everything goes on."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import (
    QEventLoop,
    QMimeData,
    QPoint,
    QPointF,
    QSettings,
    Qt,
    QTimer,
    QUrl,
    SignalInstance,
)
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QComboBox, QFileDialog, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from aestudio.gui.crash_reports import CrashReports
from aestudio.gui.main_window import MainWindow
from aestudio.gui.plots.figure_menu import FigureMenu
from aestudio.gui.settings import Settings
from aestudio.gui.theme import Theme
from aestudio.gui.widgets.dialogs.error_dialog import ErrorDialog
from aestudio.gui.widgets.dialogs.export_dialog import ExportDialog
from aestudio.runs.folder import RunFolder
from aestudio.runs.location import default_runs_folder
from tests import bad_files
from tests.gui.conftest import PATIENCE_MS, watched_screen
from tests.workflows.conftest import digits_run

__all__ = ["digits_run"]


@dataclass(frozen=True)
class Place:
    """What a bad input may be made from."""

    window: MainWindow
    qtbot: QtBot
    #: Empty at first.
    folder: Path
    #: A finished run that may be damaged.
    run: Path
    choose: Callable[[str, Path], None]


Give = Callable[[Place], None]


@dataclass(frozen=True)
class Case:
    """What a person does; what the message has to name, to give as reason and to offer."""

    give: Give
    subject: str
    reason: str
    next_step: str
    #: The input itself can be opened, and takes the place of what was open.
    opens_data: bool = False


# --- what a person can do -------------------------------------------------------------------------


def drop(window: MainWindow, *paths: Path) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    how = (Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton)
    keys = Qt.KeyboardModifier.NoModifier
    entered = QDragEnterEvent(QPoint(50, 50), how[0], mime, how[2], keys)
    window.dragEnterEvent(entered)
    assert entered.isAccepted()
    window.dropEvent(QDropEvent(QPointF(50, 50), *how, keys))


def dropped(make: bad_files.MakeFile) -> Give:
    return lambda place: drop(place.window, make(place.folder))


def chosen(make: bad_files.MakeFile) -> Give:
    """Take it in the file dialog."""

    def give(place: Place) -> None:
        place.choose("getOpenFileNames", make(place.folder))
        place.window.commands.action("open_file").trigger()

    return give


def trained(make: bad_files.MakeFile, missing: str = "auto") -> Give:
    """Open it, which works, choose what happens to missing values, and train."""

    def give(place: Place) -> None:
        setup = place.window.setup
        assert setup is not None
        with place.qtbot.waitSignal(setup.prepared, timeout=PATIENCE_MS):
            drop(place.window, make(place.folder))
        pick(place, "preprocess.missing", missing)
        place.window.commands.action("train").trigger()

    return give


def typed(key: str, text: str) -> Give:
    """Type it into the recipe and go on to another field."""

    def give(place: Place) -> None:
        recipe = place.window.recipe
        assert recipe is not None
        place.window.show_workspace("train")
        recipe.show_all_settings(key)
        box = recipe.row(key).editor.control
        place.qtbot.keyClick(box, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        place.qtbot.keyClicks(box, text)
        assert recipe.row(key).error, "it is said in place as well"
        place.qtbot.keyClick(box, Qt.Key.Key_Return)

    return give


def typed_and_trained(place: Place) -> None:
    typed("training.epochs", "none")(place)
    place.window.messages.show_message("something else")
    assert not place.window.train.transport.train_button.isEnabled()  # type: ignore[union-attr]  # full window
    place.window.commands.action("train").trigger()


def picked(source: str, key: str, value: str) -> Give:
    """Open ``source``, pick a choice in the recipe, and train."""

    def give(place: Place) -> None:
        setup = place.window.setup
        assert setup is not None
        with place.qtbot.waitSignal(setup.prepared, timeout=PATIENCE_MS):
            place.window.opener.open_data(source)
        pick(place, key, value)
        place.window.commands.action("train").trigger()

    return give


def pick(place: Place, key: str, value: str) -> None:
    """Pick a choice in the recipe."""
    recipe = place.window.recipe
    assert recipe is not None
    recipe.show_all_settings(key)
    box = recipe.row(key).editor.control
    assert isinstance(box, QComboBox)
    box.setCurrentIndex(box.findData(value))
    box.activated.emit(box.currentIndex())


def image_side_of_two(place: Place) -> None:
    """Read the pictures that are open again, smaller than pictures can be."""
    place.window.show_workspace("data")
    form = place.window.data.sheet.form
    box = form.row("data.image_size").editor.control
    assert isinstance(box, QLineEdit)
    place.qtbot.keyClicks(box, "2")
    button(form, "Read the data again with these settings").click()


def dropped_run(damage: Callable[[Path], None]) -> Give:
    def give(place: Place) -> None:
        damage(place.run)
        drop(place.window, place.run)

    return give


def resumed_run(damage: Callable[[Path], None]) -> Give:
    """Go on training with the run that is selected in Runs."""

    def give(place: Place) -> None:
        run = RunFolder.open(place.run)
        run.replace_experiment(run.experiment.with_values({"training.epochs": 9}))
        damage(place.run)
        list_runs(place)
        button(place.window.runs, "Go on training the selected run").click()

    return give


def double_clicked_run(damage: Callable[[Path], None]) -> Give:
    """Double-click the run in the list; what is wrong stands beside it already."""

    def give(place: Place) -> None:
        damage(place.run)
        list_runs(place)
        runs = place.window.runs
        assert runs is not None
        assert runs.details.problem
        runs.view.doubleClicked.emit(runs.view.currentIndex())

    return give


def list_runs(place: Place) -> None:
    runs = place.window.runs
    assert runs is not None
    with place.qtbot.waitSignal(runs.runs_changed, timeout=PATIENCE_MS):
        place.window.show_workspace("runs")
    assert runs.selected is not None


def without_info(run: Path) -> None:
    (run / "run.json").unlink()


def with_half_an_info(run: Path) -> None:
    content = (run / "run.json").read_bytes()
    (run / "run.json").write_bytes(content[: len(content) // 2])


def with_damaged_checkpoints(run: Path) -> None:
    for path in (run / "checkpoints").glob("*.safetensors"):
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 0xFF
        path.write_bytes(content)


def with_half_a_recipe(run: Path) -> None:
    (run / "experiment.toml").write_text("[network\n")


def runs_folder_below_a_file(place: Place) -> None:
    """Train where no run can be kept."""
    shutil.rmtree(default_runs_folder())
    default_runs_folder().write_text("in the way")
    place.window.commands.action("train").trigger()


def exported_below_a_file(name: str) -> Give:
    def give(place: Place) -> None:
        list_runs(place)
        button(place.window.runs, "Export the selected run").click()
        dialog = place.window.findChild(ExportDialog)
        assert dialog is not None
        dialog.choose(name)
        folder = dialog.findChild(QLineEdit)
        assert folder is not None
        folder.setText(str(bad_files.below_a_file(place.folder)))
        with place.qtbot.waitSignal(dialog.failed, timeout=PATIENCE_MS):
            button(dialog, "Export now").click()
        assert dialog.result_text == place.window.messages.text
        assert button(dialog, "Export now").isEnabled(), "another folder can be tried"
        dialog.close()

    return give


def recipe_saved_below_a_file(place: Place) -> None:
    place.choose("getSaveFileName", bad_files.below_a_file(place.folder))
    place.window.commands.action("save_recipe").trigger()


def figure_saved_below_a_file(place: Place) -> None:
    place.choose("getSaveFileName", bad_files.below_a_file(place.folder))
    train = place.window.train
    assert train is not None
    menu = train.display.comparison.findChild(FigureMenu)
    assert menu is not None
    menu.menu().actions()[-2].trigger()


def button(parent: object, name: str) -> QPushButton:
    found = parent.findChildren(QPushButton)  # type: ignore[attr-defined]  # any widget
    return next(one for one in found if one.accessibleName() == name)


def two_files(place: Place) -> None:
    drop(place.window, bad_files.empty_file(place.folder), bad_files.idx_that_lies(place.folder))


CASES = {
    # files and folders
    "missing path": Case(
        dropped(bad_files.missing), "absent.npy", "no such file", "Check the name"
    ),
    "missing path, chosen": Case(
        chosen(bad_files.missing), "absent.npy", "no such file", "Check the name"
    ),
    "empty folder": Case(dropped(bad_files.empty_folder), "nothing", "no files", "Choose a folder"),
    "folder of letters": Case(
        dropped(bad_files.folder_of_letters), "letters", "dear.doc", "Choose a folder"
    ),
    "truncated gz": Case(
        dropped(bad_files.truncated_gz), "pictures-idx3-ubyte.gz", "cut off", "again"
    ),
    "IDX that lies": Case(
        dropped(bad_files.idx_that_lies), "pictures-idx3-ubyte", "claims 816 bytes", "again"
    ),
    "array of objects": Case(
        dropped(bad_files.objects_npy), "objects.npy", "could run code", "numpy.save"
    ),
    "archive of objects": Case(
        dropped(bad_files.objects_npz), "objects.npz", "could run code", "numpy.save"
    ),
    "pickle named npy": Case(dropped(bad_files.bare_pickle), "data.npy", "run code", "numpy.save"),
    "pickle": Case(dropped(bad_files.model_that_runs_code), "model.pkl", "run code", ".np"),
    "image bomb": Case(dropped(bad_files.image_bomb), "bombs", "100,000,000", "Choose a folder"),
    "image bomb alone": Case(
        dropped(bad_files.image_bomb_alone), "bomb.png", "single picture", "folder"
    ),
    "text named png": Case(
        dropped(bad_files.text_as_png), "pictures", "it is no picture", "Choose a folder"
    ),
    "text named png, alone": Case(
        dropped(bad_files.text_as_png_alone), "letter.png", "none of the known", "can be read"
    ),
    "empty file": Case(dropped(bad_files.empty_file), "hollow.npy", "empty", "again"),
    "two at once": Case(two_files, "hollow.npy", "empty", "again"),
    # recipes
    "mistake in a recipe": Case(
        dropped(bad_files.recipe_with_a_typo), "recipe.toml, line 3", "depht", "'network.depth'"
    ),
    "recipe without a code": Case(
        dropped(bad_files.recipe_without_a_code), "recipe.toml, line 5", "code_size", "Change"
    ),
    "recipe that is no TOML": Case(
        dropped(bad_files.recipe_that_is_no_toml), "recipe.toml", "TOML", "experiment.toml"
    ),
    "recipe for absent data": Case(
        dropped(bad_files.recipe_for_absent_data), "absent.npy", "no such file", "Check"
    ),
    # the form
    "code size 0": Case(typed("network.code_size", "0"), "network.code_size", "1", "Change"),
    "word for a code size": Case(
        typed("network.code_size", "two"), "network.code_size", "whole number", "Change"
    ),
    "endless learning rate": Case(
        typed("training.learning_rate", "inf"), "training.learning_rate", "finite", "Change"
    ),
    "word among the layers": Case(
        typed("network.hidden", "64, x"), "network.hidden", "whole number", "Change"
    ),
    "training what cannot be": Case(typed_and_trained, "training.epochs", "whole number", "Change"),
    "cross-entropy out of range": Case(
        picked("breast-cancer", "training.loss", "bce"),
        "training.loss",
        "between 0 and 1",
        "mse",
        opens_data=True,
    ),
    "convolution over a table": Case(
        picked("breast-cancer", "network.kind", "convolutional"),
        "network.kind",
        "",
        "dense",
        opens_data=True,
    ),
    "image side of two": Case(image_side_of_two, "data.image_size", "4", "Change"),
    # values that cannot be trained on
    "table with gaps": Case(
        trained(bad_files.table_with_gaps, "refuse"),
        "preprocess.missing",
        "1 of 200",
        "mean",
        opens_data=True,
    ),
    "table with infinity": Case(
        trained(bad_files.table_with_infinity, "refuse"),
        "preprocess.missing",
        "not finite",
        "mean",
        opens_data=True,
    ),
    "table without a column": Case(
        trained(bad_files.table_without_a_column, "refuse"),
        "preprocess.missing",
        "column 3",
        "mean",
        opens_data=True,
    ),
    "table of nothing": Case(
        trained(bad_files.table_of_nothing),
        "preprocess.missing",
        "all of its",
        "Choose data",
        opens_data=True,
    ),
    # runs
    "run without run.json": Case(dropped_run(without_info), "mine", "run.json", "another copy"),
    "run with half a run.json": Case(
        dropped_run(with_half_an_info), "run.json", "damaged", "another copy"
    ),
    "run with damaged checkpoints": Case(
        dropped_run(with_damaged_checkpoints), ".safetensors", "damaged", "copy"
    ),
    "run with half a recipe": Case(
        dropped_run(with_half_a_recipe), "experiment.toml", "damaged", "another copy"
    ),
    "going on from damaged checkpoints": Case(
        resumed_run(with_damaged_checkpoints), ".safetensors", "damaged", "copy"
    ),
    "opening a damaged run in the list": Case(
        double_clicked_run(with_half_an_info), "mine", "damaged", "another copy"
    ),
    # places that cannot be written
    "no place for a run": Case(runs_folder_below_a_file, "runs", "", "another place"),
    "model exported below a file": Case(exported_below_a_file("onnx"), "inside", "", "folder"),
    "codes exported below a file": Case(exported_below_a_file("csv"), "inside", "", "folder"),
    "page exported below a file": Case(exported_below_a_file("page"), "inside", "", "folder"),
    "recipe saved below a file": Case(recipe_saved_below_a_file, "inside", "", "folder"),
    "figure saved below a file": Case(figure_saved_below_a_file, "inside", "", "folder"),
}


# --- what has to hold -----------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def nothing_left_on_screen() -> None:
    """The one window is on screen from row to row; it is looked at once it has closed."""


@pytest.fixture(scope="module")
def watch(qapp: QApplication) -> Iterator[None]:
    with watched_screen():
        yield


@pytest.fixture(scope="module")
def shared_window(watch: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[MainWindow]:
    """One window for all rows: what one of them breaks, the next one meets."""
    home = tmp_path_factory.mktemp("window")
    QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, str(home))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AESTUDIO_LOGS", str(home / "logs"))
        patch.setenv("AESTUDIO_RUNS", str(home / "runs"))
        window = MainWindow(Theme(), Settings(), CrashReports())
        window.show()
        wait_for(window.complete, window.load_engine)
        assert window.setup is not None
        wait_for(window.setup.prepared, partial(drop, window, good_data(home / "first.npy")))
        window.setup._cancel_estimate()
    yield window
    window.close()
    window.deleteLater()
    assert not list((home / "logs").glob("*"))


def answer(dialog: str, path: Path) -> str | list[str]:
    """What a file dialog gives: the dialogs in the plural give a list."""
    return [str(path)] if dialog.endswith("Names") else str(path)


@pytest.fixture
def place(
    qtbot: QtBot,
    shared_window: MainWindow,
    tmp_path: Path,
    digits_run: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Place:
    """A window with data open and one run in its list."""
    run = default_runs_folder() / "mine"
    shutil.copytree(digits_run, run)
    folder = tmp_path / "given"
    folder.mkdir()
    return Place(
        shared_window,
        qtbot,
        folder,
        run,
        lambda name, path: monkeypatch.setattr(
            QFileDialog, name, lambda *_: (answer(name, path), "")
        ),
    )


def wait_for(signal: SignalInstance, act: Callable[[], object]) -> None:
    """What qtbot does, for a fixture of the whole module."""
    loop = QEventLoop()
    patience = QTimer(loop)
    patience.timeout.connect(loop.quit)
    patience.start(PATIENCE_MS)
    signal.connect(loop.quit)
    act()
    loop.exec()
    signal.disconnect(loop.quit)
    patience.stop()


def good_data(path: Path) -> Path:
    np.save(path, np.random.default_rng(1).integers(0, 256, (24, 8, 8), np.uint8))
    return path


@pytest.mark.opens_files
@pytest.mark.parametrize("name", CASES)
def test_the_window_says_what_why_and_what_now_and_goes_on(
    name: str, place: Place, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    window, case = place.window, CASES[name]
    window.messages.show_message("nothing has been said yet")
    assert window.setup is not None
    assert window.train is not None
    before = window.setup.dataset
    assert before is not None
    case.give(place)
    place.qtbot.waitUntil(partial(says_an_error, window), timeout=PATIENCE_MS)
    check_message(window.messages.text, case)
    assert not [record for record in caplog.records if record.exc_info]
    assert not window.findChildren(ErrorDialog)
    # What was open stays open.
    assert not window.train.is_training
    assert not window.data.is_reading
    assert window.data.shows_sheet
    assert not window.train.display.comparison._hint.text(), "some of it is shown in Train"
    if not case.opens_data:
        assert window.setup.dataset is before
    # The next thing can be opened, and trained.
    with place.qtbot.waitSignal(window.setup.prepared, timeout=PATIENCE_MS):
        drop(window, good_data(tmp_path / "next.npy"))
    assert window.setup.dataset is not None
    assert window.setup.dataset.name == "next.npy"
    assert window.setup.why_not == ""
    assert window.commands.action("train").isEnabled()
    window.setup._cancel_estimate()


def check_message(text: str, case: Case) -> None:
    """Subject, reason and next step are there, and no part of a trace."""
    for words in (case.subject, case.reason, case.next_step):
        assert words in text
    subject, _, rest = text.partition(": ")
    assert case.subject in subject
    reason, _, next_step = rest.partition(". ")
    assert len(reason) > 8
    assert len(next_step) > 8
    assert "Traceback" not in text
    assert "should not have" not in text


def says_an_error(window: MainWindow) -> bool:
    return window.messages.history[-1][0] == "error"
