"""Looking through all samples, choosing some, leaving them out and taking that back."""

from __future__ import annotations

import datetime
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QColor, QHelpEvent, QImage
from PySide6.QtWidgets import QApplication, QToolTip
from pytestqt.qtbot import QtBot

from aestudio.data.dataset import Dataset, Kind
from aestudio.data.options import DataOptions
from aestudio.gui.background import Background
from aestudio.gui.theme import Theme
from aestudio.gui.widgets.data.sample_browser import SampleBrowser
from aestudio.gui.widgets.data.sample_grid import SampleGrid
from aestudio.gui.workspaces.data import DataWorkspace
from aestudio.gui.workspaces.sample_tiles import SampleTiles
from aestudio.gui.workspaces.sheet_content import SheetContent, describe

Button, Key, Modifier = Qt.MouseButton, Qt.Key, Qt.KeyboardModifier


def dataset(num: int = 5000) -> Dataset:
    """Grey pictures, each of the brightness that its number says."""
    x = np.broadcast_to(
        (np.arange(num) % 256).astype(np.uint8)[:, None, None, None], (num, 1, 6, 6)
    ).copy()
    return Dataset(
        name="steps",
        kind=Kind.IMAGES,
        x=x,
        source="/steps",
        labels=np.arange(num) % 3,
        label_names=("a", "b", "c"),
        sample_names=tuple(f"step-{row:04}.png" for row in range(num)),
    )


def tiles_of(data: Dataset) -> SampleTiles:
    tiles = describe(data).samples
    assert isinstance(tiles, SampleTiles)
    return tiles


def grid_of(browser: SampleBrowser) -> SampleGrid:
    assert isinstance(browser.view, SampleGrid)
    return browser.view


@pytest.fixture
def browser(qtbot: QtBot, theme: Theme) -> SampleBrowser:
    browser = SampleBrowser(SampleGrid(theme))
    qtbot.addWidget(browser)
    browser.resize(700, 500)
    browser.set_samples(tiles_of(dataset()))
    browser.show()
    return browser


def click(qtbot: QtBot, browser: SampleBrowser, place: int, *modifiers: Modifier) -> None:
    held = Modifier.NoModifier
    for modifier in modifiers:
        held |= modifier
    position = grid_of(browser).tile_rect(place).center()
    qtbot.mouseClick(grid_of(browser).viewport(), Button.LeftButton, held, position)


def tooltip(browser: SampleBrowser, place: int) -> str:
    grid = grid_of(browser)
    position = grid.tile_rect(place).center()
    pointed = QHelpEvent(QEvent.Type.ToolTip, position, grid.viewport().mapToGlobal(position))
    QApplication.sendEvent(grid.viewport(), pointed)
    return QToolTip.text()


def brightness(browser: SampleBrowser, place: int) -> int:
    image: QImage = grid_of(browser).viewport().grab().toImage()
    ratio = image.devicePixelRatio()
    centre = grid_of(browser).tile_rect(place).center()
    return image.pixelColor(QPoint(round(centre.x() * ratio), round(centre.y() * ratio))).red()


