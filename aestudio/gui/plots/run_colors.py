"""The colour of each run of a comparison: the same in its table, curves, pictures and maps."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QLabel, QWidget

from aestudio.gui.palette import Colors
from aestudio.gui.theme import Theme

_SIZE = 14


def run_color(place: int, colors: Colors) -> str:
    """The colour, from a palette that colour-blind people can tell apart, of the run at ``place``."""
    return colors.series[place % len(colors.series)]


def run_pixmap(place: int, theme: Theme, ratio: float) -> QPixmap:
    """A short thick line in the run's colour."""
    pixmap = QPixmap(round(_SIZE * ratio), round(_SIZE * ratio))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    pen = QPen(QColor(run_color(place, theme.colors)), 4.0)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    painter.setPen(pen)
    painter.drawLine(QPointF(3, _SIZE / 2), QPointF(_SIZE - 3, _SIZE / 2))
    painter.end()
    return pixmap


def run_icon(place: int, theme: Theme, ratio: float) -> QIcon:
    return QIcon(run_pixmap(place, theme, ratio))


class RunSwatch(QLabel):
    """The colour of one run beside its name."""

    def __init__(self, place: int, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._place = place
        self._theme = theme
        self.setFixedSize(_SIZE, _SIZE)
        theme.changed.connect(self._draw)
        self._draw()

    def _draw(self) -> None:
        self.setPixmap(run_pixmap(self._place, self._theme, self.devicePixelRatioF()))
