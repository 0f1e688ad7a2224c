from __future__ import annotations

import pytest
from PySide6.QtGui import QPainter, QPicture
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from aestudio.gui.plots.plot_area import PlotArea
from aestudio.gui.theme import Theme


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    return window


@pytest.fixture
def plot(window: QWidget, theme: Theme) -> PlotArea:
    plot = PlotArea(theme, "numbers", window)
    plot.resize(320, 220)
    plot.show()
    return plot


def shown_numbers(plot: PlotArea) -> list[str]:
    """What stands beside the left axis when it is painted."""
    painter = QPainter(picture := QPicture())
    _, _, texts = plot.getPlotItem().getAxis("left").generateDrawSpecs(painter)
    painter.end()
    assert not picture.isNull()
    return [text for _, _, text in texts]


@pytest.mark.parametrize("top", [0.0008, 1.0, 12_000.0, 2_500_000.0])
def test_every_number_of_the_left_axis_can_be_read(
    qtbot: QtBot, plot: PlotArea, top: float
) -> None:
    show_up_to(plot, top)
    axis = plot.getPlotItem().getAxis("left")
    low, high = axis.range
    _, ticks = axis.tickValues(low, high, axis.height())[0]
    num_ticks = sum(low < tick < high for tick in ticks)
    assert num_ticks >= 3
    qtbot.waitUntil(lambda: len(shown_numbers(plot)) >= num_ticks)


def test_the_plane_gives_its_room_back_when_the_numbers_get_shorter(
    qtbot: QtBot, plot: PlotArea
) -> None:
    axis = plot.getPlotItem().getAxis("left")
    show_up_to(plot, 2_500_000.0)
    qtbot.waitUntil(lambda: axis.width() > 50)
    show_up_to(plot, 1.0)
    qtbot.waitUntil(lambda: axis.width() < 40)


def show_up_to(plot: PlotArea, top: float) -> None:
    plot.setYRange(0.0, top, padding=0.05)
    plot.grab()
