"""The plane of codes: points, the path between two of them, and where the cursor is."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QWidget

from aestudio.gui.palette import Colors
from aestudio.gui.plots.map_points import MapPoints, finite_rows
from aestudio.gui.plots.plot_area import PlotArea
from aestudio.gui.theme import Theme

Points = npt.NDArray[np.float32]

#: How near to a point, in pixels, the cursor has to be to mean it.
_GRAB_PIXELS = 8.0
_MARGIN = 0.1
#: The view follows the points only when they leave it, or fill less than this much of it.
_SMALLEST_FILL = 0.6
_KEY_STEP_PIXELS = 6.0


class MapPlot(PlotArea):
    """Says where the cursor is and what was clicked, in the plane's own units."""

    cursor_moved = Signal(float, float)
    cursor_left = Signal()
    clicked = Signal(float, float)

    def __init__(self, theme: Theme, name: str, parent: QWidget | None = None) -> None:
        self._path = pg.PlotCurveItem(antialias=True)
        self._here = pg.ScatterPlotItem(size=9, symbol="o", pxMode=True)
        self._hovered = pg.ScatterPlotItem(size=12, symbol="o", pxMode=True)
        self._cross = pg.ScatterPlotItem(size=14, symbol="+", pxMode=True)
        self._ends = {end: pg.TextItem(end, anchor=(0.5, 0.5)) for end in ("A", "B")}
        self._dots = pg.ScatterPlotItem(size=16, symbol="o", pxMode=True)
        super().__init__(theme, name, parent)
        self.points = MapPoints(self)
        # Later ones lie on top; what the cursor is on lies above everything else.
        overlays = (self._path, self._here, self._dots, *self._ends.values(), self._cross)
        for depth, item in enumerate((*overlays, self._hovered)):
            item.setZValue(10 + depth)
            self.addItem(item, ignoreBounds=True)
            item.setVisible(False)
        self.setAspectLocked(True)
        self.setMouseTracking(True)
        self.viewport().setCursor(Qt.CursorShape.CrossCursor)
        self.getViewBox().sigRangeChangedManually.connect(self._on_moved_by_hand)
        self._follows = True
        self._fitted = QRectF()
        self._bounds = QRectF()
        self._key_cursor: QPointF | None = None

    def apply_colors(self, colors: Colors) -> None:
        super().apply_colors(colors)
        text, ground = QColor(colors.text), QColor(colors.plot_background)
        self._path.setPen(pg.mkPen(text, width=1.5))
        self._here.setPen(pg.mkPen(ground, width=1.5))
        self._here.setBrush(pg.mkBrush(QColor(colors.accent)))
        self._hovered.setPen(pg.mkPen(text, width=2))
        self._hovered.setBrush(pg.mkBrush(None))
        self._cross.setPen(pg.mkPen(text, width=1.5))
        self._dots.setPen(pg.mkPen(ground, width=1.5))
        self._dots.setBrush(pg.mkBrush(text))
        for item in self._ends.values():
            item.setColor(ground)

    # What is drawn

    def set_points(self, points: Points, reach: npt.NDArray[np.float64] | None = None) -> None:
        """Move the points (M, 2); the view follows until a person has moved it.

        ``reach`` (M, 2) is how far around each point there is something to see.
        """
        self.points.set_points(points)
        rows = finite_rows(points)
        finite = points if rows.all() else points[rows]
        if len(finite):
            around = 0.0 if reach is None else reach if rows.all() else reach[rows]
            low, high = (finite - around).min(axis=0), (finite + around).max(axis=0)
            self._bounds = QRectF(
                float(low[0]),
                float(low[1]),
                max(float(high[0] - low[0]), 1e-6),
                max(float(high[1] - low[1]), 1e-6),
            )
            if self._follows and self._is_fit_stale():
                self._fit()

    def set_path(self, points: Points | None) -> None:
        """The way from A to B, (K, 2); None hides it, and one point is A alone."""
        visible = points is not None and len(points) > 0
        for item in (self._path, self._dots, self._ends["A"]):
            item.setVisible(visible)
        self._ends["B"].setVisible(visible and points is not None and len(points) > 1)
        if points is None or not visible:
            self._here.setVisible(False)
            return
        self._path.setData(points[:, 0], points[:, 1])
        ends = points[[0, -1]] if len(points) > 1 else points[:1]
        self._dots.setData(x=ends[:, 0], y=ends[:, 1])
        for name, end in zip(("A", "B"), ends, strict=False):
            self._ends[name].setPos(float(end[0]), float(end[1]))

    def set_here(self, point: Points | None) -> None:
        """Where on the path the slider stands, (2,)."""
        self._here.setVisible(point is not None)
        if point is not None:
            self._here.setData(x=[float(point[0])], y=[float(point[1])])

    def set_hovered(self, point: Points | None) -> None:
        """Put a ring around the point that the cursor means."""
        if point is None:
            if self._hovered.isVisible():
                self._hovered.setVisible(False)
            return
        self._hovered.setData(x=[float(point[0])], y=[float(point[1])])
        self._hovered.setVisible(True)

    def reset_view(self) -> None:
        """Show all points and follow them again."""
        self._follows = True
        self._fit()

    def grab_radius(self) -> tuple[float, float]:
        """How near to a point means it, in the plane's units across and up."""
        pixel_x, pixel_y = self.getViewBox().viewPixelSize()
        return _GRAB_PIXELS * abs(pixel_x), _GRAB_PIXELS * abs(pixel_y)

    def nearest(self, x: float, y: float) -> int:
        """The drawn point that a place in the plane means, or -1."""
        points = self.points.points
        if not len(points):
            return -1
        radius_x, radius_y = self.grab_radius()
        near = np.abs(points[:, 0] - x) <= radius_x
        rows = np.flatnonzero(near)
        rows = rows[np.abs(points[rows, 1] - y) <= radius_y]
        if self.points.hides_some and len(rows):
            rows = rows[self.points.visible_rows()[rows]]
        if not len(rows):
            return -1
        across = (points[rows, 0] - x) / radius_x
        up = (points[rows, 1] - y) / radius_y
        return int(rows[np.argmin(np.hypot(across, up))])

    def _fit(self) -> None:
        self._fitted = QRectF(self._bounds)
        across = _MARGIN * self._bounds.width()
        up = _MARGIN * self._bounds.height()
        self.getViewBox().setRange(
            self._bounds.adjusted(-across, -up, across, up), padding=0.0, disableAutoRange=True
        )

    def _is_fit_stale(self) -> bool:
        # Into the margin, not beyond it: new axes take longer to draw than all points.
        allowed_x = 0.9 * _MARGIN * self._fitted.width()
        allowed_y = 0.9 * _MARGIN * self._fitted.height()
        roomy = self._fitted.adjusted(-allowed_x, -allowed_y, allowed_x, allowed_y)
        return (
            not roomy.contains(self._bounds)
            or max(
                self._bounds.width() / max(self._fitted.width(), 1e-9),
                self._bounds.height() / max(self._fitted.height(), 1e-9),
            )
            < _SMALLEST_FILL
        )

    def _on_moved_by_hand(self) -> None:
        self._follows = False

    # Mouse and keyboard

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        if event.buttons() == Qt.MouseButton.NoButton:
            self._leave_keys()
            point = self.to_plane(event.position())
            self.cursor_moved.emit(point.x(), point.y())

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.cursor_left.emit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._pressed_at = event.position()
        super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        moved = event.position() - self._pressed_at
        if event.button() == Qt.MouseButton.LeftButton and moved.manhattanLength() < 4:
            point = self.to_plane(event.position())
            self.clicked.emit(point.x(), point.y())

    _pressed_at = QPointF()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrow keys move a cross that decodes as the mouse does; Enter clicks; Home shows all."""
        steps = {
            Qt.Key.Key_Left: (-1, 0),
            Qt.Key.Key_Right: (1, 0),
            Qt.Key.Key_Up: (0, 1),
            Qt.Key.Key_Down: (0, -1),
        }
        key = Qt.Key(event.key())
        if key in steps:
            self._move_by_key(*steps[key])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._key_cursor is not None:
            self.clicked.emit(self._key_cursor.x(), self._key_cursor.y())
        elif key == Qt.Key.Key_Home:
            self.reset_view()
        else:
            super().keyPressEvent(event)

    def _move_by_key(self, across: int, up: int) -> None:
        pixel_x, pixel_y = self.getViewBox().viewPixelSize()
        now = self._key_cursor or self.getViewBox().viewRect().center()
        self._key_cursor = now + QPointF(
            across * _KEY_STEP_PIXELS * abs(pixel_x), up * _KEY_STEP_PIXELS * abs(pixel_y)
        )
        self._cross.setData(x=[self._key_cursor.x()], y=[self._key_cursor.y()])
        self._cross.setVisible(True)
        self.cursor_moved.emit(self._key_cursor.x(), self._key_cursor.y())

    def _leave_keys(self) -> None:
        if self._key_cursor is not None:
            self._key_cursor = None
            self._cross.setVisible(False)

    def to_plane(self, position: QPointF) -> QPointF:
        """The place in the plane that a place in the widget shows."""
        return QPointF(self.getViewBox().mapSceneToView(self.mapToScene(position.toPoint())))
