"""A table to read and not to edit, and the remarks below it: what sheets of results share."""

from __future__ import annotations

from abc import abstractmethod

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import (
    QAbstractItemView,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from aestudio.gui.theme import SPACING, Theme
from aestudio.gui.widgets.labels import PlainLabel
from aestudio.gui.widgets.plain_table import make_plain


class TableSheet(QWidget):
    """Rows of figures under a head; what they are is up to the sheet."""

    def __init__(self, theme: Theme, table_name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme = theme
        self.table = QTableWidget()
        make_plain(self.table, table_name)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setFont(theme.font("numbers"))
        self.table.verticalHeader().setDefaultSectionSize(int(3.5 * SPACING))
        self.remarks = PlainLabel("", "muted")
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, SPACING, 0, 0)
        self.column.setSpacing(SPACING)
        self.column.addWidget(self.table, 1)
        self.column.addWidget(self.remarks)
        theme.changed.connect(self.fill)

    @abstractmethod
    def fill(self) -> None:
        """Write the table anew, in the colours of the theme; nothing where nothing is known."""

    def add_head(self, column: int, text: str) -> QTableWidgetItem:
        """Write the head of a column and return it."""
        item = QTableWidgetItem(text)
        item.setFont(self.theme.font("heading"))
        item.setTextAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.table.setHorizontalHeaderItem(column, item)
        return item

    def bold(self) -> QFont:
        """The font of the figures that matter most."""
        font = QFont(self.table.font())
        font.setBold(True)
        return font
