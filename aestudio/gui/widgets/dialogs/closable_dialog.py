"""The frame of dialogs that only show something: a column of parts above one Close button."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLayout, QVBoxLayout, QWidget

from aestudio.gui.theme import SPACING


class ClosableDialog(QDialog):
    """Goes away for good when it is closed; subclasses hand their parts to :meth:`lay_out`."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)

    def lay_out(self, *parts: QWidget | QLayout) -> None:
        """Put the parts below each other, and Close below them."""
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.button(QDialogButtonBox.StandardButton.Close).setAccessibleName(self.tr("Close"))
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(3 * SPACING, 3 * SPACING, 3 * SPACING, 2 * SPACING)
        column.setSpacing(2 * SPACING)
        for part in (*parts, buttons):
            if isinstance(part, QLayout):
                column.addLayout(part)
            else:
                column.addWidget(part)
