"""The clouds behind the points of the map: an ellipse of one standard deviation around each."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PySide6.QtGui import QColor

from aestudio.analysis.posterior_ellipses import axis_spreads, ellipse_outlines, plane_covariances
from aestudio.analysis.projection import PlaneProjection
from aestudio.data.splitting import evenly_spaced
from aestudio.gui.plots.curve_lines import CurveLine, CurveLines
from aestudio.gui.plots.map_plot import MapPlot

Floats = npt.NDArray[np.float32]
Rows = npt.NDArray[np.int64]
#: (M, 2, 2), of each cloud as it is seen on the map.
Covariances = npt.NDArray[np.float64]

#: More ellipses would cover each other, and the map would be slower to move.
MOST_ELLIPSES = 300
_ALPHA = 200
#: Above the points, below the path and the cursor.
_DEPTH, _HOVERED_DEPTH = 5, 6


class MapSpread:
    """Draws ellipses on a plot, in the colours of its points; nothing is computed while it is off.

    Shapes: M points, L code size.
    """

    def __init__(self, plot: MapPlot, hovered_color: str) -> None:
        self._plot = plot
        # All ellipses are one item, and one path for each colour.
        self.ellipses = CurveLines()
        self.hovered_ellipse = CurveLines()
        for item, depth in ((self.ellipses, _DEPTH), (self.hovered_ellipse, _HOVERED_DEPTH)):
            item.setZValue(depth)
            item.setVisible(False)
            plot.addItem(item, ignoreBounds=True)
        self._hovered_color = hovered_color
        self._is_on = False
        self._hovered = -1
        self._projection: PlaneProjection | None = None
        self._spread: Floats | None = None
        self._covariances: Covariances | None = None

    @property
    def along_axes(self) -> npt.NDArray[np.float64] | None:
        """Standard deviations along the axes of the map, (M, 2), where ellipses are drawn."""
        return None if self._covariances is None else axis_spreads(self._covariances)

    def set_on(self, is_on: bool) -> None:
        """Whether ellipses are wanted; :meth:`redraw` draws or removes them."""
        self._is_on = is_on
        self._measure()

    def set_clouds(self, projection: PlaneProjection | None, spread_ML: Floats | None) -> None:
        """Take the map that is drawn, and the standard deviations of its codes, if they have any."""
        self._projection, self._spread = projection, spread_ML
        self._measure()

    def set_hovered(self, place: int) -> None:
        """Draw the ellipse of one more point; -1: of none."""
        self._hovered = place
        self._draw_hovered()

    def set_hovered_color(self, color: str) -> None:
        self._hovered_color = color
        self._draw_hovered()

    def redraw(self) -> None:
        """Draw the ellipses where the points are now, those of hidden classes left out."""
        covariances, points = self._covariances, self._plot.points
        lines = []
        if covariances is not None:
            rows = evenly_spaced(np.arange(len(covariances)), MOST_ELLIPSES)
            lines = self._lines(rows[points.visible_rows()[rows]], covariances)
        self.ellipses.set_lines(lines)
        self.ellipses.setVisible(bool(lines))
        # Ellipses have the colours of the points, and many are no larger than a mark.
        points.set_faded(covariances is not None)
        self._draw_hovered()

    def _measure(self) -> None:
        self._covariances = None
        if self._is_on and self._projection is not None and self._spread is not None:
            self._covariances = plane_covariances(self._projection.axes, self._spread)

    def _lines(self, rows: Rows, covariances: Covariances) -> list[CurveLine]:
        colors = np.array([style.color for style in self._plot.points.styles_of(rows)], np.str_)
        lines = []
        for name in np.unique(colors):
            color = QColor(str(name))
            color.setAlpha(_ALPHA)
            lines.append(self._line(rows[colors == name], covariances, color, 1.0))
        return lines

    def _line(self, rows: Rows, covariances: Covariances, color: QColor, width: float) -> CurveLine:
        """Several ellipses as one line with gaps."""
        outlines = ellipse_outlines(self._plot.points.points[rows], covariances[rows])
        with_gaps = np.pad(outlines, ((0, 0), (0, 1), (0, 0)), constant_values=np.nan)
        x, y = with_gaps.reshape(-1, 2).T
        return CurveLine(x=x, y=y, color=color, width=width)

    def _draw_hovered(self) -> None:
        covariances = self._covariances
        if covariances is None or not 0 <= self._hovered < len(covariances):
            self.hovered_ellipse.setVisible(False)
            return
        rows = np.array([self._hovered], np.int64)
        line = self._line(rows, covariances, QColor(self._hovered_color), 2.0)
        self.hovered_ellipse.set_lines([line])
        self.hovered_ellipse.setVisible(True)
