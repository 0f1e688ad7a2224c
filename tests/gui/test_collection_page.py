"""Several data sets, dropped on the window: a row for each, one click opens it, a button trains all."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from aestudio.data.options import DataOptions
from aestudio.gui.each_training import EachTraining, given_for_each
from aestudio.gui.main_window import MainWindow
from aestudio.gui.widgets.data.collection_page import CollectionPage
from aestudio.runs.listing import list_runs
from aestudio.workflows.planning.given import Given
from aestudio.workflows.several_sets.results import EachTrained
from tests.gui.conftest import PATIENCE_MS
from tests.gui.test_accessibility import cut_buttons, unnamed
from tests.gui.test_main_window import drop

X = np.random.default_rng(0).normal(size=(60, 4))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "sets"
    made.mkdir()
    np.savez(made / "a.npz", X=np.where(X > 2, np.nan, X), y=np.arange(60) % 2)
    (made / "b.npy").write_bytes(b"\x93NUMPY\x01\x00")
    (made / "names.txt").write_text("\n".join(f"name {row}" for row in range(60)))
    return made


@pytest.fixture
def page(qtbot: QtBot, window: MainWindow, folder: Path) -> CollectionPage:
    """The page as it is after a drop."""
    window.opener.allow_reading()
    with qtbot.waitSignal(window.data.choice_needed, timeout=PATIENCE_MS):
        drop(window, QUrl.fromLocalFile(str(folder)))
    return window.data.collection_page


def cells(page: CollectionPage, row: int) -> list[str]:
    items = (page.table.item(row, column) for column in range(page.table.columnCount()))
    return [item.text() for item in items if item is not None]


def click(qtbot: QtBot, page: CollectionPage, row: int) -> None:
    place = page.table.visualItemRect(page.table.item(row, 0)).center()
    qtbot.mouseClick(page.table.viewport(), Qt.MouseButton.LeftButton, pos=place)


def test_each_data_set_has_a_row(window: MainWindow, page: CollectionPage) -> None:
    assert window.data.shows_collection
    share = 100 * np.mean(X > 2)
    name, kind, count, size, labels, missing, _ = cells(page, 0)
    assert (name, kind, count, size, labels) == ("a.npz", "table", "60", "4", "2")
    assert missing == f"{share:.3g} %"
    assert "missing" in page.table.item(0, 6).toolTip()
    name, why = cells(page, 1)
    assert name == "b.npy"
    assert why.startswith("cannot be read")
    assert cells(page, 2)[:3] == ["names.txt", "tokens", "60"]


def test_one_click_opens_one(
    qtbot: QtBot, window: MainWindow, page: CollectionPage, folder: Path
) -> None:
    with qtbot.waitSignal(window.data.data_ready, timeout=PATIENCE_MS) as read:
        click(qtbot, page, 2)
    assert read.args is not None
    content, options = read.args
    assert content.dataset.num_samples == 60
    assert options.source == str(folder / "names.txt")
    assert window.data.shows_sheet


def test_the_keyboard_is_enough(qtbot: QtBot, window: MainWindow, page: CollectionPage) -> None:
    assert page.table.focusPolicy() & Qt.FocusPolicy.TabFocus
    qtbot.keyClick(page.table, Qt.Key.Key_Down)
    qtbot.keyClick(page.table, Qt.Key.Key_Down)
    with qtbot.waitSignal(window.data.data_ready, timeout=PATIENCE_MS) as read:
        qtbot.keyClick(page.table, Qt.Key.Key_Return)
    assert read.args is not None
    assert read.args[1].source.endswith("names.txt")


def test_from_the_sheet_the_way_back_leads_to_the_rows(
    qtbot: QtBot, window: MainWindow, page: CollectionPage, folder: Path
) -> None:
    def press_back() -> None:
        shown = window.data.findChildren(QPushButton)
        (back,) = [one for one in shown if one.text() == "Other data" and one.isVisible()]
        qtbot.mouseClick(back, Qt.MouseButton.LeftButton)

    with qtbot.waitSignal(window.data.data_ready, timeout=PATIENCE_MS):
        click(qtbot, page, 0)
    press_back()
    assert window.data.shows_collection
    press_back()
    assert window.data.start_page.isVisible()
    with qtbot.waitSignal(window.data.data_ready, timeout=PATIENCE_MS):
        window.opener.open_data("digits")
    press_back()
    assert window.data.start_page.isVisible()


def test_what_cannot_be_read_says_all_about_it_when_clicked(
    qtbot: QtBot, window: MainWindow, page: CollectionPage
) -> None:
    with qtbot.waitSignal(window.data.failed, timeout=PATIENCE_MS) as failed:
        click(qtbot, page, 1)
    assert failed.args is not None
    assert "b.npy" in str(failed.args[0])
    assert window.data.shows_collection


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_everything_is_named_and_fits(window: MainWindow, page: CollectionPage, mode: str) -> None:
    window.theme.set_mode(mode)
    assert unnamed(page) == []
    assert cut_buttons(page) == []
    item = page.table.item(0, 0)
    spoken = item.data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken.startswith("a.npz, table, 60 samples of 4, 2 labels")


def test_a_recipe_holds_for_what_is_chosen(
    qtbot: QtBot, full_window: MainWindow, folder: Path
) -> None:
    window = full_window
    recipe = folder.parent / "recipe.toml"
    recipe.write_text(f"[data]\nsource = {str(folder)!r}\n[network]\ncode_size = 3\n")
    with qtbot.waitSignal(window.data.choice_needed, timeout=PATIENCE_MS):
        drop(window, QUrl.fromLocalFile(str(recipe)))
    assert window.data.collection_page.isVisible()
    with qtbot.waitSignal(window.opener.data_ready, timeout=PATIENCE_MS) as ready:
        click(qtbot, window.data.collection_page, 0)
    assert ready.args is not None
    _, options, given, _ = ready.args
    assert options.source == str(folder / "a.npz")
    assert given.values["network.code_size"] == 3


@pytest.fixture
def ready(
    qtbot: QtBot,
    full_window: MainWindow,
    folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> CollectionPage:
    """The page of a window that can train, two epochs of each; runs go to a folder of the test."""
    monkeypatch.setenv("AESTUDIO_RUNS", str(tmp_path / "runs"))
    np.save(folder / "c.npy", X[:, :3])
    (folder / "names.txt").unlink()
    with qtbot.waitSignal(full_window.data.choice_needed, timeout=PATIENCE_MS):
        drop(full_window, QUrl.fromLocalFile(str(folder)))
    page = full_window.data.collection_page
    page.each.epochs.setValue(2)
    return page


def training_of(window: MainWindow) -> EachTraining:
    found = window.findChild(EachTraining)
    assert isinstance(found, EachTraining)
    return found


def wait_until_free(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.waitUntil(lambda: not training_of(window).is_busy, timeout=PATIENCE_MS)


def train_each(qtbot: QtBot, window: MainWindow, page: CollectionPage) -> EachTrained:
    """Press the button and wait for the end."""
    with qtbot.waitSignal(training_of(window).finished, timeout=PATIENCE_MS) as finished:
        qtbot.mouseClick(page.each.train, Qt.MouseButton.LeftButton)
    assert finished.args is not None
    wait_until_free(qtbot, window)
    found = finished.args[0]
    assert isinstance(found, EachTrained)
    return found


def test_a_button_trains_on_each(
    qtbot: QtBot, full_window: MainWindow, ready: CollectionPage
) -> None:
    assert ready.table.isColumnHidden(7)
    found = train_each(qtbot, full_window, ready)
    a, b, c = found.results
    assert (a.epochs, c.epochs) == (2, 2)
    assert not ready.table.isColumnHidden(7)
    for row, result in ((0, a), (2, c)):
        cell = ready.table.item(row, 7)
        assert cell.text() == result.beside_pca
        assert "squared error" in cell.toolTip()
    assert b.error is not None
    assert cells(ready, 1)[1].startswith("cannot be read")
    assert "2 of the 3 data sets are trained; 1 could not be trained." in ready.each.words
    assert {str(run.path) for run in list_runs()} == {a.run, c.run}
    assert full_window.runs is not None
    listed = full_window.runs._sorted
    qtbot.waitUntil(lambda: listed.rowCount() == 2, timeout=PATIENCE_MS)
    # A click on a result opens its run, one beside it the data.
    place = ready.table.visualItemRect(ready.table.item(2, 7)).center()
    with qtbot.waitSignal(full_window.opener.run_wanted, timeout=PATIENCE_MS) as opened:
        qtbot.mouseClick(ready.table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert opened.args == [Path(str(c.run))]
    full_window.show_workspace("data")
    with qtbot.waitSignal(full_window.data.data_ready, timeout=PATIENCE_MS):
        click(qtbot, ready, 2)


def test_the_keyboard_opens_runs_too(
    qtbot: QtBot, full_window: MainWindow, ready: CollectionPage
) -> None:
    ready.each.train.setFocus()
    with qtbot.waitSignal(training_of(full_window).finished, timeout=PATIENCE_MS) as finished:
        qtbot.keyClick(ready.each.train, Qt.Key.Key_Space)
        assert ready.each.stop.hasFocus()
    assert finished.args is not None
    wait_until_free(qtbot, full_window)
    qtbot.waitUntil(ready.each.train.hasFocus)
    c = finished.args[0].results[2]
    ready.focus_rows()
    for _ in range(2):
        qtbot.keyClick(ready.table, Qt.Key.Key_Down)
    spoken = ready.table.item(2, 0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken.startswith("c.npy, table, 60 samples of 3")
    assert c.words() in spoken
    with qtbot.waitSignal(full_window.opener.run_wanted, timeout=PATIENCE_MS) as opened:
        qtbot.keyClick(ready.table, Qt.Key.Key_Return)
    assert opened.args == [Path(str(c.run))]
    full_window.show_workspace("data")
    with qtbot.waitSignal(full_window.data.data_ready, timeout=PATIENCE_MS) as read:
        qtbot.keyClick(ready.table, Qt.Key.Key_Space)
    assert read.args is not None
    assert read.args[1].source.endswith("c.npy")


def test_the_tab_key_goes_from_the_top_to_the_bottom(
    qtbot: QtBot, full_window: MainWindow, ready: CollectionPage
) -> None:
    (back,) = [one for one in ready.findChildren(QPushButton) if one.text() == "Other data"]
    back.setFocus()
    for part in (ready.table, ready.each.epochs, ready.each.train):
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        assert part.hasFocus()


def test_progress_is_shown_and_nothing_else_trains_meanwhile(
    qtbot: QtBot, full_window: MainWindow, ready: CollectionPage
) -> None:
    words: list[str] = []
    shown: list[str] = []

    def note() -> None:
        words.append(ready.each.words)
        shown.extend(cells(ready, 0)[7:])
        assert not full_window.commands.action("train").isEnabled()
        assert ready.each.stop.isVisible()
        assert not ready.each.train.isVisible()

    training = training_of(full_window)
    training.moved.connect(note)
    train_each(qtbot, full_window, ready)
    assert any(text.startswith("1 of 3: a.npz") for text in words)
    assert any(text.startswith("3 of 3: c.npy") for text in words)
    assert "epoch 1 of 2" in shown
    assert full_window.commands.action("train").isEnabled()
    assert ready.each.train.isEnabled()
    assert ready.each.train.isVisible()
    assert not ready.each.progress.isVisible()


def test_stop_keeps_what_is_finished(
    qtbot: QtBot, full_window: MainWindow, ready: CollectionPage
) -> None:
    ready.each.epochs.setValue(100_000)
    found = _stopped_in_the_first(qtbot, full_window, ready)
    assert found.was_stopped
    assert found.under_way is not None
    assert cells(ready, 0)[7] == "stopped"
    assert "gone on with" in ready.each.words
    assert ready.each.train.isVisible()


def _stopped_in_the_first(qtbot: QtBot, window: MainWindow, page: CollectionPage) -> EachTrained:
    training = training_of(window)

    def stop() -> None:
        if "left." in page.each.words and page.each.stop.isEnabled():
            qtbot.mouseClick(page.each.stop, Qt.MouseButton.LeftButton)
            assert page.each.words == "Stopping…"

    training.moved.connect(stop)
    return train_each(qtbot, window, page)


def test_closing_the_window_ends_it(
    qtbot: QtBot, full_window: MainWindow, ready: CollectionPage
) -> None:
    ready.each.epochs.setValue(100_000)
    training = training_of(full_window)
    with qtbot.waitSignal(training.moved, timeout=PATIENCE_MS):
        qtbot.mouseClick(ready.each.train, Qt.MouseButton.LeftButton)
    full_window.close()
    assert all(run.status != "running" for run in list_runs())


def test_why_it_cannot_begin_is_said(window: MainWindow, page: CollectionPage) -> None:
    assert not page.each.train.isEnabled()
    assert page.each.train.toolTip() == "The engine is still loading"


def test_what_was_given_holds_for_each() -> None:
    recipe = Given({"network.code_size": 3, "training.epochs": 5, "data.kind": "sequences"})
    options = DataOptions(source="sets", kind="table", lowercase=True)
    read_so = {"data.kind": "table", "data.lowercase": True}
    assert given_for_each(None, options, 0).values == read_so
    assert given_for_each(recipe, options, 7).values == {
        "network.code_size": 3,
        "training.epochs": 7,
        **read_so,
    }
    assert given_for_each(recipe, options, 0).values["training.epochs"] == 5


def test_different_files_dropped_together_are_listed(
    qtbot: QtBot, window: MainWindow, folder: Path
) -> None:
    window.opener.allow_reading()
    with qtbot.waitSignal(window.data.choice_needed, timeout=PATIENCE_MS):
        drop(
            window,
            QUrl.fromLocalFile(str(folder / "names.txt")),
            QUrl.fromLocalFile(str(folder / "a.npz")),
        )
    page = window.data.collection_page
    assert [cells(page, row)[:2] for row in (0, 1)] == [["names.txt", "tokens"], ["a.npz", "table"]]
    with qtbot.waitSignal(window.data.data_ready, timeout=PATIENCE_MS) as read:
        click(qtbot, page, 1)
    assert read.args is not None
    assert read.args[1].source == str(folder / "a.npz")
