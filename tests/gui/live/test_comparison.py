from __future__ import annotations

import doctest
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QColor, QHelpEvent
from PySide6.QtWidgets import QApplication, QToolTip
from pytestqt.qtbot import QtBot

from aestudio.data.columns import Column, ColumnKind
from aestudio.data.dataset import Kind
from aestudio.data.series.sample_times import Moments
from aestudio.gui.plots import row_texts
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


@pytest.mark.parametrize("kind", [Kind.TABLE, Kind.SEQUENCES])
def test_profiles_are_seen_before_anything_is_trained(comparison: Comparison, kind: Kind) -> None:
    rng = np.random.default_rng(0)
    shape = (8,) if kind is Kind.TABLE else (20, 1)
    samples = rng.uniform(0.1, 0.9, (3, *shape)).astype(np.float32)
    art = SampleArt(kind, shape, 0.0, 1.0)
    grid, title = comparison._columns[1], comparison._titles[1]
    comparison.set_samples(art, np.full_like(samples, np.nan), ROWS, ["a", "b", "c"])
    blank = grid.grab().toImage()
    comparison.set_samples(art, samples, ROWS, ["a", "b", "c"])
    originals = grid.grab().toImage()
    assert originals != blank
    assert title.text().startswith("Originals")
    comparison.set_reconstructions(samples[::-1].copy())
    assert grid.grab().toImage() not in (originals, blank)
    assert title.text().startswith("Grey: original.")


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


def test_profiles_take_all_the_room_once_the_pictures_have_gone(
    qtbot: QtBot, comparison: Comparison
) -> None:
    table, images = make_dataset(Kind.TABLE), make_dataset()
    comparison.set_samples(SampleArt.of(images), images.x[:3], ROWS, ["a", "b", "c"])
    comparison.set_samples(SampleArt.of(table), table.x[:3], ROWS, ["a", "b", "c"])
    grid = comparison._columns[1]
    qtbot.waitUntil(lambda: grid.cell_rect(2).right() > 0.9 * comparison.width())


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


COLUMNS = (Column("<b>size</b>"), Column("shade", ColumnKind.CATEGORICAL, ("dark", "light")))


def test_a_row_of_a_table_says_its_cells_beside_the_reconstruction(
    comparison: Comparison, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    monkeypatch.setattr(QToolTip, "showText", lambda place, text, widget: said.append(text))
    cells = np.array([[1.5, 1.0], [np.nan, 0.0], [2.0, 1.0]])
    art = SampleArt(Kind.TABLE, (2,), np.zeros(2), np.full(2, 3.0), columns=COLUMNS)
    comparison.set_samples(art, cells, ROWS, ["row 3", "row 5", "row 7"])
    comparison.set_reconstructions(np.array([[1.25, 1.0], [2.5, 0.0], [2.0, 1.0]]))
    grid = comparison._columns[1]
    for place in (0, 1):
        where = grid.cell_rect(place).center()
        QApplication.sendEvent(grid, QHelpEvent(QEvent.Type.ToolTip, where, where))
    # Names from strangers are shown as they are, and never taken for markup.
    assert "row 3<br>&lt;b&gt;size&lt;/b&gt;: 1.5, reconstructed 1.25<br>" in said[0]
    assert "shade: light, reconstructed light" in said[0]
    assert "size&lt;/b&gt;: missing, reconstructed 2.5" in said[1]


def test_a_missing_value_is_a_gap_in_the_line(comparison: Comparison) -> None:
    def num_drawn(sample: list[float]) -> int:
        art = SampleArt(Kind.TABLE, (5,), np.zeros(5), np.ones(5))
        comparison.set_samples(art, np.array([sample]), ROWS[:1], ["row 3"])
        comparison.set_reconstructions(np.full((1, 5), np.nan))
        image = comparison._columns[1].grab().toImage()
        cell = comparison._columns[1].cell_rect(0)
        background = image.pixelColor(cell.topLeft())
        return sum(
            image.pixelColor(x, y) != background
            for x in range(cell.left(), cell.right())
            for y in range(cell.top(), cell.bottom())
        )

    whole = num_drawn([0.5, 0.5, 0.5, 0.5, 0.5])
    with_gap = num_drawn([0.5, 0.5, np.nan, 0.5, 0.5])
    lonely = num_drawn([np.nan, np.nan, 0.5, np.nan, np.nan])
    nothing = num_drawn([np.nan] * 5)
    assert nothing < lonely < with_gap < whole


def test_what_is_missing_in_the_first_row_does_not_widen_the_range() -> None:
    dataset = replace(
        make_dataset(), kind=Kind.TABLE, x=np.array([[np.nan, np.nan], [18_000.0, np.nan]])
    )
    art = SampleArt.of(replace(dataset, x=np.concatenate([dataset.x, dataset.x + 100.0])))
    assert art.low == 0.0  # of the column without any value
    (tile,) = art.tiles(np.array([[18_050.0, 0.0]]))
    np.testing.assert_allclose(tile, [[0.5, 0.0]])


def test_examples_in_docstrings_hold() -> None:
    assert doctest.testmod(row_texts).failed == 0
