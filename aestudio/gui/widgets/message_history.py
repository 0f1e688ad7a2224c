"""What the message line has said, newest first."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from aestudio.gui.icons import icon
from aestudio.gui.theme import SPACING, Theme
from aestudio.gui.widgets.labels import PlainLabel


class MessageHistory(QDialog):
    """A list of (severity, text)."""

    def __init__(self, theme: Theme, history: list[tuple[str, str]], parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Messages"))
        heading = PlainLabel(self.tr("Messages"))
        heading.setFont(theme.font("title"))
        self.list = QListWidget()
        self.list.setAccessibleName(self.tr("Messages, newest first"))
        self.list.setWordWrap(True)
        for severity, text in reversed(history):
            role = "muted_text" if severity == "info" else severity
            self.list.addItem(QListWidgetItem(icon(severity, theme, role), text))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.button(QDialogButtonBox.StandardButton.Close).setAccessibleName(self.tr("Close"))
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(3 * SPACING, 3 * SPACING, 3 * SPACING, 2 * SPACING)
        column.setSpacing(2 * SPACING)
        column.addWidget(heading)
        column.addWidget(self.list)
        column.addWidget(buttons)
        self.resize(80 * SPACING, 50 * SPACING)
