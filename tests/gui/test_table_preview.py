"""A table on the data sheet: its columns with their figures, its rows, and what can be corrected."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QRect, Qt, QUrl
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QPushButton, QScrollArea, QStyle, QStyleOptionViewItem
from pytestqt.qtbot import QtBot

from aestudio.data.options import DataOptions
from aestudio.gui.background import Background
from aestudio.gui.main_window import MainWindow
from aestudio.gui.theme import Mode, Theme
from aestudio.gui.widgets.data.data_sheet import DataSheet
from aestudio.gui.widgets.facts import Facts
from aestudio.gui.widgets.labels import ElidedLabel, PlainLabel
from aestudio.gui.workspaces.data import DataWorkspace
from tests.gui.conftest import PATIENCE_MS
from tests.gui.test_main_window import drop

ROWS = "id;size;shade;seen;species\n" + "".join(
    f"{n + 1};{n % 17},5;{'NA' if n == 3 else ['light', 'dark'][n % 2]};{1 + n % 28}.02.2024;{'ab'[n % 2]}\n"
    for n in range(60)
)


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "measured.csv"
    path.write_text(ROWS)
    return path


@pytest.fixture
def workspace(qtbot: QtBot, theme: Theme, background: Background, table: Path) -> DataWorkspace:
    """A workspace that shows the sheet of the table."""
    workspace = DataWorkspace(theme, background)
    qtbot.addWidget(workspace)
    workspace.resize(1280, 680)
    workspace.show()
    with qtbot.waitSignal(workspace.data_ready, timeout=PATIENCE_MS):
        workspace.open_options(DataOptions(source=str(table), kind="table"))
    return workspace


@pytest.fixture
def sheet(workspace: DataWorkspace) -> DataSheet:
    return workspace.sheet


def texts(sheet: DataSheet, row: int) -> list[str]:
    model = sheet.table.columns.model()
    return [str(model.index(row, place).data()) for place in range(model.columnCount())]


def test_columns_stand_with_their_figures(sheet: DataSheet) -> None:
    assert sheet.table.isVisible()
    assert texts(sheet, 0)[:2] == ["size", "number"]
    assert texts(sheet, 0)[4:8] == ["17", "0.5", "7.5", "16.5"]
    assert texts(sheet, 1)[:2] == ["shade", "category"]
    assert texts(sheet, 1)[3] == "1.67 %"
    assert texts(sheet, 2)[5] == "2024-02-01"
    assert sheet.taken_for == "A table of 60 rows with 1 number, 1 category, 1 date each."


def box_of(sheet: DataSheet, row: int) -> QRect:
    view = sheet.table.columns
    index = view.model().index(row, 0)
    option = QStyleOptionViewItem()
    option.initFrom(view)
    option.rect = view.visualRect(index)
    option.features |= QStyleOptionViewItem.ViewItemFeature.HasCheckIndicator
    box: QRect = view.style().subElementRect(
        QStyle.SubElement.SE_ItemViewItemCheckIndicator, option, view
    )
    return box


def untick(qtbot: QtBot, sheet: DataSheet, row: int) -> None:
    viewport, place = sheet.table.columns.viewport(), box_of(sheet, row).center()
    qtbot.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=place)


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_boxes_of_columns_are_seen_ticked_or_not(
    qtbot: QtBot, sheet: DataSheet, theme: Theme, mode: Mode
) -> None:
    theme.set_mode(mode)
    untick(qtbot, sheet, 1)

    def colors(row: int) -> set[str]:
        box = box_of(sheet, row)
        image = sheet.table.columns.viewport().grab(box).toImage()
        middle = image.height() // 2
        return {image.pixelColor(x, middle).name() for x in range(image.width())}

    assert QColor(theme.control_border).name() in colors(1)
    assert QColor(theme.accent).name() in colors(0)


def test_a_click_leaves_a_column_out(qtbot: QtBot, sheet: DataSheet) -> None:
    untick(qtbot, sheet, 1)
    row = sheet.form.row("data.leave_out")
    assert row.editor.value() == "shade"
    (read,) = (one for one in sheet.form.findChildren(QPushButton) if one.text() == "Read again")
    assert read.isEnabled()
    with qtbot.waitSignal(sheet.read_requested) as asked:
        qtbot.mouseClick(read, Qt.MouseButton.LeftButton)
    assert asked.args[0].leave_out == "shade"


def test_what_was_changed_is_read_before_training_is_set_up(
    qtbot: QtBot, workspace: DataWorkspace, sheet: DataSheet
) -> None:
    def first_step() -> QPushButton:
        (button,) = (
            one
            for one in sheet.findChildren(QPushButton)
            if one.isVisible() and one.property("role") == "primary"
        )
        return button

    assert first_step().text() == "Set up training"
    untick(qtbot, sheet, 1)
    assert first_step().text() == "Read again"
    untick(qtbot, sheet, 1)
    assert first_step().text() == "Set up training"
    untick(qtbot, sheet, 1)
    with qtbot.waitSignal(workspace.data_ready, timeout=PATIENCE_MS) as read:
        qtbot.mouseClick(first_step(), Qt.MouseButton.LeftButton)
    assert read.args[0].dataset.feature_names == ("size", "seen")
    assert first_step().text() == "Set up training"


def read_after(qtbot: QtBot, workspace: DataWorkspace, title: str) -> DataOptions:
    def found() -> list[QPushButton]:
        buttons = workspace.sheet.findChildren(QPushButton)
        return [one for one in buttons if one.text() == title and one.isVisible()]

    qtbot.waitUntil(lambda: bool(found()))
    with qtbot.waitSignal(workspace.data_ready, timeout=PATIENCE_MS) as read:
        qtbot.mouseClick(found()[0], Qt.MouseButton.LeftButton)
    options = read.args[1]
    assert isinstance(options, DataOptions)
    return options


def test_training_waits_for_the_data_to_be_read(
    qtbot: QtBot, workspace: DataWorkspace, sheet: DataSheet
) -> None:
    (train,) = (one for one in sheet.findChildren(QPushButton) if one.text() == "Set up training")
    with qtbot.waitSignal(workspace.data_ready, timeout=PATIENCE_MS):
        sheet.browser.exclusion_requested.emit(np.array([5]))
        assert not train.isEnabled()
        assert "being read" in train.toolTip()
    assert train.isEnabled()
    assert train.toolTip() == ""
    sheet.browser.exclusion_requested.emit(np.array([6]))
    workspace.cancel()
    assert train.isEnabled()


def test_every_change_is_taken_back_by_itself(
    qtbot: QtBot, workspace: DataWorkspace, sheet: DataSheet
) -> None:
    assert sheet.undo.isHidden()
    with qtbot.waitSignal(workspace.data_ready, timeout=PATIENCE_MS):
        sheet.browser.exclusion_requested.emit(np.array([5]))
    untick(qtbot, sheet, 1)
    options = read_after(qtbot, workspace, "Read again")
    assert options.leave_out == "shade"
    options = read_after(qtbot, workspace, "Learn from it too")
    assert options.columns == "species, size, seen"
    # The columns are on screen, and what was done last is taken back first.
    assert sheet.undo.isVisible()
    options = read_after(qtbot, workspace, "Undo")
    assert (options.exclude, options.leave_out, options.columns) == ("5", "shade", "")
    options = read_after(qtbot, workspace, "Undo")
    assert (options.exclude, options.leave_out) == ("5", "")
    options = read_after(qtbot, workspace, "Undo")
    assert options.exclude == ""
    assert sheet.undo.isHidden()


def test_columns_that_were_chosen_by_name_are_left_out_too(
    qtbot: QtBot, workspace: DataWorkspace, sheet: DataSheet
) -> None:
    read_after(qtbot, workspace, "Learn from it too")
    untick(qtbot, sheet, 2)
    options = read_after(qtbot, workspace, "Read again")
    assert (options.columns, options.leave_out) == ("species, size, seen", "")
    with qtbot.waitSignal(workspace.data_ready, timeout=PATIENCE_MS) as read:
        sheet.table.list.column_left_out.emit("size")
    assert read.args[0].dataset.feature_names == ("species", "seen")


def test_what_is_worth_knowing_of_other_data_is_in_view(
    qtbot: QtBot, workspace: DataWorkspace, sheet: DataSheet, table: Path, tmp_path: Path
) -> None:
    def is_in_view() -> bool:
        return bool(not sheet.findings.visibleRegion().isEmpty())

    area = next(one for one in sheet.findChildren(QScrollArea) if one.isAncestorOf(sheet.findings))
    area.ensureWidgetVisible(sheet.findChild(Facts))
    assert not is_in_view()
    table.rename(tmp_path / "another.csv")
    with qtbot.waitSignal(workspace.data_ready, timeout=PATIENCE_MS):
        workspace.open_source(str(tmp_path / "another.csv"))
    qtbot.waitUntil(is_in_view)


def test_what_a_text_file_can_be_corrected_in_is_offered(sheet: DataSheet) -> None:
    for key in ("data.delimiter", "data.decimal", "data.encoding", "data.header", "data.columns"):
        assert sheet.form.row(key).isVisibleTo(sheet.form), key
    for key in ("data.sheet", "data.ratings_of", "data.image_size"):
        assert not sheet.form.row(key).isVisibleTo(sheet.form), key


def test_the_sheet_says_how_the_file_was_read(sheet: DataSheet) -> None:
    facts = sheet.findChild(Facts)
    assert facts is not None
    said = [label.text() for label in facts.findChildren(PlainLabel)]
    said += [label.text() for label in facts.findChildren(ElidedLabel)]
    for words in ("Delimiter", "semicolon", "Decimal mark", "comma", "Encoding", "utf-8"):
        assert words in said


def test_what_is_said_about_the_data_is_said_in_full(sheet: DataSheet) -> None:
    facts = sheet.findChild(Facts)
    assert facts is not None
    (header,) = (
        one for one in facts.findChildren(PlainLabel) if one.text().startswith("the first")
    )
    assert (
        header.height()
        >= header.heightForWidth(header.width())
        > 1.5 * header.fontMetrics().height()
    )


def test_ratings_can_be_dropped_on_the_window(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    rows = "".join(f"{n % 20},{n // 20},{n % 5 + 1}\n" for n in range(400))
    path = tmp_path / "ratings.csv"
    path.write_text("user,item,rating\n" + rows)
    window.opener.allow_reading()
    with qtbot.waitSignal(window.data.data_ready, timeout=PATIENCE_MS) as ready:
        drop(window, QUrl.fromLocalFile(str(path)))
    content, _ = ready.args
    assert content.dataset.shape == (20,)
    form = window.data.sheet.form
    assert form.row("data.ratings_of").isVisibleTo(form)
    assert not form.row("data.leave_out").isVisibleTo(form)
    # Items are no columns of the file, so there is nothing to untick.
    model = window.data.sheet.table.columns.model()
    first = model.index(0, 0)
    assert model.data(first, Qt.ItemDataRole.CheckStateRole) is None
    assert not model.flags(first) & Qt.ItemFlag.ItemIsUserCheckable


@pytest.mark.parametrize("is_early", [False, True])
def test_many_categories_are_looked_up_or_left_out_with_a_click(
    qtbot: QtBot, full_window: MainWindow, tmp_path: Path, is_early: bool
) -> None:
    path = tmp_path / "places.csv"
    rows = [f"{row / 7:.3f},{row % 5},place {row % 240}" for row in range(3_000)]
    path.write_text("\n".join(["height,depth,where", *rows]))
    setup, recipe, data = full_window.setup, full_window.recipe, full_window.data
    assert setup is not None
    assert recipe is not None

    def press(name: str) -> None:
        buttons = data.sheet.findings.findChildren(QPushButton)
        (button,) = (one for one in buttons if one.text() == name and one.isVisible())
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)

    full_window.opener.allow_reading()
    if is_early:
        # The person is quicker than the search for a recipe.
        data.data_ready.connect(lambda: press("Learn them as a few numbers each"))
        with qtbot.waitSignal(setup.setting_taken, timeout=PATIENCE_MS):
            data.open_options(DataOptions(source=str(path)))
    else:
        with qtbot.waitSignal(setup.prepared, timeout=PATIENCE_MS):
            data.open_options(DataOptions(source=str(path)))
        assert recipe.experiment is not None
        assert recipe.experiment.network.categories == "one_hot"
        press("Learn them as a few numbers each")
    assert recipe.experiment is not None
    assert recipe.experiment.network.categories == "embedded"
    assert full_window.current_workspace == "train"
    assert recipe.row("network.categories").isVisible()
    if not is_early:
        full_window.show_workspace("data")
        with qtbot.waitSignal(data.data_ready, timeout=PATIENCE_MS) as read:
            press("Leave the column out")
        assert read.args[0].dataset.feature_names == ("height", "depth")
