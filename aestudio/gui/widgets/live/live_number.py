"""Figures that change several times a second while everything around them stays where it is."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QLabel, QWidget


class LiveNumber(QLabel):
    """A line of figures that grows to the longest text so far.

    A label without a fixed size asks for a new layout of the whole window whenever its text
    changes; while training that cost more than painting it.
    """

    def __init__(self, font: QFont, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFont(font)
        self.setTextFormat(Qt.TextFormat.PlainText)

    def show_text(self, text: str) -> None:
        """Show ``text``; an empty one takes no room."""
        if text == self.text():
            return
        needed = QSize(self.fontMetrics().horizontalAdvance(text), self.fontMetrics().height())
        if not text or needed.width() > self.width() or self.maximumWidth() != self.minimumWidth():
            self.setFixedSize(needed)
        self.setText(text)
