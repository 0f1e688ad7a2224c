"""Labels that show text as it is: a file's name is never taken for markup."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from aestudio.gui.restyling import set_styled


class PlainLabel(QLabel):
    """Plain text that wraps; ``role`` is "muted", "error", "warning" or "good"."""

    def __init__(
        self, text: str = "", role: str = "", *, wraps: bool = True, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(wraps)
        self.setText(text)
        # Not through set_role: polishing a label that was never shown would drop its font later.
        self.setProperty("role", role)

    def set_role(self, role: str) -> None:
        """Change the colour that the style sheet gives this label."""
        if self.property("role") != role:
            set_styled(self, "role", role)


class ElidedLabel(QWidget):
    """One line of plain text that ends in an ellipsis, and in a tooltip, where it does not fit."""

    def __init__(
        self,
        text: str = "",
        *,
        elide: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._text = ""
        self._elide = elide
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setText(text)

    def text(self) -> str:
        return self._text

    def setText(self, text: str) -> None:
        self._text = " ".join(text.split())
        self.setAccessibleName(self._text)
        self._update_tooltip()
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(self.font())
        return QSize(metrics.horizontalAdvance(self._text) + 2, metrics.height() + 2)

    def minimumSizeHint(self) -> QSize:
        return QSize(16, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        shown = painter.fontMetrics().elidedText(self._text, self._elide, self.width())
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter, shown)

    def resizeEvent(self, event: object) -> None:
        self._update_tooltip()

    def _update_tooltip(self) -> None:
        is_cut = QFontMetrics(self.font()).horizontalAdvance(self._text) > self.width()
        self.setToolTip(plain_tooltip(self._text) if is_cut else "")


def plain_tooltip(text: str) -> str:
    """Return ``text`` as a tooltip that wraps and shows markup characters literally."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    paragraphs = "<br>".join(escaped.splitlines())
    return f"<p style='white-space:pre-wrap'>{paragraphs}</p>" if escaped else ""
