"""One end of the path between two codes: its picture, its letter, and the way to change it."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QWidget

from aestudio.gui.plots.sample_art import SampleArt, Tile
from aestudio.gui.theme import Theme

_SIDE = 72
_BADGE = 18


class EndButton(QAbstractButton):
    """Checked while the next click on the map or on an original sets this end."""

    def __init__(self, theme: Theme, end: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._end = end
        self._art: SampleArt | None = None
        self._tile: Tile | None = None
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        theme.changed.connect(self.update)
        self.set_content(None, None, "")

    def set_content(self, art: SampleArt | None, tile: Tile | None, name: str) -> None:
        """Show the decoded end; ``name`` says which sample or place it is."""
        self._art, self._tile = art, tile
        what = name or self.tr("not chosen yet")
        self.setAccessibleName(self.tr("End {end}: {what}").format(end=self._end, what=what))
        self.setToolTip(
            self.tr("{end}: {what}. Press, then click the map or an original to change it.").format(
                end=self._end, what=what
            )
        )
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(_SIDE, _SIDE)

    def paintEvent(self, event: QPaintEvent) -> None:
        colors = self._theme.colors
        painter = QPainter(self)
        place = QRectF(self.rect())
        painter.fillRect(place, QColor(colors.raised))
        if self._art is not None and self._tile is not None:
            self._art.paint(painter, place.adjusted(3, 3, -3, -3), self._tile, colors)
        else:
            painter.setPen(QColor(colors.muted_text))
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(place.adjusted(4, 14, -4, -2), flags, self.tr("click the map"))
        is_marked = self.isChecked() or self.hasFocus()
        painter.setPen(QPen(QColor(colors.accent if is_marked else colors.border), 2))
        painter.drawRect(place.adjusted(1, 1, -1, -1))
        badge = QRectF(0, 0, _BADGE, _BADGE)
        painter.fillRect(badge, QColor(colors.accent if self.isChecked() else colors.text))
        painter.setPen(QColor(colors.accent_text if self.isChecked() else colors.panel))
        font = painter.font()
        font.setBold(True)
        painter.setFont(font)
        painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, self._end)
