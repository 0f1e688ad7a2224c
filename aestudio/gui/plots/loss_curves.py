"""The loss while it falls: every term, training and validation, raw faint and smoothed."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping

import numpy as np
import numpy.typing as npt
import pyqtgraph as pg
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget

from aestudio.analysis.curves import decimate, smooth
from aestudio.gui.palette import Colors
from aestudio.gui.plots.curve_lines import CurveLine
from aestudio.gui.plots.curve_points import CurvePoints
from aestudio.gui.plots.curves_panel import TRAIN, VALIDATION, CurvesPanel
from aestudio.gui.plots.legend_bar import LegendEntry
from aestudio.gui.theme import Theme

#: Points drawn of a raw and of a smoothed curve: about as many as there are pixels.
_RAW_POINTS = 200
_SMOOTH_POINTS = 160
#: Points kept: many times what is drawn, and few enough to be smoothed in no time.
_KEPT_POINTS = 4_096
#: Dots that mark single epochs would touch each other if there were more.
_MOST_DOTS = 60
_FAINT = 70
#: The smoothed curve forgets half of the past in this share of the points seen.
_HALF_LIFE_SHARE = 0.01
#: An axis may be this much longer than what it shows before it is drawn anew.
_ROOMIEST = 1.25
#: Curves are redrawn as often as points arrive, more seldom on a slow computer. Making the lines
#: takes less than half of a redraw and painting them the rest: together less than 1 % of the time.
_PAUSE_PER_COST = 300.0
#: One redraw that was held up by something else must not hold up the curves.
_LONGEST_PAUSE_S = 2.0


class LossCurves(CurvesPanel):
    """Draws what :meth:`add_points` and :meth:`add_validation` bring, a few times a second."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, self.tr("Loss curves"), parent)
        self.set_title(
            self.tr("Loss"),
            self.tr(
                "How wrong the network still is, term by term: falling is learning. The solid lines "
                "are the training samples, the dashed ones samples it never trains on. If the dashed "
                "line turns up while the solid one falls, the network memorises: stop earlier."
            ),
        )
        self._steps_per_epoch = 1
        self._marked_epoch: int | None = None
        self._train = CurvePoints(_KEPT_POINTS)
        self._validation = CurvePoints(_KEPT_POINTS)
        self._names: tuple[str, ...] = ()
        self._drawn: dict[tuple[str, str], CurveLine] = {}
        self._follows = True
        self.legend.toggled.connect(self._show_and_hide)
        self._marker = pg.InfiniteLine(angle=90)
        self._marker.setVisible(False)
        self._marker.setZValue(-1)
        self.plot.addItem(self._marker, ignoreBounds=True)
        self.add_curve_buttons()
        self.plot.getViewBox().sigRangeChangedManually.connect(self._on_moved_by_hand)
        self._rests_until_s = 0.0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.redraw)
        theme.changed.connect(self._restyle)

    # What the run reports

    def start(self, term_names: tuple[str, ...], steps_per_epoch: int) -> None:
        """Begin an empty set of curves; ``term_names`` as in RunStarted."""
        self._names = term_names
        self._steps_per_epoch = max(1, steps_per_epoch)
        self._train = CurvePoints(_KEPT_POINTS)
        self._validation = CurvePoints(_KEPT_POINTS)
        self._restyle()
        self._follows = True
        self._later()

    def add_points(self, points: CurvePoints) -> None:
        self._train.extend(points)
        self._later()

    def add_validation(self, steps: npt.ArrayLike, terms: Mapping[str, npt.ArrayLike]) -> None:
        """Means over the held-back samples after epochs that ended with these ``steps``."""
        if terms:
            self._validation.append(steps, terms)
            self._later()

    def mark_epoch(self, epoch: int | None) -> None:
        """Show where the epoch on display lies; None hides the mark."""
        self._marked_epoch = epoch
        visible = epoch is not None and epoch > 0
        if epoch is not None and visible:
            self._marker.setValue(np.log10(epoch) if self.log_x.isChecked() else epoch)
        if self._marker.isVisible() != visible:
            self._marker.setVisible(visible)

    # Drawing

    def redraw(self) -> None:
        """Bring the curves up to date now."""
        self._timer.stop()
        started = time.perf_counter()
        self._drawn = self._make_lines(self.theme.colors)
        self.lines.set_lines(list(self._drawn.values()))
        shown = [
            line for (name, _), line in self._drawn.items() if name in self._names and len(line.x)
        ]
        if self._follows and shown:
            tops = [float(np.nanmax(line.y[len(line.y) // 10 :])) for line in shown]
            bottoms = [float(np.nanmin(line.y)) for line in shown]
            last = max(float(line.x[-1]) for line in shown)
            self._fit(last, min(bottoms), max(tops))
        ended = time.perf_counter()
        self._rests_until_s = ended + min(_LONGEST_PAUSE_S, _PAUSE_PER_COST * (ended - started))

    def line(self, name: str, part: str) -> CurveLine | None:
        """What is drawn of a term (or, with " raw" after its name, of its raw values)."""
        return self._drawn.get((name, part))

    def _make_lines(self, colors: Colors) -> dict[tuple[str, str], CurveLine]:
        """The lines on display, the least important first, so that the loss lies on top."""
        lines: dict[tuple[str, str], CurveLine] = {}
        for index, name in reversed(list(enumerate(self._names))):
            color = QColor(self._color(index, colors))
            if self._is_shown(name, TRAIN) and name in self._train.names:
                faint = QColor(color)
                faint.setAlpha(_FAINT)
                x, y = self._train.steps / self._steps_per_epoch, self._train.term(name)
                raw_x, raw_y = decimate(x, y, _RAW_POINTS)
                lines[f"{name} raw", TRAIN] = CurveLine(
                    x=raw_x, y=raw_y, color=faint, width=1.0, is_smooth=False
                )
                smoothed = smooth(y, _HALF_LIFE_SHARE * len(y))
                stride = max(1, len(x) // _SMOOTH_POINTS)
                # From the end, so that the newest point is always drawn.
                lines[name, TRAIN] = CurveLine(
                    x=x[::-1][::stride][::-1],
                    y=smoothed[::-1][::stride][::-1],
                    color=color,
                    width=1.6,
                )
            if self._is_shown(name, VALIDATION) and name in self._validation.names:
                x = self._validation.steps / self._steps_per_epoch
                stride = max(1, len(x) // _SMOOTH_POINTS)
                lines[name, VALIDATION] = CurveLine(
                    x=x[::-1][::stride][::-1],
                    y=self._validation.term(name)[::-1][::stride][::-1],
                    color=color,
                    width=1.6,
                    is_dashed=True,
                    has_dots=len(x) < _MOST_DOTS,
                )
        return lines

    def reset_view(self) -> None:
        """Follow the curves again."""
        self._follows = True
        # Its place depends on the axis.
        self.mark_epoch(self._marked_epoch)
        self.redraw()

    def _fit(self, last: float, bottom: float, top: float) -> None:
        """Show all of it, with limits that move in leaps so that the axes seldom change."""
        first = 1.0 / self._steps_per_epoch
        right = _leap(max(last, 2.0 * first))
        x_range = (np.log10(first), np.log10(right)) if self.log_x.isChecked() else (0.0, right)
        if self.log_y.isChecked():
            y_range = (np.log10(max(bottom, 1e-9)) - 0.05, np.log10(max(top, 1e-9)) + 0.05)
        else:
            margin = 0.06 * max(top - bottom, 1e-9)
            y_range = (bottom - margin, top + margin)
        view = self.plot.getViewBox()
        (left_now, right_now), (bottom_now, top_now) = view.viewRange()
        if (left_now, right_now) != x_range or not _serves((bottom_now, top_now), y_range):
            view.setRange(xRange=x_range, yRange=y_range, padding=0.0)

    def _later(self) -> None:
        if not self._timer.isActive():
            rest_s = max(0.0, self._rests_until_s - time.perf_counter())
            self._timer.start(round(1000.0 * rest_s))

    def _on_moved_by_hand(self) -> None:
        self._follows = False

    def _is_shown(self, name: str, part: str) -> bool:
        return name not in self.legend.hidden and part not in self.legend.hidden

    def _show_and_hide(self) -> None:
        self.redraw()

    def _restyle(self) -> None:
        """Colours, line styles and the legend, from the theme."""
        self.show_in(self.theme.colors)
        entries = [
            LegendEntry(name, name, self._color(index, self.theme.colors))
            for index, name in enumerate(self._names)
        ]
        if entries:
            muted = self.theme.muted_text
            entries.append(LegendEntry(TRAIN, self.tr("training"), muted))
            entries.append(LegendEntry(VALIDATION, self.tr("validation"), muted, "dashes"))
        self.legend.set_entries(entries)

    def show_in(self, colors: Colors) -> None:
        self._marker.setPen(pg.mkPen(QColor(colors.accent), style=Qt.PenStyle.DotLine))
        self.plot.setLabel("bottom", self.tr("epoch"), color=colors.muted_text)
        self.lines.set_lines(list(self._make_lines(colors).values()))

    def _color(self, index: int, colors: Colors) -> str:
        return colors.series[index % len(colors.series)]

    # The figure on paper

    def figure_name(self) -> str:
        return "loss"

    def figure_rows(self) -> Iterator[Iterable[object]]:
        """The numbers behind the curves, unsmoothed."""
        yield ("part", "step", "epoch", *self._names)
        for part, points in ((TRAIN, self._train), (VALIDATION, self._validation)):
            columns = [points.term(name) for name in self._names if name in points.names]
            for row, step in enumerate(points.steps):
                values = (float(column[row]) for column in columns)
                yield (part, int(step), float(step) / self._steps_per_epoch, *values)


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
