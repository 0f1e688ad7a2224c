"""Curves of a run that is going: they grow, and the view follows them until a person moves it."""

from __future__ import annotations

import time
from abc import abstractmethod
from typing import ClassVar

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QColor, QShowEvent
from PySide6.QtWidgets import QWidget

from aestudio.gui.palette import Colors
from aestudio.gui.plots.curve_lines import CurveLine, Values
from aestudio.gui.plots.curves_panel import CurvesPanel
from aestudio.gui.theme import Theme

#: Points kept: many times what is drawn, and few enough to be smoothed in no time.
KEPT_POINTS = 4_096
#: Points drawn of a smoothed curve: fewer than there are pixels.
SMOOTH_POINTS = 160
#: The smoothed curve forgets half of the past in this share of the points seen.
HALF_LIFE_SHARE = 0.01
#: An axis may be this much longer than what it shows before it is drawn anew.
_ROOMIEST = 1.25
#: Curves are redrawn as often as points arrive, more seldom on a slow computer. Making the lines
#: takes less than half of a redraw and painting them the rest: together less than 1 % of the time.
_PAUSE_PER_COST = 300.0
#: One redraw that was held up by something else must not hold up the curves.
_LONGEST_PAUSE_S = 2.0

#: The lines on display by name and part of the data.
Lines = dict[tuple[str, str], CurveLine]


class LiveCurves(CurvesPanel):
    """Redraws a few times a second while points arrive, and not at all while nobody can see it."""

    #: A logarithmic axis reaches down to this and no further.
    lowest_shown: ClassVar[float] = 1e-9

    def __init__(self, theme: Theme, plot_name: str, parent: QWidget | None = None) -> None:
        super().__init__(theme, plot_name, parent)
        self._names: tuple[str, ...] = ()
        self._steps_per_epoch = 1
        self._marked_epoch: int | None = None
        self._drawn: Lines = {}
        self._follows = True
        self._marker = pg.InfiniteLine(angle=90)
        self._marker.setVisible(False)
        self._marker.setZValue(-1)
        self.plot.addItem(self._marker, ignoreBounds=True)
        self.plot.getViewBox().sigRangeChangedManually.connect(self._on_moved_by_hand)
        self._rests_until_s = 0.0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.redraw)
        self.legend.toggled.connect(self.redraw)
        theme.changed.connect(self.restyle)

    @abstractmethod
    def make_lines(self, colors: Colors) -> Lines:
        """Return the lines on display, the least important first."""

    @abstractmethod
    def restyle(self) -> None:
        """Bring colours and legend up to date."""

    def begin(self, names: tuple[str, ...], steps_per_epoch: int) -> None:
        """Begin an empty set of curves with these names."""
        self._names = names
        self._steps_per_epoch = max(1, steps_per_epoch)
        self.restyle()
        self._follows = True
        self.redraw_later()

    def mark_epoch(self, epoch: int | None) -> None:
        """Show where the epoch on display lies; None hides the mark."""
        self._marked_epoch = epoch
        visible = epoch is not None and epoch > 0
        if epoch is not None and visible:
            self._marker.setValue(np.log10(epoch) if self.log_x.isChecked() else epoch)
        if self._marker.isVisible() != visible:
            self._marker.setVisible(visible)

    def line(self, name: str, part: str) -> CurveLine | None:
        """What is drawn under a name."""
        return self._drawn.get((name, part))

    def redraw(self) -> None:
        """Bring the curves up to date now."""
        self._timer.stop()
        started = time.perf_counter()
        self._drawn = self.make_lines(self.theme.colors)
        self.lines.set_lines(list(self._drawn.values()))
        shown = [
            line
            for (name, _), line in self._drawn.items()
            if name in self._names and np.isfinite(line.y).any()
        ]
        if self._follows and shown:
            tops = [_highest(line) for line in shown]
            bottoms = [self._lowest(line) for line in shown]
            last = max(float(line.x[-1]) for line in shown)
            self._fit(last, min(bottoms), max(tops))
        ended = time.perf_counter()
        self._rests_until_s = ended + min(_LONGEST_PAUSE_S, _PAUSE_PER_COST * (ended - started))

    def redraw_later(self) -> None:
        """Redraw when the last time is long enough ago."""
        if self.isVisible() and not self._timer.isActive():
            rest_s = max(0.0, self._rests_until_s - time.perf_counter())
            self._timer.start(round(1000.0 * rest_s))

    def reset_view(self) -> None:
        """Follow the curves again."""
        self._follows = True
        # Its place depends on the axis.
        self.mark_epoch(self._marked_epoch)
        self.redraw()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.redraw_later()

    def show_in(self, colors: Colors) -> None:
        self._marker.setPen(pg.mkPen(QColor(colors.accent), style=Qt.PenStyle.DotLine))
        self.plot.setLabel("bottom", self.tr("epoch"), color=colors.muted_text)
        self.lines.set_lines(list(self.make_lines(colors).values()))

    def _fit(self, last: float, bottom: float, top: float) -> None:
        """Show all of it, with limits that move in leaps so that the axes seldom change."""
        first = 1.0 / self._steps_per_epoch
        right = _leap(max(last, 2.0 * first))
        x_range = (np.log10(first), np.log10(right)) if self.log_x.isChecked() else (0.0, right)
        if self.log_y.isChecked():
            y_range = tuple(np.log10(max(end, self.lowest_shown)) for end in (bottom, top))
            y_range = (y_range[0] - 0.05, y_range[1] + 0.05)
        else:
            margin = 0.06 * max(top - bottom, 1e-9)
            y_range = (bottom - margin, top + margin)
        view = self.plot.getViewBox()
        (left_now, right_now), (bottom_now, top_now) = view.viewRange()
        if (left_now, right_now) != x_range or not _serves((bottom_now, top_now), y_range):
            view.setRange(xRange=x_range, yRange=y_range, padding=0.0)

    def _lowest(self, line: CurveLine) -> float:
        # Zero has no place on a logarithmic axis.
        shown = line.y[line.y > 0] if self.log_y.isChecked() else line.y[np.isfinite(line.y)]
        return float(shown.min(initial=np.nanmax(line.y)))

    def _on_moved_by_hand(self) -> None:
        self._follows = False


def every_so_many(values: Values, most: int) -> Values:
    """Return about ``most`` of the values, evenly spaced; the newest is always among them."""
    stride = max(1, len(values) // most)
    return values[::-1][::stride][::-1]


def _highest(line: CurveLine) -> float:
    """Return the top of a line but for its first tenth, which may start far above all others."""
    later = line.y[len(line.y) // 10 :]
    return float(np.nanmax(later if np.isfinite(later).any() else line.y))


def _serves(now: tuple[float, float], wanted: tuple[float, float]) -> bool:
    """Whether an axis can stay as it is: nothing is cut off, and little of it is empty."""
    slack = 0.05 * (wanted[1] - wanted[0])
    is_inside = now[0] <= wanted[0] + slack and wanted[1] - slack <= now[1]
    return is_inside and now[1] - now[0] <= _ROOMIEST * (wanted[1] - wanted[0])


def _leap(value: float) -> float:
    """The next of a series of round numbers that grow by about a fourth."""
    decade = 10.0 ** np.floor(np.log10(value))
    for factor in (1.0, 1.25, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0):
        if value <= factor * decade * (1.0 + 1e-9):
            return float(factor * decade)
    return float(10.0 * decade)
