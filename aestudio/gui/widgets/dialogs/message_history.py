"""What the message line has said, newest first."""

from __future__ import annotations

from PySide6.QtWidgets import QListWidget, QListWidgetItem, QWidget

from aestudio.gui.icons import icon
from aestudio.gui.theme import SPACING, Theme
from aestudio.gui.widgets.dialogs.closable_dialog import ClosableDialog
from aestudio.gui.widgets.labels import PlainLabel


class MessageHistory(ClosableDialog):
    """A list of (severity, text)."""

    def __init__(self, theme: Theme, history: list[tuple[str, str]], parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Messages"))
        heading = PlainLabel(self.tr("Messages"))
        heading.setFont(theme.font("title"))
        self.list = QListWidget()
        self.list.setAccessibleName(self.tr("Messages, newest first"))
        self.list.setWordWrap(True)
        for severity, text in reversed(history):
            role = "muted_text" if severity == "info" else severity
            self.list.addItem(QListWidgetItem(icon(severity, theme, role), text))
        self.lay_out(heading, self.list)
        self.resize(80 * SPACING, 50 * SPACING)
