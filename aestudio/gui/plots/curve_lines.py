"""Many curves as one item of a plot: cheap enough to be redrawn while a run is going.

A plot item of pyqtgraph for each curve would spend several milliseconds on bookkeeping per redraw;
here the paths are made once per change and then only painted.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPolygonF
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

Values = npt.NDArray[np.float64]

_DOT_PIXELS = 4.5


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CurveLine:
    """One curve in the data's own units; values that are not numbers leave a gap."""

    x: Values
    y: Values
    color: QColor
    width: float
    is_dashed: bool = False
    has_dots: bool = False
    is_smooth: bool = True


class CurveLines(pg.GraphicsObject):  # type: ignore[misc]  # pyqtgraph ships no types
    """Paints lines in the order given, on linear or logarithmic axes."""

    def __init__(self) -> None:
        super().__init__()
        self._lines: list[CurveLine] = []
        self._paths: list[tuple[CurveLine, QPainterPath, QPolygonF]] = []
        self._log = (False, False)

    @property
    def lines(self) -> list[CurveLine]:
        return self._lines

    def set_lines(self, lines: list[CurveLine]) -> None:
        self._lines = lines
        self._build()

    def set_log(self, x: bool, y: bool) -> None:
        """Whether the axes are logarithmic; values that have no logarithm are left out."""
        self._log = (x, y)
        self._build()

    def boundingRect(self) -> QRectF:
        box = self.getViewBox()
        return QRectF(box.viewRect()) if box is not None else QRectF()

    def viewRangeChanged(self) -> None:
        self.prepareGeometryChange()

    def viewTransformChanged(self) -> None:
        self.prepareGeometryChange()

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        # Drawn in the scene's units: pens are then as wide on fine screens and on paper as they
        # are here, which cosmetic pens are not.
        to_scene = self.sceneTransform()
        back, is_invertible = to_scene.inverted()
        if not is_invertible:
            return
        painter.setWorldTransform(back * painter.worldTransform())
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for line, path, dots in self._paths:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, line.is_smooth)
            pen = QPen(line.color, line.width)
            if line.is_dashed:
                pen.setDashPattern([4.0, 3.0])
            painter.setPen(pen)
            painter.drawPath(to_scene.map(path))
            if line.has_dots:
                pen = QPen(line.color, _DOT_PIXELS)
                pen.setCapStyle(Qt.PenCapStyle.RoundCap)
                painter.setPen(pen)
                painter.drawPoints(to_scene.map(dots))

    def _build(self) -> None:
        self._paths = []
        for line in self._lines:
            x, y = (_scaled(v, log) for v, log in zip((line.x, line.y), self._log, strict=True))
            path = pg.functions.arrayToQPath(x, y, connect="finite")
            places = zip(x.tolist(), y.tolist(), strict=True) if line.has_dots else ()
            dots = QPolygonF([QPointF(a, b) for a, b in places if np.isfinite(a + b)])
            self._paths.append((line, path, dots))
        self.update()


def _scaled(values: Values, is_log: bool) -> Values:
    if not is_log:
        return values
    return np.log10(values, out=np.full(len(values), np.nan), where=values > 0)
