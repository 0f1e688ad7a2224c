from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from aestudio.data.dataset import Kind
from aestudio.data.sample_times import Moments
from aestudio.gui.plots.comparison import Comparison
from aestudio.gui.plots.figure_menu import figure_bytes
from aestudio.gui.plots.sample_art import SampleArt
from aestudio.gui.plots.tile_grid import grid_for
from aestudio.gui.theme import Theme
from tests.gui.live.fakes import make_dataset

ROWS = [3, 5, 7]


@pytest.fixture
def comparison(qtbot: QtBot, theme: Theme) -> Comparison:
    comparison = Comparison(theme)
    qtbot.addWidget(comparison)
    comparison.resize(460, 280)
    comparison.show()
    return comparison


def checkerboard() -> np.ndarray:
    """One 2x2 picture: black and white in turns."""
    return np.array([[[[0, 255], [255, 0]]]], np.uint8).repeat(3, axis=0)


def test_pixels_are_magnified_by_whole_numbers_and_never_smoothed(comparison: Comparison) -> None:
    art = SampleArt(Kind.IMAGES, (1, 2, 2), 0.0, 255.0)
    comparison.set_samples(art, checkerboard(), ROWS, ["a", "b", "c"])
    grid = comparison._columns[0]
    cell = grid.cell_rect(0)
    image = grid.grab().toImage()
    seen = {
        image.pixelColor(x, y).name()
        for x in range(cell.left(), cell.right() + 1)
        for y in range(cell.top(), cell.bottom() + 1)
    }
    assert seen == {"#000000", "#ffffff"}
    assert cell.width() % 2 == 0
    middle = cell.left() + cell.width() // 2
    assert image.pixelColor(middle - 1, cell.top()).name() == "#000000"
    assert image.pixelColor(middle, cell.top()).name() == "#ffffff"


def test_reconstructions_and_differences_follow_the_epoch(
    qtbot: QtBot, comparison: Comparison, theme: Theme
) -> None:
    art = SampleArt(Kind.IMAGES, (1, 2, 2), 0.0, 255.0)
    originals = checkerboard()
    comparison.set_samples(art, originals, ROWS, ["a", "b", "c"])
    comparison.set_reconstructions(originals.astype(np.float32))
    difference = comparison._columns[2]
    corner = difference.cell_rect(0).topLeft()

    def is_drawn(color: str) -> bool:
        return difference.grab().toImage().pixelColor(corner) == QColor(color)

    qtbot.waitUntil(lambda: is_drawn(theme.raised))
    comparison.set_reconstructions(255.0 - originals.astype(np.float32))
    qtbot.waitUntil(lambda: is_drawn("#d55e00"))


def test_a_click_and_a_key_choose_an_original(qtbot: QtBot, comparison: Comparison) -> None:
    art = SampleArt(Kind.IMAGES, (1, 2, 2), 0.0, 255.0)
    comparison.set_samples(art, checkerboard(), ROWS, ["a", "b", "c"])
    grid = comparison._columns[0]
    with qtbot.waitSignal(comparison.sample_chosen) as chosen:
        qtbot.mouseClick(grid, Qt.MouseButton.LeftButton, pos=grid.cell_rect(2).center())
    assert chosen.args == [2]
    grid.setFocus()
    with qtbot.waitSignal(comparison.sample_chosen) as chosen:
        qtbot.keyClick(grid, Qt.Key.Key_Left)
        qtbot.keyClick(grid, Qt.Key.Key_Return)
    assert chosen.args == [1]


def test_tables_show_profiles_in_one_grid(comparison: Comparison) -> None:
    dataset = make_dataset(Kind.TABLE)
    art = SampleArt.of(dataset)
    originals = dataset.x[[39, 0, 20]]
    comparison.set_samples(art, originals, ROWS, ["a", "b", "c"])
    assert not comparison._columns[0].isVisible()
    assert not comparison._columns[2].isVisible()
    grid = comparison._columns[1]
    comparison.set_reconstructions(originals.astype(np.float32))
    agreeing = grid.grab().toImage()
    comparison.set_reconstructions(np.zeros_like(originals, np.float32))
    assert grid.grab().toImage() != agreeing


