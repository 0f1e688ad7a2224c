"""The loss over the learning rate, with the rate that is suggested and the one in use."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget

from aestudio.gui.palette import Colors
from aestudio.gui.plots.plot_area import PlotArea
from aestudio.gui.theme import Theme

if TYPE_CHECKING:
    from aestudio.workflows.planning.learning_rate_range import RateTest

_FAINT_ALPHA = 90
_HEADROOM = 0.12
#: How high the two marks carry their names, so that they never cover each other.
_HIGH, _LOWER = 0.95, 0.84


class RateCurve(PlotArea):
    """One test: single losses faint, the smoothed curve strong."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        self._test: RateTest | None = None
        self._current = 0.0
        super().__init__(theme, "Loss over the learning rate", parent)
        item = self.getPlotItem()
        item.setLogMode(x=True)
        item.setMouseEnabled(x=False, y=False)

    def show_test(self, test: RateTest, current: float) -> None:
        """``current`` is the rate that stands in the recipe."""
        self._test, self._current = test, current
        self.apply_colors(self._theme.colors)

    def apply_colors(self, colors: Colors) -> None:
        super().apply_colors(colors)
        self.setLabel("bottom", self.tr("learning rate"), color=colors.muted_text)
        self.setLabel("left", self.tr("loss"), color=colors.muted_text)
        test = self._test
        if test is None:
            return
        self.clear()
        strong = QColor(colors.series[0])
        faint = QColor(strong)
        faint.setAlpha(_FAINT_ALPHA)
        self.plot(test.rates, test.losses, pen=pg.mkPen(faint, width=1))
        self.plot(test.rates, test.smoothed, pen=pg.mkPen(strong, width=2.4))
        low, high = min(test.smoothed), max(test.smoothed)
        room = _HEADROOM * (high - low)
        # Single losses may be beyond all measure; the smoothed ones are not.
        self.setYRange(low - room, high + 2 * room, padding=0)
        first, last = math.log10(test.rates[0]), math.log10(test.rates[-1])
        self.setXRange(first, last, padding=0.02)
        decades = range(math.ceil(first - 1e-9), math.floor(last + 1e-9) + 1)
        ticks = [(float(decade), f"{10.0**decade:g}") for decade in decades]
        self.getPlotItem().getAxis("bottom").setTicks([ticks])
        if test.rates[0] <= self._current <= test.rates[-1]:
            words = self.tr("now {0:g}").format(self._current)
            self._mark(self._current, words, colors.muted_text, Qt.PenStyle.DashLine, _LOWER)
        if test.suggestion is not None:
            words = self.tr("suggested {0:g}").format(test.suggestion)
            self._mark(test.suggestion, words, colors.good, Qt.PenStyle.SolidLine, _HIGH)

    def _mark(self, rate: float, words: str, color: str, style: Qt.PenStyle, height: float) -> None:
        pen = pg.mkPen(QColor(color), width=1.6, style=style)
        # On the side where there is room.
        low, high = self.getViewBox().viewRange()[0]
        side = 1 if math.log10(rate) > low + 0.6 * (high - low) else 0
        label = {"position": height, "color": QColor(color), "anchors": [(side, 0), (side, 0)]}
        self.addItem(
            pg.InfiniteLine(math.log10(rate), angle=90, pen=pen, label=words, labelOpts=label)
        )
