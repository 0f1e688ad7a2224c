"""Icons drawn by this project, tinted with the theme's colours at the moment of painting."""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import QByteArray, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QIconEngine, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from aestudio.assets import resource
from aestudio.gui.theme import Theme


def icon(name: str, theme: Theme, role: str = "text") -> QIcon:
    """Return the icon ``resources/icons/NAME.svg`` in the theme's colour ``role``.

    The icon follows the theme: it reads the colour each time it is painted.
    """
    return QIcon(_TintedIcon(name, theme, role))


def app_icon() -> QIcon:
    """Return the program's own icon, which has its own colours."""
    return QIcon(str(resource("icons", "aestudio.svg")))


@cache
def _svg_text(name: str) -> str:
    return resource("icons", f"{name}.svg").read_text(encoding="utf-8")


class _TintedIcon(QIconEngine):
    def __init__(self, name: str, theme: Theme, role: str) -> None:
        super().__init__()
        self._name = name
        self._theme = theme
        self._role = role

    def clone(self) -> QIconEngine:
        return _TintedIcon(self._name, self._theme, self._role)

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        role = "control_border" if mode == QIcon.Mode.Disabled else self._role
        color = QColor(getattr(self._theme.colors, role))
        drawn = _svg_text(self._name).replace("currentColor", color.name())
        QSvgRenderer(QByteArray(drawn.encode())).render(painter, QRectF(rect))

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        pixmap = QPixmap(size)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        self.paint(painter, QRect(QPoint(0, 0), size), mode, state)
        painter.end()
        return pixmap
