"""How many samples each label has, as bars beside the numbers."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from aestudio.gui.theme import SPACING, Theme

_ROW_HEIGHT = 20
_MAX_NAME_WIDTH = 14 * SPACING
_COUNT_WIDTH = 6 * SPACING


class LabelCounts(QWidget):
    """One row per label."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._counts: tuple[tuple[str, int], ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def set_counts(self, counts: tuple[tuple[str, int], ...]) -> None:
        self._counts = counts
        self.setAccessibleName(self.tr("Samples per label"))
        self.setAccessibleDescription(", ".join(f"{name}: {count}" for name, count in counts))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(30 * SPACING, _ROW_HEIGHT * len(self._counts))

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._counts:
            return
        painter = QPainter(self)
        painter.setFont(self._theme.font("numbers"))
        metrics = painter.fontMetrics()
        widest = max(metrics.horizontalAdvance(name) for name, _ in self._counts)
        name_width = min(widest + SPACING, _MAX_NAME_WIDTH)
        most = max(count for _, count in self._counts) or 1
        bar_space = max(1, self.width() - name_width - _COUNT_WIDTH)
        for index, (name, count) in enumerate(self._counts):
            row = QRect(0, index * _ROW_HEIGHT, self.width(), _ROW_HEIGHT)
            if not row.intersects(event.rect()):
                continue
            # Letters are wider by parts of a pixel than they are measured to be.
            shown = metrics.elidedText(name, Qt.TextElideMode.ElideRight, name_width - SPACING // 2)
            painter.setPen(QColor(self._theme.text))
            painter.drawText(row, Qt.AlignmentFlag.AlignVCenter, shown)
            length = round(bar_space * count / most)
            painter.fillRect(
                QRect(name_width, row.top() + 6, length, _ROW_HEIGHT - 12),
                QColor(self._theme.accent),
            )
            painter.setPen(QColor(self._theme.muted_text))
            painter.drawText(
                row, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, f"{count:,}"
            )
