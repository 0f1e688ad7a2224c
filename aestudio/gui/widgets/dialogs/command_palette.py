"""Find any command by typing a part of its name (Ctrl+Shift+P)."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QHeaderView,
    QLineEdit,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from aestudio.gui.commands import Command, CommandRegistry
from aestudio.gui.theme import SPACING, Theme
from aestudio.gui.widgets.forms.word_search import has_words

_ROW_HEIGHT = 3 * SPACING
#: More than this many scroll.
_MOST_ROWS = 18
_ACTION = Qt.ItemDataRole.UserRole


class CommandPalette(QDialog):
    """A search box over every command; Enter runs the chosen one."""

    chosen = Signal(QAction)

    def __init__(self, commands: CommandRegistry, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setProperty("role", "popup")
        self._commands = commands
        self._search = QLineEdit()
        self._search.setPlaceholderText(self.tr("Type a command"))
        self._search.setAccessibleName(self.tr("Search commands"))
        self._list = QTreeWidget()
        self._list.setColumnCount(3)
        self._list.setHeaderHidden(True)
        self._list.setRootIsDecorated(False)
        self._list.setUniformRowHeights(True)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.setTextElideMode(Qt.TextElideMode.ElideRight)
        self._list.setAccessibleName(self.tr("Commands found"))
        self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACING, SPACING, SPACING, SPACING)
        column.addWidget(self._search)
        column.addWidget(self._list)
        self.setFixedWidth(min(104 * SPACING, parent.width() - 4 * SPACING))
        self._search.textChanged.connect(self._fill)
        self._search.returnPressed.connect(self._run_current)
        self._list.itemClicked.connect(self._run_current)
        self._search.installEventFilter(self)
        self._fill("")
        corner = parent.mapToGlobal(parent.rect().topLeft())
        self.move(corner.x() + (parent.width() - self.width()) // 2, corner.y() + 6 * SPACING)
        self._search.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let the arrow keys move in the list while the text box keeps the focus."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}
            step = steps.get(Qt.Key(event.key()))
            if step is not None:
                self._move(step)
                return True
        return super().eventFilter(watched, event)

    def _fill(self, wanted: str) -> None:
        self._list.clear()
        titled, helped = [], []
        for command, action in self._commands:
            if has_words(f"{command.menu} {command.title}".replace("&", ""), wanted):
                titled.append((command, action))
            elif has_words(f"{command.title} {command.help}".replace("&", ""), wanted):
                helped.append((command, action))
        # What is called so comes before what is only described so.
        for command, action in titled + helped:
            self._list.addTopLevelItem(self._item(command, action))
        header = self._list.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        rows = max(1, min(_MOST_ROWS, self._list.topLevelItemCount()))
        self._list.setFixedHeight(rows * _ROW_HEIGHT + SPACING)
        self.adjustSize()
        self._move(0)

    def _item(self, command: Command, action: QAction) -> QTreeWidgetItem:
        keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        # A command that cannot run says why where its help stands.
        item = QTreeWidgetItem([command.title.replace("&", ""), action.toolTip(), keys])
        item.setData(0, _ACTION, action)
        item.setToolTip(1, action.toolTip())
        width = self.fontMetrics().horizontalAdvance(item.text(0)) + 4 * SPACING
        item.setSizeHint(0, QSize(width, _ROW_HEIGHT))
        item.setDisabled(not action.isEnabled())
        return item

    def _move(self, step: int) -> None:
        """Go to the next command that can run; 0 goes to the first one."""
        items = [self._list.topLevelItem(row) for row in range(self._list.topLevelItemCount())]
        usable = [item for item in items if item is not None and not item.isDisabled()]
        if not usable:
            return
        current = self._list.currentItem()
        place = usable.index(current) + step if step and current in usable else 0
        self._list.setCurrentItem(usable[max(0, min(len(usable) - 1, place))])

    def _run_current(self) -> None:
        item = self._list.currentItem()
        if item is None or item.isDisabled():
            return
        action = item.data(0, _ACTION)
        self.close()
        self.chosen.emit(action)
