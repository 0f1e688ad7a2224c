"""Rows of a table and texts, looked through as a person does: searched, ordered, left out, taken back."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QColor
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from aestudio.data.columns import Column
from aestudio.data.dataset import Dataset, Kind
from aestudio.data.options import DataOptions
from aestudio.gui.background import Background
from aestudio.gui.theme import Theme
from aestudio.gui.widgets.data.sample_browser import SampleBrowser
from aestudio.gui.widgets.data.sample_table import SampleTable
from aestudio.gui.workspaces.data import DataWorkspace
from aestudio.gui.workspaces.sample_rows import SampleRows
from tests.gui.conftest import PATIENCE_MS

Button, Key, Modifier, Role = Qt.MouseButton, Qt.Key, Qt.KeyboardModifier, Qt.ItemDataRole

ROWS = "size;shade;seen;species\n" + "".join(
    f"{n % 17},5;{'NA' if n == 3 else ['light', 'dark'][n % 2]};{1 + n % 28}.02.2024;{'ab'[n % 2]}\n"
    for n in range(60)
)


@pytest.fixture
def workspace(qtbot: QtBot, theme: Theme, background: Background, tmp_path: Path) -> DataWorkspace:
    """A workspace that shows the rows of a table."""
    path = tmp_path / "measured.csv"
    path.write_text(ROWS)
    workspace = DataWorkspace(theme, background)
    qtbot.addWidget(workspace)
    workspace.resize(1280, 680)
    workspace.show()
    with qtbot.waitSignal(workspace.data_ready, timeout=PATIENCE_MS):
        workspace.open_options(DataOptions(source=str(path), kind="table"))
    workspace.sheet.table.setCurrentIndex(1)
    return workspace


@pytest.fixture
def browser(workspace: DataWorkspace) -> SampleBrowser:
    return workspace.sheet.browser


def table_of(browser: SampleBrowser) -> SampleTable:
    assert isinstance(browser.view, SampleTable)
    return browser.view


def shown(browser: SampleBrowser, row: int) -> list[str]:
    model = table_of(browser).model()
    return [str(model.index(row, place).data()) for place in range(model.columnCount())]


def click_row(
    qtbot: QtBot, browser: SampleBrowser, row: int, held: Modifier = Modifier.NoModifier
) -> None:
    table = table_of(browser)
    place = table.visualRect(table.model().index(row, 1)).center()
    qtbot.mouseClick(table.viewport(), Button.LeftButton, held, place)


def click_head(qtbot: QtBot, browser: SampleBrowser, place: int) -> None:
    heads = table_of(browser).horizontalHeader()
    across = heads.sectionViewportPosition(place) + 8
    qtbot.mouseClick(heads.viewport(), Button.LeftButton, pos=QPoint(across, 8))


def action(menu: QMenu, words: str) -> QAction:
    return next(one for one in menu.actions() if one.text().startswith(words))


def test_rows_stand_in_the_tables_own_terms(browser: SampleBrowser) -> None:
    model = table_of(browser).model()
    heads = [
        model.headerData(place, Qt.Orientation.Horizontal) for place in range(model.columnCount())
    ]
    assert heads == ["Row", "Label", "size", "shade", "seen"]
    assert shown(browser, 2) == ["2", "a", "2.5", "light", "2024-02-03"]
    assert shown(browser, 3) == ["3", "b", "3.5", "missing", "2024-02-04"]
    assert model.rowCount() == 60


def test_missing_cells_are_painted_paler(browser: SampleBrowser, theme: Theme) -> None:
    table = table_of(browser)
    image = table.viewport().grab().toImage()

    def darkest(row: int) -> int:
        box = table.visualRect(table.model().index(row, 3))
        return min(
            image.pixelColor(x, y).lightness()
            for x in range(box.left(), box.right())
            for y in range(box.top(), box.bottom())
        )

    assert darkest(1) < darkest(3)
    assert abs(darkest(3) - QColor(theme.muted_text).lightness()) < 30


def test_a_search_a_condition_and_a_label_choose_rows(qtbot: QtBot, browser: SampleBrowser) -> None:
    qtbot.keyClicks(browser.search, "LIGHT")
    qtbot.waitUntil(lambda: browser.count_text == "30 of 60")
    browser.label.setCurrentText("b")
    assert browser.count_text == "0 of 60"
    browser.label.setCurrentIndex(0)
    browser.search.clear()
    qtbot.keyClicks(browser.search, "size > 15")
    qtbot.waitUntil(lambda: browser.count_text == "6 of 60")
    assert [shown(browser, row)[2] for row in range(2)] == ["15.5", "16.5"]
    browser.search.clear()
    qtbot.keyClicks(browser.search, "shade =")
    qtbot.waitUntil(lambda: browser.count_text == "1 of 60")
    assert shown(browser, 0)[0] == "3"


def test_a_click_on_a_head_orders_the_rows_and_keeps_what_is_selected(
    qtbot: QtBot, browser: SampleBrowser
) -> None:
    click_row(qtbot, browser, 5)
    assert table_of(browser).selected == [5]
    click_head(qtbot, browser, 2)
    assert [shown(browser, row)[2] for row in (0, 59)] == ["0.5", "16.5"]
    click_head(qtbot, browser, 2)
    assert [shown(browser, row)[2] for row in (0, 59)] == ["16.5", "0.5"]
    assert table_of(browser).selected == [5]
    click_head(qtbot, browser, 3)
    assert [shown(browser, row)[3] for row in (0, 30, 59)] == ["dark", "light", "missing"]
    action(table_of(browser).head_menu(3), "Order of the file").trigger()
    assert [shown(browser, row)[0] for row in (0, 59)] == ["0", "59"]


def test_rows_are_left_out_and_taken_back(
    qtbot: QtBot, workspace: DataWorkspace, browser: SampleBrowser
) -> None:
    click_head(qtbot, browser, 2)
    qtbot.keyClicks(browser.search, "light")
    qtbot.waitUntil(lambda: browser.count_text == "30 of 60")
    chosen = [int(shown(browser, row)[0]) for row in (0, 1)]
    click_row(qtbot, browser, 0)
    click_row(qtbot, browser, 1, Modifier.ShiftModifier)
    with qtbot.waitSignal(workspace.data_ready, timeout=PATIENCE_MS) as ready:
        qtbot.mouseClick(browser.leave_out, Button.LeftButton)
    assert ready.args[1].exclude == ", ".join(map(str, sorted(chosen)))
    # What was looked for is still looked for, in the order that was chosen.
    assert browser.count_text == "28 of 58"
    assert shown(browser, 0)[3] == "light"
    assert float(shown(browser, 0)[2]) <= float(shown(browser, 27)[2])
    with qtbot.waitSignal(workspace.data_ready, timeout=PATIENCE_MS) as ready:
        qtbot.mouseClick(workspace.sheet.undo, Button.LeftButton)
    assert ready.args[1].exclude == ""
    assert browser.count_text == "30 of 60"
    assert workspace.sheet.undo.isHidden()


def test_numbers_are_refused_when_the_file_has_changed(
    qtbot: QtBot, workspace: DataWorkspace, browser: SampleBrowser, tmp_path: Path
) -> None:
    click_row(qtbot, browser, 5)
    with qtbot.waitSignal(workspace.data_ready, timeout=PATIENCE_MS) as ready:
        qtbot.keyClick(table_of(browser), Key.Key_Delete)
    options = ready.args[1]
    head, *rows = ROWS.splitlines(keepends=True)
    (tmp_path / "measured.csv").write_text(head + "".join(reversed(rows)))
    with qtbot.waitSignal(workspace.failed, timeout=PATIENCE_MS) as failed:
        workspace.open_options(options)
    assert "name other samples now" in str(failed.args[0])
    # What was open stays open.
    assert browser.count_text == "59 samples"


def test_the_menu_of_a_row_leaves_it_out(
    qtbot: QtBot, workspace: DataWorkspace, browser: SampleBrowser
) -> None:
    table = table_of(browser)
    place = table.visualRect(table.model().index(7, 1)).center()
    table.customContextMenuRequested.emit(place)
    assert table.selected == [7]
    menu = browser.findChildren(QMenu)[-1]
    with qtbot.waitSignal(workspace.data_ready, timeout=PATIENCE_MS) as ready:
        action(menu, "Leave out this sample").trigger()
    menu.close()
    assert ready.args[1].exclude == "7"
    menu = browser.menu(0)
    action(menu, "Show only label 'a'").trigger()
    assert browser.count_text == "30 of 59"


def test_the_menu_of_a_head_leaves_a_column_out_and_undo_brings_it_back(
    qtbot: QtBot, workspace: DataWorkspace, browser: SampleBrowser
) -> None:
    menu = table_of(browser).head_menu(3)
    with qtbot.waitSignal(workspace.data_ready, timeout=PATIENCE_MS) as ready:
        action(menu, "Leave out column 'shade'").trigger()
    assert ready.args[1].leave_out == "shade"
    assert [one.title for one in ready.args[0].samples.heads] == ["Row", "Label", "size", "seen"]
    with qtbot.waitSignal(workspace.data_ready, timeout=PATIENCE_MS) as ready:
        qtbot.mouseClick(workspace.sheet.undo, Button.LeftButton)
    assert ready.args[1].leave_out == ""
    assert not [one for one in table_of(browser).head_menu(0).actions() if "column" in one.text()]


def test_a_double_click_and_the_return_key_ask_for_a_closer_look(
    qtbot: QtBot, browser: SampleBrowser
) -> None:
    table = table_of(browser)
    place = table.visualRect(table.model().index(4, 2)).center()
    with qtbot.waitSignal(browser.look_requested) as asked:
        qtbot.mouseDClick(table.viewport(), Button.LeftButton, pos=place)
    assert asked.args == [4]
    click_row(qtbot, browser, 6)
    with qtbot.waitSignal(browser.look_requested) as asked:
        qtbot.keyClick(table, Key.Key_Return)
    assert asked.args == [6]


def test_a_million_rows_are_there_at_once(qtbot: QtBot, theme: Theme) -> None:
    x = np.broadcast_to(np.arange(1_000_000, dtype=np.float32)[:, None], (1_000_000, 3))
    columns = tuple(Column(name) for name in "abc")
    browser = SampleBrowser(SampleTable(theme))
    qtbot.addWidget(browser)
    browser.resize(600, 400)
    rows = SampleRows(Dataset(name="m", kind=Kind.TABLE, x=x, source="/m", columns=columns))
    browser.set_samples(rows)
    browser.show()
    assert browser.count_text == "1,000,000 samples"
    table = table_of(browser)
    qtbot.keyClick(table, Key.Key_A, Modifier.ControlModifier)
    assert table.num_selected == 1_000_000
    assert not browser.leave_out.isEnabled()
    qtbot.keyClick(table, Key.Key_Escape)
    table.verticalScrollBar().setValue(table.verticalScrollBar().maximum())
    assert shown(browser, 999_999)[:2] == ["999,999", "999999"]
    # Only what was in view has been written.
    assert len(rows._written) < 200


def test_texts_are_listed_whole_and_left_out(
    qtbot: QtBot, theme: Theme, background: Background, tmp_path: Path
) -> None:
    path = tmp_path / "names.csv"
    path.write_text("\n".join(["name,sex", *(f"Ann{n:03d},f\nBob{n:03d},m" for n in range(80))]))
    workspace = DataWorkspace(theme, background)
    qtbot.addWidget(workspace)
    workspace.resize(1200, 660)
    workspace.show()
    with qtbot.waitSignal(workspace.data_ready, timeout=PATIENCE_MS):
        workspace.open_options(DataOptions(source=str(path), text_length=5))
    browser = workspace.sheet.browser
    assert shown(browser, 3) == ["3", "m", "Bob001"]
    heads = table_of(browser).horizontalHeader()
    assert heads.length() == table_of(browser).viewport().width()
    qtbot.keyClicks(browser.search, "BOB01")
    qtbot.waitUntil(lambda: browser.count_text == "10 of 160")
    browser.label.setCurrentText("f")
    assert browser.count_text == "0 of 160"
    browser.label.setCurrentIndex(0)
    click_row(qtbot, browser, 0)
    with qtbot.waitSignal(workspace.data_ready, timeout=PATIENCE_MS) as ready:
        qtbot.keyClick(table_of(browser), Key.Key_Delete)
    assert ready.args[1].exclude == "21"
    assert browser.count_text == "9 of 159"
    assert shown(browser, 0) == ["23", "m", "Bob011"]
