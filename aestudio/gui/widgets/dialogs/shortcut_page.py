"""Every command with its keys and one sentence of help."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QHeaderView, QTableWidget, QTableWidgetItem, QWidget

from aestudio.gui.commands import CommandRegistry
from aestudio.gui.theme import SPACING, Theme
from aestudio.gui.widgets.dialogs.closable_dialog import ClosableDialog
from aestudio.gui.widgets.labels import PlainLabel


class ShortcutPage(ClosableDialog):
    """A table of the command registry."""

    def __init__(self, commands: CommandRegistry, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Keyboard shortcuts"))
        heading = PlainLabel(self.tr("Keyboard shortcuts"))
        heading.setFont(theme.font("title"))
        self.table = QTableWidget(0, 3)
        self.table.setAccessibleName(self.tr("Keyboard shortcuts"))
        self.table.setHorizontalHeaderLabels(
            [self.tr("Keys"), self.tr("Command"), self.tr("What it does")]
        )
        self.table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self.table.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectRows)
        self.table.setShowGrid(False)
        self.table.verticalHeader().hide()
        self._fill(commands)
        self.lay_out(heading, self.table)
        self.resize(90 * SPACING, 64 * SPACING)

    def _fill(self, commands: CommandRegistry) -> None:
        for command, action in commands:
            keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
            row = self.table.rowCount()
            self.table.insertRow(row)
            for column, text in enumerate((keys, command.title.replace("&", ""), command.help)):
                item = QTableWidgetItem(text)
                item.setTextAlignment(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
                self.table.setItem(row, column, item)
        header = self.table.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(2, QHeaderView.ResizeMode.Stretch)
