"""One sample with a caption: what the cursor decodes, what a point shows, an end of the path."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from aestudio.gui.plots.sample_art import SampleArt, Tile
from aestudio.gui.theme import Theme


class TileView(QWidget):
    """Draws one tile, or a hint while there is none."""

    #: Said after the newest tile is on the screen; benchmarks listen.
    painted = Signal()

    def __init__(self, theme: Theme, name: str, hint: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._art: SampleArt | None = None
        self._tile: Tile | None = None
        self._hint = hint
        self.setAccessibleName(name)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        theme.changed.connect(self.update)

    @property
    def tile(self) -> Tile | None:
        return self._tile

    def set_tile(self, art: SampleArt | None, tile: Tile | None) -> None:
        if tile is not self._tile or art is not self._art:
            self._art, self._tile = art, tile
            self.update()

    def set_hint(self, hint: str) -> None:
        if hint != self._hint:
            self._hint = hint
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(84, 84)

    def minimumSizeHint(self) -> QSize:
        return QSize(32, 32)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        place = QRectF(self.rect())
        has_picture = self._art is not None and isinstance(self._tile, QImage)
        painter.fillRect(place, QColor(self._theme.panel if has_picture else self._theme.raised))
        if self._art is not None and self._tile is not None:
            self._art.paint(painter, place, self._tile, self._theme.colors)
        else:
            painter.setPen(QPen(QColor(self._theme.muted_text)))
            inner = place.adjusted(4, 4, -4, -4)
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(inner, flags, self._hint)
        painter.end()
        self.painted.emit()
