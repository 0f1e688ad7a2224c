"""A map on which a rectangle can be drawn to select what lies in it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyqtgraph as pg
from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent
from PySide6.QtWidgets import QRubberBand, QWidget

from aestudio.gui.palette import Colors
from aestudio.gui.plots.map_plot import MapPlot
from aestudio.gui.theme import Theme

Rows = npt.NDArray[np.int64]
_SHORTEST_DRAG = 4
_ABOVE_POINTS = 5


class BrushMap(MapPlot):
    """Dragging with the left button selects, with the middle one it moves the map."""

    #: The places of the points in the rectangle that was drawn.
    brushed = Signal(object)

    def __init__(self, theme: Theme, name: str, parent: QWidget | None = None) -> None:
        self._chosen = pg.ScatterPlotItem(size=8, pxMode=True)
        super().__init__(theme, name, parent)
        self._chosen.setZValue(_ABOVE_POINTS)
        self._chosen.setVisible(False)
        self.addItem(self._chosen, ignoreBounds=True)
        self._band = QRubberBand(QRubberBand.Shape.Rectangle, self.viewport())
        self._corner: QPoint | None = None

    def apply_colors(self, colors: Colors) -> None:
        super().apply_colors(colors)
        self._chosen.setPen(pg.mkPen(QColor(colors.text), width=1))

    def set_chosen(self, rows: Rows) -> None:
        """Mark these points: the others fade."""
        points, styles = self.points.points[rows], self.points.styles_of(rows)
        self._chosen.setData(
            x=points[:, 0],
            y=points[:, 1],
            brush=[pg.mkBrush(QColor(style.color)) for style in styles],
            symbol=[style.symbol for style in styles],
        )
        self.points.set_faded(len(points) > 0)
        self._chosen.setVisible(len(points) > 0)

    def rows_in(self, area: QRectF) -> Rows:
        """The drawn points inside ``area`` of the plane."""
        points = self.points.points
        inside = (points[:, 0] >= area.left()) & (points[:, 0] <= area.right())
        inside &= (points[:, 1] >= area.top()) & (points[:, 1] <= area.bottom())
        return np.flatnonzero(inside & self.points.visible_rows())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._corner = event.position().toPoint()
            self._band.setGeometry(QRect(self._corner, QSize()))
        else:
            super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._corner is None:
            super().mouseMoveEvent(event)
        else:
            self._band.setGeometry(QRect(self._corner, event.position().toPoint()).normalized())
            self._band.show()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        corner = self._corner
        if event.button() != Qt.MouseButton.LeftButton or corner is None:
            super().mouseReleaseEvent(event)
            return
        self._corner = None
        self._band.hide()
        start, end = (self.to_plane(place) for place in (corner.toPointF(), event.position()))
        if (event.position().toPoint() - corner).manhattanLength() < _SHORTEST_DRAG:
            self.clicked.emit(end.x(), end.y())
        else:
            self.brushed.emit(self.rows_in(QRectF(start, end).normalized()))
