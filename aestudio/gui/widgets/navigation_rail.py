"""The rail at the left: one button per workspace."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QFrame, QToolButton, QVBoxLayout, QWidget

from aestudio.gui.icons import icon
from aestudio.gui.theme import SPACING, Theme

_WIDTH = 10 * SPACING


class NavigationRail(QFrame):
    """Says which workspace is wanted."""

    chosen = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setProperty("role", "rail")
        self.setFixedWidth(_WIDTH)
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        self._buttons: dict[str, QToolButton] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(SPACING // 2, SPACING, SPACING // 2, SPACING)
        self._column.setSpacing(SPACING // 2)
        self._column.addStretch(1)

    def add(self, name: str, title: str, icon_name: str, help_text: str) -> None:
        """Append one workspace."""
        button = QToolButton()
        button.setProperty("role", "rail")
        button.setCheckable(True)
        button.setIcon(icon(icon_name, self._theme))
        button.setIconSize(QSize(22, 22))
        button.setText(title)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        button.setFixedSize(_WIDTH - SPACING, 7 * SPACING)
        button.setToolTip(help_text)
        button.setAccessibleName(title)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(lambda: self.chosen.emit(name))
        self._group.addButton(button)
        self._buttons[name] = button
        self._column.insertWidget(self._column.count() - 1, button)

    def show_chosen(self, name: str) -> None:
        """Mark ``name`` as the workspace that is shown."""
        self._buttons[name].setChecked(True)
