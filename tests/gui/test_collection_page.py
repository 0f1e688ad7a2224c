"""A folder of several data sets, dropped on the window: a row for each, and one click opens it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from aestudio.gui.main_window import MainWindow
from aestudio.gui.widgets.data.collection_page import CollectionPage
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
