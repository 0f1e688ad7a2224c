"""How strongly the loss pulls at each layer while a run trains: one curve per layer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget

from aestudio.analysis.curves import smooth
from aestudio.gui.palette import Colors
from aestudio.gui.plots.curve_lines import CurveLine
from aestudio.gui.plots.curve_points import CurvePoints
from aestudio.gui.plots.curves_panel import TRAIN
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

#: What layers of the decoder are called; they have the colours of the encoder's, and dashes.
_DECODER = ("decoder", "reconstruction")


class GradientCurves(LiveCurves):
    """Draws the norms of the gradient that :meth:`add_points` brings, on a logarithmic axis."""

    lowest_shown = 1e-15

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, self.tr("Gradient curves"), parent)
        self.set_title(
            self.tr("Gradients"),
            self.tr(
                "The norm of the gradient of each layer, before any clipping: how strongly the loss "
                "pulls at it. Curves that stay within a few factors of ten are sound. A layer that "
                "lies thousands of times below the others hardly learns: try another activation or "
                "normalization. Curves that climb until the loss breaks are exploding: lower the "
                "learning rate, or set a gradient clip. Layers of the decoder are dashed."
            ),
        )
        self._norms = CurvePoints(KEPT_POINTS)
        self.loss_toggle = self.add_toggle(self.tr("Gradients"), self.tr("Back to the loss"))
        self.loss_toggle.setChecked(True)
        self.add_curve_buttons()
        self.log_y.setToolTip(self.tr("Logarithmic norms"))
        self.log_y.setChecked(True)

    def start(self, steps_per_epoch: int) -> None:
        """Begin an empty set of curves; layers are known when their first points arrive."""
        self._norms = CurvePoints(KEPT_POINTS)
        self.set_hint(self.tr("No gradients have been recorded yet."))
        self.begin((), steps_per_epoch)

    def add_points(self, points: CurvePoints) -> None:
        if not len(points):
            return
        self._norms.extend(points)
        names = tuple(
            name for name in self._norms.names if np.isfinite(self._norms.term(name)).any()
        )
        if names != self._names:
            self._names = names
            self.set_hint("")
            self.restyle()
        self.redraw_later()

    def make_lines(self, colors: Colors) -> Lines:
        """One smoothed line for each layer, those next to the data on top."""
        lines: Lines = {}
        x = every_so_many(self._norms.steps / self._steps_per_epoch, SMOOTH_POINTS)
        for name, color, is_decoder in reversed(self._styles(colors)):
            if name not in self.legend.hidden:
                norms = self._norms.term(name)
                lines[name, TRAIN] = CurveLine(
                    x=x,
                    y=every_so_many(smooth(norms, HALF_LIFE_SHARE * len(norms)), SMOOTH_POINTS),
                    color=QColor(color),
                    width=1.6,
                    is_dashed=is_decoder,
                )
        return lines

    def restyle(self) -> None:
        self.show_in(self.theme.colors)
        self.legend.set_entries(
            [
                LegendEntry(name, name, color, "dashes" if is_decoder else "line")
                for name, color, is_decoder in self._styles(self.theme.colors)
            ]
        )

    def _styles(self, colors: Colors) -> list[tuple[str, str, bool]]:
        """The colour of each layer, counted within its part, and whether it is of the decoder."""
        counts = {False: 0, True: 0}
        styles = []
        for name in self._names:
            is_decoder = name.startswith(_DECODER)
            color = colors.series[counts[is_decoder] % len(colors.series)]
            counts[is_decoder] += 1
            styles.append((name, color, is_decoder))
        return styles

    # The figure on paper

    def figure_name(self) -> str:
        return "gradients"

    def figure_rows(self) -> Iterator[Iterable[object]]:
        """The numbers behind the curves, unsmoothed."""
        yield ("step", "epoch", *self._names)
        columns = [self._norms.term(name) for name in self._names]
        for row, step in enumerate(self._norms.steps):
            values = (float(column[row]) for column in columns)
            yield (int(step), float(step) / self._steps_per_epoch, *values)