def test_every_sample_is_drawn_where_it_is_scrolled_to(browser: SampleBrowser) -> None:
    assert brightness(browser, 7) == 7
    bar = grid_of(browser).verticalScrollBar()
    bar.setValue(bar.maximum())
    assert grid_of(browser).tile_rect(4999).bottom() < grid_of(browser).viewport().height()
    assert brightness(browser, 4999) == 4999 % 256
    bar.setValue(bar.maximum() // 2)
    place = next(
        place for place in range(5000) if grid_of(browser).tile_rect(place).top() > bar.singleStep()
    )
    assert brightness(browser, place) == place % 256


def test_one_label_and_a_search_choose_what_is_shown(qtbot: QtBot, browser: SampleBrowser) -> None:
    assert browser.count_text == "5,000 samples"
    browser.label.setCurrentText("b")
    assert browser.count_text == "1,667 of 5,000"
    assert brightness(browser, 2) == 7
    qtbot.keyClicks(browser.search, "STEP-000")
    qtbot.waitUntil(lambda: browser.count_text == "3 of 5,000")
    assert [brightness(browser, place) for place in range(3)] == [1, 4, 7]
    browser.search.clear()
    browser.label.setCurrentIndex(0)
    qtbot.waitUntil(lambda: browser.count_text == "5,000 samples")


def test_samples_are_found_by_their_numbers(qtbot: QtBot, browser: SampleBrowser) -> None:
    qtbot.keyClicks(browser.search, "#7, 20-22")
    qtbot.waitUntil(lambda: browser.count_text == "4 of 5,000")
    assert [brightness(browser, place) for place in range(4)] == [7, 20, 21, 22]
    browser.label.setCurrentText("c")
    assert browser.count_text == "1 of 5,000"
    assert brightness(browser, 0) == 20


@pytest.mark.parametrize("labels", [(), ("cat", "dog")])
def test_what_can_be_searched_is_said(qtbot: QtBot, theme: Theme, labels: tuple[str, ...]) -> None:
    x = np.zeros((40, 1, 6, 6), np.uint8)
    data = Dataset(
        name="n",
        kind=Kind.IMAGES,
        x=x,
        source="/n",
        labels=np.arange(40) % 2 if labels else None,
        label_names=labels,
    )
    browser = SampleBrowser(SampleGrid(theme))
    qtbot.addWidget(browser)
    browser.set_samples(tiles_of(data))
    assert browser.search.placeholderText().startswith("Search labels" if labels else "Search numb")


def test_a_search_in_vain_says_so(qtbot: QtBot, browser: SampleBrowser) -> None:
    browser.label.setCurrentText("b")
    assert browser.nothing.isHidden()
    qtbot.keyClicks(browser.search, "cat")
    qtbot.waitUntil(browser.nothing.isVisible)
    assert browser.nothing.text().startswith(
        "Nothing was found for 'cat' among the samples of 'b'."
    )
    assert "#3, 17-20" in browser.nothing.text()
    browser.search.clear()
    qtbot.waitUntil(grid_of(browser).isVisible)
    assert browser.nothing.isHidden()
    assert brightness(browser, 2) == 7


def test_samples_are_selected_as_in_a_file_manager(qtbot: QtBot, browser: SampleBrowser) -> None:
    click(qtbot, browser, 2)
    assert grid_of(browser).selected == [2]
    click(qtbot, browser, 5, Modifier.ShiftModifier)
    assert grid_of(browser).selected == [2, 3, 4, 5]
    click(qtbot, browser, 3, Modifier.ControlModifier)
    assert grid_of(browser).selected == [2, 4, 5]
    assert browser.count_text == "5,000 samples, 3 selected"
    qtbot.keyClick(grid_of(browser), Key.Key_Right)
    assert grid_of(browser).selected == [4]
    qtbot.keyClick(grid_of(browser), Key.Key_Right, Modifier.ShiftModifier)
    assert grid_of(browser).selected == [4, 5]
    qtbot.keyClick(grid_of(browser), Key.Key_End)
    assert grid_of(browser).selected == [4999]
    assert grid_of(browser).tile_rect(4999).bottom() < grid_of(browser).viewport().height()
    assert "Sample 4999" in grid_of(browser).accessibleDescription()
    qtbot.keyClick(grid_of(browser), Key.Key_A, Modifier.ControlModifier)
    assert len(grid_of(browser).selected) == 5000
    assert not browser.leave_out.isEnabled()
    qtbot.keyClick(grid_of(browser), Key.Key_Escape)
    assert grid_of(browser).selected == []


def test_what_is_not_shown_is_not_selected(qtbot: QtBot, browser: SampleBrowser) -> None:
    click(qtbot, browser, 3)
    click(qtbot, browser, 4, Modifier.ControlModifier)
    browser.label.setCurrentText("b")
    assert browser.count_text == "1,667 of 5,000, 1 selected"
    with qtbot.waitSignal(browser.exclusion_requested) as asked:
        qtbot.mouseClick(browser.leave_out, Button.LeftButton)
    assert asked.args[0].tolist() == [4]
    browser.label.setCurrentText("c")
    assert not browser.leave_out.isEnabled()


def test_the_button_says_why_it_cannot_be_pressed(browser: SampleBrowser) -> None:
    assert not browser.leave_out.isEnabled()
    assert "Select samples first" in browser.leave_out.toolTip()


def test_sequences_are_drawn_as_lines(qtbot: QtBot, theme: Theme) -> None:
    x = np.sin(np.linspace(0, 9, 50))[None, :, None] * np.ones((400, 1, 1))
    browser = SampleBrowser(SampleGrid(theme))
    qtbot.addWidget(browser)
    browser.resize(600, 400)
    browser.set_samples(tiles_of(Dataset(name="s", kind=Kind.SEQUENCES, x=x, source="/s")))
    browser.show()
    tile = grid_of(browser).viewport().grab(grid_of(browser).tile_rect(4)).toImage()
    accent = QColor(theme.accent)
    colors = [tile.pixelColor(x, tile.height() // 2) for x in range(tile.width())]
    assert any(abs(color.red() - accent.red()) < 30 for color in colors)
    assert any(color.name() == QColor(theme.raised).name() for color in colors)
    assert browser.label.isHidden()


def test_windows_are_found_by_their_times(
    qtbot: QtBot, theme: Theme, background: Background, tmp_path: Path
) -> None:
    start = datetime.datetime(2014, 7, 1)
    rows = "".join(
        f"{start + n * datetime.timedelta(hours=1)},{n % 24},{n % 7}\n" for n in range(40 * 24)
    )
    (tmp_path / "load.csv").write_text("time,load,wind\n" + rows)
    workspace = DataWorkspace(theme, background)
    qtbot.addWidget(workspace)
    workspace.resize(1200, 660)
    workspace.show()
    with qtbot.waitSignal(workspace.data_ready, timeout=20_000):
        workspace.open_options(DataOptions(source=str(tmp_path / "load.csv"), window=24))
    browser = workspace.sheet.browser
    assert browser.search.placeholderText() == "Search times"
    qtbot.keyClicks(browser.search, "2014-08")
    qtbot.waitUntil(lambda: browser.count_text == "9 of 40")
    tiles = workspace.sheet.samples.view
    assert isinstance(tiles, SampleGrid)
    # Wider than high, and a colour for each channel.
    tile = tiles.tile_rect(2)
    assert tile.width() > 1.5 * tile.height()
    image = tiles.viewport().grab(tile).toImage()
    colors = {
        image.pixelColor(x, y).name() for x in range(tile.width()) for y in range(tile.height())
    }
    assert {QColor(theme.series[0]).name(), QColor(theme.series[1]).name()} <= colors
    click(qtbot, browser, 2)
    with qtbot.waitSignal(workspace.data_ready, timeout=20_000) as ready:
        qtbot.mouseClick(browser.leave_out, Button.LeftButton)
    content, options = ready.args
    assert options.exclude == "33"
    assert "2014-08-03 00:00" not in content.dataset.sample_names
    assert content.samples.words(0) == "2014-07-01 00:00 to 2014-07-01 23:00"
    assert browser.count_text == "8 of 39"


def test_what_is_left_out_is_not_learned_from_and_can_be_taken_back(
    qtbot: QtBot, theme: Theme, background: Background, tmp_path: Path
) -> None:
    x = np.random.default_rng(0).integers(0, 255, (60, 8, 8)).astype(np.uint8)
    np.save(tmp_path / "x.npy", x)
    workspace = DataWorkspace(theme, background)
    qtbot.addWidget(workspace)
    workspace.resize(1200, 660)
    workspace.show()
    with qtbot.waitSignal(workspace.data_ready, timeout=20_000):
        workspace.open_source(str(tmp_path / "x.npy"))
    samples = workspace.sheet.samples
    qtbot.waitUntil(lambda: grid_of(samples).viewport().width() > 400)
    assert workspace.sheet.undo.isHidden()

    def read_again(press: str) -> tuple[SheetContent, DataOptions]:
        with qtbot.waitSignal(workspace.data_ready, timeout=20_000) as ready:
            if press == "undo":
                qtbot.mouseClick(workspace.sheet.undo, Button.LeftButton)
            else:
                qtbot.keyClick(grid_of(samples), Key.Key_Delete)
        content, options = ready.args
        return content, options

    click(qtbot, samples, 3)
    click(qtbot, samples, 4, Modifier.ShiftModifier)
    content, options = read_again("delete")
    assert options.exclude == "3-4"
    # The numbers stay those of the file: what now stands at 3 was number 5.
    assert isinstance(content.samples, SampleTiles)
    assert content.samples.caption(3) == "5"
    click(qtbot, samples, 3)
    assert grid_of(samples).accessibleDescription() == "Sample 5: 5"
    assert tooltip(samples, 3) == "5"
    content, options = read_again("delete")
    assert options.exclude == "3-4, 5"
    assert np.array_equal(content.dataset.x[:, 0], np.delete(x, [3, 4, 5], axis=0))
    content, options = read_again("undo")
    assert options.exclude == "3-4"
    content, options = read_again("undo")
    assert options.exclude == ""
    assert content.dataset.num_samples == 60
    assert workspace.sheet.undo.isHidden()
