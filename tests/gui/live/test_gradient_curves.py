from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from aestudio.gui.bridge import Channel, Points
from aestudio.gui.plots.curve_pages import CurvePages
from aestudio.gui.plots.curve_points import CurvePoints
from aestudio.gui.plots.figure_menu import figure_bytes
from aestudio.gui.plots.gradient_curves import GradientCurves
from aestudio.gui.plots.loss_curves import LossCurves
from aestudio.gui.theme import Theme
from tests.gui.live.fakes import steps

LAYERS = ("encoder 1", "code", "decoder 1", "reconstruction")


@pytest.fixture
def pages(qtbot: QtBot, theme: Theme) -> CurvePages:
    pages = CurvePages(LossCurves(theme), GradientCurves(theme))
    qtbot.addWidget(pages)
    pages.resize(460, 280)
    pages.show()
    qtbot.waitExposed(pages)
    pages._loss.start(("loss",), 10)
    pages._gradients.start(10)
    return pages


@pytest.fixture
def gradients(pages: CurvePages) -> GradientCurves:
    pages._loss.gradients_toggle.click()
    return pages._gradients


def feed(gradients: GradientCurves, count: int = 40) -> None:
    """Norms that fall from layer to layer by a factor of ten, the same at every step."""
    points = CurvePoints()
    heights = {name: np.full(count, 10.0**-place) for place, name in enumerate(LAYERS)}
    points.append(np.arange(1, count + 1), {**heights, "never": np.full(count, np.nan)})
    gradients.add_points(points)


def test_a_button_leads_to_the_gradients_and_back(pages: CurvePages) -> None:
    assert pages.currentWidget() is pages._loss
    QTest.mouseClick(pages._loss.gradients_toggle, Qt.MouseButton.LeftButton)
    assert pages.currentWidget() is pages._gradients
    assert pages._gradients.loss_toggle.isChecked()
    QTest.mouseClick(pages._gradients.loss_toggle, Qt.MouseButton.LeftButton)
    assert pages.currentWidget() is pages._loss
    assert not pages._loss.gradients_toggle.isChecked()


def test_the_keyboard_stays_on_the_button(pages: CurvePages) -> None:
    pages.activateWindow()
    pages._loss.gradients_toggle.setFocus()
    for button in (pages._gradients.loss_toggle, pages._loss.gradients_toggle):
        QTest.keyClick(pages.focusWidget(), Qt.Key.Key_Space)
        assert pages.focusWidget() is button


def test_one_curve_for_each_layer_on_a_logarithmic_axis(
    qtbot: QtBot, gradients: GradientCurves
) -> None:
    feed(gradients)
    qtbot.waitUntil(lambda: gradients.line("code", "train") is not None)
    line = gradients.line("code", "train")
    assert line is not None
    assert line.x[-1] == pytest.approx(4.0)
    np.testing.assert_allclose(line.y, 0.1)
    _, (bottom, top) = gradients.plot.getViewBox().viewRange()
    assert bottom == pytest.approx(-3.05)
    assert top == pytest.approx(0.05)
    # A layer without any gradient has no curve and no entry.
    assert set(gradients.legend._buttons) == set(LAYERS)


def test_the_decoder_is_dashed_and_counted_from_the_first_colour(
    gradients: GradientCurves, theme: Theme
) -> None:
    feed(gradients)
    gradients.redraw()
    for first, is_dashed in (("encoder 1", False), ("decoder 1", True)):
        line = gradients.line(first, "train")
        assert line is not None
        assert line.color == QColor(theme.series[0])
        assert line.is_dashed == is_dashed


def test_the_legend_hides_a_layer(gradients: GradientCurves) -> None:
    feed(gradients)
    gradients.legend.button("code").click()
    assert gradients.line("code", "train") is None
    assert gradients.line("encoder 1", "train") is not None


def test_nothing_is_drawn_while_the_loss_is_on_display(qtbot: QtBot, pages: CurvePages) -> None:
    feed(pages._gradients)
    assert not pages._gradients._timer.isActive()
    pages._loss.gradients_toggle.click()
    qtbot.waitUntil(lambda: pages._gradients.line("code", "train") is not None)


def test_it_says_so_where_nothing_was_recorded(gradients: GradientCurves) -> None:
    gradients.add_points(CurvePoints())
    assert gradients._hint.isVisible()
    feed(gradients)
    assert not gradients._hint.isVisible()


def test_numbers_of_the_figure(gradients: GradientCurves) -> None:
    feed(gradients, 2)
    lines = figure_bytes(gradients, ".csv").decode().splitlines()
    assert lines == [
        "step,epoch,encoder 1,code,decoder 1,reconstruction",
        "1,0.1,1.0,0.1,0.01,0.001",
        "2,0.2,1.0,0.1,0.01,0.001",
    ]


def test_no_step_is_lost_on_the_way_to_the_window() -> None:
    channel = Channel()
    for first in (1, 11):
        channel.put(steps(first, 10))
    (points,) = (item for item in channel.take() if isinstance(item, Points))
    assert points.gradients.steps.tolist() == list(range(1, 21))
    np.testing.assert_allclose(points.gradients.term("code"), 100.0 / np.arange(1, 21), rtol=1e-6)


def test_few_numbers_stand_at_a_logarithmic_axis(gradients: GradientCurves) -> None:
    axis = gradients.plot.getPlotItem().getAxis("left")
    ticks = [0.0, *np.log10([2.0, 3.0, 5.0, 9.0, 20.0])]
    assert axis.tickStrings(ticks, 1.0, None) == ["1", "2", None, "5", None, "2·10¹"]
