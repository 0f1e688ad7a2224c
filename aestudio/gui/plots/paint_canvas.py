"""A sample to paint on with the mouse or the keyboard; says where the brush goes and shows it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QWidget

from aestudio.gui.plots.sample_art import fitted
from aestudio.gui.plots.tile_view import TileView
from aestudio.gui.theme import Theme

#: How far an arrow key moves the brush, in pixels of the sample; with Shift.
_STEP, _LONG_STEP = 1.0, 5.0
_MOVES = {
    Qt.Key.Key_Left: (-1.0, 0.0),
    Qt.Key.Key_Right: (1.0, 0.0),
    Qt.Key.Key_Up: (0.0, -1.0),
    Qt.Key.Key_Down: (0.0, 1.0),
}


class PaintCanvas(TileView):
    """Turns what hand and keyboard do into strokes; it paints nothing itself.

    Places are (x, y) in pixels of the sample, from its upper left corner.
    """

    stroke_begun = Signal(float, float)
    stroke_moved = Signal(float, float)
    stroke_ended = Signal()

    def __init__(self, theme: Theme, name: str, parent: QWidget | None = None) -> None:
        super().__init__(theme, name, "", parent)
        self._diameter = 1.0
        self._brush: QPointF | None = None
        self._is_painting = False
        self.setAccessibleDescription(
            self.tr("The arrow keys move the brush, with Shift in longer steps. Space paints.")
        )
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setMouseTracking(True)

    @property
    def brush(self) -> tuple[float, float] | None:
        """Where the brush is, in pixels of the sample; None while it is nowhere."""
        return None if self._brush is None else (self._brush.x(), self._brush.y())

    def set_diameter(self, diameter: float) -> None:
        """How wide the brush is, in pixels of the sample."""
        self._diameter = diameter
        self.update()

    def lift(self) -> None:
        """Take the brush up, as when another sample comes."""
        if self._is_painting:
            self._is_painting = False
            self.stroke_ended.emit()

    def picture_rect(self) -> QRectF:
        """Where the picture is in the widget; empty while there is none."""
        tile = self.tile
        if not isinstance(tile, QImage):
            return QRectF()
        return fitted(QRectF(self.rect()), tile.width(), tile.height(), self.devicePixelRatioF())

    # The mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton and not self.picture_rect().isEmpty():
            self._brush = self._on_sample(event.position())
            self._put_down()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if not self.picture_rect().isEmpty():
            self._move_to(self._on_sample(event.position()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self.lift()

    def leaveEvent(self, event: QEvent) -> None:
        if not self._is_painting and not self.hasFocus():
            self._brush = None
            self.update()

    # The keyboard

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if self._brush is None and isinstance(self.tile, QImage):
            self._brush = QPointF(self.tile.width() // 2 + 0.5, self.tile.height() // 2 + 0.5)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.lift()
        if not self.underMouse():
            self._brush = None
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        tile = self.tile
        if self._brush is None or not isinstance(tile, QImage):
            super().keyPressEvent(event)
        elif key in _MOVES:
            is_long = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            step = _LONG_STEP if is_long else _STEP
            across, down = _MOVES[key]
            # On the middles of pixels, so that the finest brush paints the one that it is on.
            self._move_to(
                QPointF(
                    _kept_inside(self._brush.x() + step * across, tile.width()),
                    _kept_inside(self._brush.y() + step * down, tile.height()),
                )
            )
        elif key == Qt.Key.Key_Space:
            if not event.isAutoRepeat():
                self._put_down()
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if event.key() != Qt.Key.Key_Space:
            super().keyReleaseEvent(event)
        elif not event.isAutoRepeat():
            self.lift()

    # Drawing

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        if self.hasFocus():
            painter.setPen(QPen(QColor(self._theme.accent), 2))
            frame = self.picture_rect().adjusted(-2, -2, 2, 2)
            painter.drawRect(frame.intersected(QRectF(self.rect()).adjusted(1, 1, -1, -1)))
        if self._brush is not None and isinstance(self.tile, QImage):
            self._paint_brush(painter, self._brush, self.tile)
        painter.end()

    def _paint_brush(self, painter: QPainter, brush: QPointF, tile: QImage) -> None:
        place = self.picture_rect()
        scale = place.width() / tile.width()
        center = place.topLeft() + brush * scale
        radius = max(2.0, scale * self._diameter / 2)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        # One ring lighter and one darker than whatever lies under them.
        for color, width in ((self._theme.panel, 3.0), (self._theme.text, 1.2)):
            painter.setPen(QPen(QColor(color), width))
            painter.drawEllipse(center, radius, radius)

    # What both do

    def _put_down(self) -> None:
        if self._brush is not None:
            self._is_painting = True
            self.stroke_begun.emit(self._brush.x(), self._brush.y())
            self.update()

    def _move_to(self, place: QPointF) -> None:
        self._brush = place
        if self._is_painting:
            self.stroke_moved.emit(place.x(), place.y())
        self.update()

    def _on_sample(self, position: QPointF) -> QPointF:
        place, tile = self.picture_rect(), self.tile
        assert isinstance(tile, QImage)
        return (position - place.topLeft()) * (tile.width() / place.width())


def _kept_inside(place: float, size: int) -> float:
    """Return the middle of the pixel at ``place``, or of the nearest one in the picture."""
    return min(max(0.0, float(int(place))), size - 1.0) + 0.5