def test_switching_between_tables_and_images_shows_the_right_grids(
    qtbot: QtBot, comparison: Comparison
) -> None:
    table, images = make_dataset(Kind.TABLE), make_dataset()
    for _ in range(2):
        comparison.set_samples(SampleArt.of(table), table.x[:3], ROWS, ["a", "b", "c"])
        comparison.set_samples(SampleArt.of(images), images.x[:3], ROWS, ["a", "b", "c"])
    assert all(grid.isVisible() for grid in comparison._columns)
    chosen: list[int] = []
    comparison.sample_chosen.connect(chosen.append)
    grid = comparison._columns[1]
    qtbot.mouseClick(grid, Qt.MouseButton.LeftButton, pos=grid.cell_rect(0).center())
    assert chosen == []


@pytest.mark.parametrize("side", [8, 28, 64, 200, 1024])
@pytest.mark.parametrize("ratio", [1.0, 1.5, 2.0])
def test_grids_fit_their_area(side: int, ratio: float) -> None:
    art = SampleArt(Kind.IMAGES, (3, side, side), 0.0, 255.0)
    area = QSize(146, 230)
    columns, cell, shown = grid_for(area, 16, art, ratio, 8)
    rows = -(-shown // columns)
    assert shown >= 1
    assert columns * (cell.width() + 2) - 2 <= area.width()
    assert rows * (cell.height() + 2) - 2 <= area.height()


def test_numbers_of_the_figure(comparison: Comparison) -> None:
    art = SampleArt(Kind.IMAGES, (1, 2, 2), 0.0, 255.0)
    comparison.set_samples(art, checkerboard(), ROWS, ["a", "b", "c"])
    comparison.set_reconstructions(np.full((3, 1, 2, 2), 9.0, np.float32))
    lines = figure_bytes(comparison, ".csv").decode().splitlines()
    assert lines[0].startswith("row,original 0,")
    assert lines[1] == "3,0.0,255.0,255.0,0.0,9.0,9.0,9.0,9.0"
    assert len(lines) == 4


def day_of_taxis() -> tuple[SampleArt, np.ndarray, Moments]:
    """Three days of half-hours from the first of July 2014 on, a Tuesday."""
    first = np.datetime64("2014-07-01", "s").astype(np.float64)
    moments = first + np.arange(3 * 48).reshape(3, 48) * 1800.0
    samples = 15_000 + 10_000 * np.sin(np.arange(3 * 48).reshape(3, 48, 1) / 7)
    low, high = np.full((48, 1), 0.0), np.full((48, 1), 30_000.0)
    return SampleArt(Kind.SEQUENCES, (48, 1), low, high), samples, Moments(moments, is_date=True)


def test_times_stand_on_the_axis_in_the_window_and_in_exported_figures(
    qtbot: QtBot, comparison: Comparison
) -> None:
    art, samples, moments = day_of_taxis()
    comparison.set_samples(art, samples, ROWS, ["a", "b", "c"])
    comparison.set_reconstructions(samples.astype(np.float32))
    qtbot.waitUntil(lambda: comparison._columns[1].width() > 400)
    without = comparison._columns[1].grab().toImage()
    comparison.set_samples(art, samples, ROWS, ["a", "b", "c"], moments)
    comparison.set_reconstructions(samples.astype(np.float32))
    assert comparison._columns[1].grab().toImage() != without
    drawing = figure_bytes(comparison, ".svg").decode()
    for text in ("00:00", "06:00", "12:00", "18:00", "Tue 2014-07-01", "Wed 2014-07-02"):
        assert text in drawing
    # Lines at round values of the data itself.
    assert "20000" in drawing
    comparison.set_samples(art, samples, ROWS, ["a", "b", "c"])
    assert "06:00" not in figure_bytes(comparison, ".svg").decode()
