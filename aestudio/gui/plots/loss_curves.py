"""The loss while it falls: every term, training and validation, raw faint and smoothed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import numpy.typing as npt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget

from aestudio.analysis.curves import decimate, smooth
from aestudio.gui.palette import Colors
from aestudio.gui.plots.curve_lines import CurveLine
from aestudio.gui.plots.curve_points import CurvePoints
from aestudio.gui.plots.curves_panel import TRAIN, VALIDATION
from aestudio.gui.plots.legend_bar import LegendEntry
from aestudio.gui.plots.live_curves import (
    HALF_LIFE_SHARE,
    KEPT_POINTS,
    SMOOTH_POINTS,
    Lines,
    LiveCurves,
    every_so_many,
)
from aestudio.gui.theme import Theme

#: Points drawn of a raw curve: about as many as there are pixels.
_RAW_POINTS = 200
#: Dots that mark single epochs would touch each other if there were more.
_MOST_DOTS = 60
_FAINT = 70


class LossCurves(LiveCurves):
    """Draws what :meth:`add_points` and :meth:`add_validation` bring, a few times a second."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, self.tr("Loss curves"), parent)
        self.set_title(
            self.tr("Loss"),
            self.tr(
                "How wrong the network still is, term by term: falling is learning. The solid lines "
                "are the training samples, the dashed ones samples it never trains on. If the dashed "
                "line turns up while the solid one falls, the network memorises: stop earlier. "
                "Gradients shows how strongly the loss pulls at each layer."
            ),
        )
        self._train = CurvePoints(KEPT_POINTS)
        self._validation = CurvePoints(KEPT_POINTS)
        self.gradients_toggle = self.add_toggle(
            self.tr("Gradients"), self.tr("How strongly the loss pulls at each layer")
        )
        self.add_curve_buttons()

    # What the run reports

    def start(self, term_names: tuple[str, ...], steps_per_epoch: int) -> None:
        """Begin an empty set of curves; ``term_names`` as in RunStarted."""
        self._train = CurvePoints(KEPT_POINTS)
        self._validation = CurvePoints(KEPT_POINTS)
        self.begin(term_names, steps_per_epoch)

    def add_points(self, points: CurvePoints) -> None:
        self._train.extend(points)
        self.redraw_later()

    def add_validation(self, steps: npt.ArrayLike, terms: Mapping[str, npt.ArrayLike]) -> None:
        """Means over the held-back samples after epochs that ended with these ``steps``."""
        if terms:
            self._validation.append(steps, terms)
            self.redraw_later()

    # Drawing

    def make_lines(self, colors: Colors) -> Lines:
        """The lines on display, the least important first, so that the loss lies on top.

        Raw values are under the name of their term and " raw".
        """
        lines: Lines = {}
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
                lines[name, TRAIN] = CurveLine(
                    x=every_so_many(x, SMOOTH_POINTS),
                    y=every_so_many(smooth(y, HALF_LIFE_SHARE * len(y)), SMOOTH_POINTS),
                    color=color,
                    width=1.6,
                )
            if self._is_shown(name, VALIDATION) and name in self._validation.names:
                x = self._validation.steps / self._steps_per_epoch
                lines[name, VALIDATION] = CurveLine(
                    x=every_so_many(x, SMOOTH_POINTS),
                    y=every_so_many(self._validation.term(name), SMOOTH_POINTS),
                    color=color,
                    width=1.6,
                    is_dashed=True,
                    has_dots=len(x) < _MOST_DOTS,
                )
        return lines

    def restyle(self) -> None:
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

    def _is_shown(self, name: str, part: str) -> bool:
        return name not in self.legend.hidden and part not in self.legend.hidden

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
