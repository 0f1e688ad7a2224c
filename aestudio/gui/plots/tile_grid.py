"""Several samples in a grid, drawn once into a picture that is then only copied to the screen."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QToolTip, QWidget

from aestudio.data.series.sample_times import Moments
from aestudio.gui.palette import Colors
from aestudio.gui.plots.sample_art import SampleArt, Tile
from aestudio.gui.plots.time_axis import inner_rect, paint_time_axis, paint_value_lines
from aestudio.gui.theme import Theme
from aestudio.gui.widgets.labels import plain_tooltip

GAP = 2
_PROFILE_SIZE = QSize(120, 44)
#: With an axis of time below.
_TIMED_PROFILE_SIZE = QSize(190, 92)


class TileGrid(QWidget):
    """Tiles in rows; when ``clickable``, one can be chosen with the mouse or the keyboard."""

    chosen = Signal(int)

    def __init__(self, theme: Theme, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._art: SampleArt | None = None
        self._tiles: list[Tile] = []
        self._originals: list[Tile] = []
        self._names: list[str] = []
        self._moments: Moments | None = None
        self._columns = 1
        self._cell = QSize(1, 1)
        self._count = 0
        self._current = -1
        self._marked = -1
        self._clickable = False
        self._is_centred = False
        self._drawn: QPixmap | None = None
        self.setAccessibleName(name)
        self.setMinimumSize(40, 40)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        theme.changed.connect(self._redraw)

    def set_clickable(self, clickable: bool) -> None:
        self._clickable = clickable
        focus, cursor = Qt.FocusPolicy, Qt.CursorShape
        self.setFocusPolicy(focus.StrongFocus if clickable else focus.NoFocus)
        self.setCursor(cursor.PointingHandCursor if clickable else cursor.ArrowCursor)

    def set_centred(self, is_centred: bool) -> None:
        """Whether room that is left stays above and below the tiles, or all of it below."""
        self._is_centred = is_centred
        self._redraw()

    def set_layout(self, columns: int, cell: QSize, count: int) -> None:
        """How many of the tiles are shown, in how many columns, in cells of what size."""
        if (columns, cell, count) != (self._columns, self._cell, self._count):
            self._columns, self._cell, self._count = columns, cell, count
            self._redraw()

    def set_tiles(
        self,
        art: SampleArt | None,
        tiles: list[Tile],
        *,
        originals: list[Tile] | None = None,
        names: list[str] | None = None,
    ) -> None:
        """``originals`` are drawn behind profiles; ``names`` are what the tool tips say."""
        self._art, self._tiles = art, tiles
        self._originals = originals or []
        if names is not None:
            self._names = names
        self._redraw()

    def set_moments(self, moments: Moments | None) -> None:
        """When the steps of each tile were: drawn as an axis below the profiles."""
        self._moments = moments
        self._redraw()

    def mark(self, index: int) -> None:
        """Frame the tile that is in use; the keyboard goes on from there."""
        self._marked = self._current = index
        self.update()

    def cell_rect(self, index: int) -> QRect:
        """Where the tile of ``index`` is, in the widget."""
        row, column = divmod(index, self._columns)
        shown_columns = min(self._columns, max(1, self._count))
        used = shown_columns * (self._cell.width() + GAP) - GAP
        left, top = max(0, (self.width() - used) // 2), 0
        if self._is_centred:
            num_rows = -(-self._count // self._columns)
            top = max(0, (self.height() - num_rows * (self._cell.height() + GAP) + GAP) // 2)
        corner = QPoint(
            left + column * (self._cell.width() + GAP), top + row * (self._cell.height() + GAP)
        )
        return QRect(corner, self._cell)

    def paint_tiles(self, painter: QPainter, colors: Colors) -> None:
        """Draw all tiles at their places."""
        if self._art is None:
            return
        for index, tile in enumerate(self._tiles[: self._count]):
            behind = self._originals[index] if index < len(self._originals) else None
            cell = QRectF(self.cell_rect(index))
            if not self._art.is_image:
                painter.fillRect(cell, QColor(colors.raised))
            if self._moments is not None:
                paint_time_axis(painter, cell, self._moments, index, colors)
                cell = inner_rect(cell)
                if (limits := self._art.value_limits) is not None:
                    paint_value_lines(painter, cell, limits, colors)
            self._art.paint(painter, cell, tile, colors, original=behind)

    # Qt

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self._drawn is None:
            self._drawn = self._draw()
        painter.drawPixmap(0, 0, self._drawn)
        if 0 <= self._marked < self._count:
            painter.setPen(QPen(QColor(self._theme.text), 2))
            painter.drawRect(self.cell_rect(self._marked).adjusted(1, 1, -1, -1))
        if self._clickable and self.hasFocus() and 0 <= self._current < self._count:
            painter.setPen(QPen(QColor(self._theme.accent), 2))
            painter.drawRect(self.cell_rect(self._current).adjusted(1, 1, -1, -1))

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._redraw()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self._index_at(event.position().toPoint())
        if self._clickable and index >= 0:
            self._current = index
            self.chosen.emit(index)
            self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        moves = {
            Qt.Key.Key_Left: -1,
            Qt.Key.Key_Right: 1,
            Qt.Key.Key_Up: -self._columns,
            Qt.Key.Key_Down: self._columns,
        }
        key = Qt.Key(event.key())
        if not self._clickable or not self._count:
            super().keyPressEvent(event)
        elif key in moves:
            self._current = min(max(0, self._current + moves[key]), self._count - 1)
            self.update()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.chosen.emit(max(0, self._current))
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent):
            index = self._index_at(event.pos())
            if 0 <= index < len(self._names):
                QToolTip.showText(event.globalPos(), plain_tooltip(self._names[index]), self)
                return True
        return super().event(event)

    def _index_at(self, position: QPoint) -> int:
        for index in range(self._count):
            if self.cell_rect(index).contains(position):
                return index
        return -1

    def _redraw(self) -> None:
        self._drawn = None
        self.update()

    def _draw(self) -> QPixmap:
        ratio = self.devicePixelRatioF()
        pixmap = QPixmap(round(self.width() * ratio), round(self.height() * ratio))
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(QColor(self._theme.panel))
        painter = QPainter(pixmap)
        self.paint_tiles(painter, self._theme.colors)
        painter.end()
        return pixmap


def grid_for(
    area: QSize, count: int, art: SampleArt, ratio: float, wanted: int, *, is_timed: bool = False
) -> tuple[int, QSize, int]:
    """Choose (columns, cell, shown): the largest pixels at which ``wanted`` samples fit.

    Where not even one fits unmagnified, one is shown, shrunk. Profiles with an axis of time need
    more room.
    """
    if not art.is_image:
        least = _TIMED_PROFILE_SIZE if is_timed else _PROFILE_SIZE
        columns = max(1, area.width() // (least.width() + GAP))
        rows = max(1, area.height() // (least.height() + GAP))
        shown = min(count, columns * rows)
        used_rows = max(1, -(-shown // columns))
        cell = QSize(area.width() // columns - GAP, area.height() // used_rows - GAP)
        return columns, cell, shown
    wanted = min(wanted, count)
    largest = int(min(area.width() / art.width, area.height() / art.height) * ratio)
    for magnification in range(max(1, largest), 0, -1):
        width = -(-art.width * magnification // ratio)
        height = -(-art.height * magnification // ratio)
        columns = int((area.width() + GAP) // (width + GAP))
        rows = int((area.height() + GAP) // (height + GAP))
        if columns * rows >= wanted or magnification == 1:
            break
    if columns * rows == 0:
        side = min(area.width() / art.width, area.height() / art.height)
        return 1, QSize(int(art.width * side), int(art.height * side)), min(1, count)
    shown = min(count, columns * rows)
    return min(columns, max(1, shown)), QSize(int(width), int(height)), shown
