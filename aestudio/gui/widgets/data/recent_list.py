"""What was opened lately, as buttons: one click opens it again."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from aestudio.gui.icons import icon
from aestudio.gui.theme import SPACING, Theme
from aestudio.gui.widgets.labels import PlainLabel, plain_tooltip


class RecentList(QWidget):
    """A heading and up to ``limit`` entries; says what will appear while there are none."""

    chosen = Signal(str)

    def __init__(
        self,
        theme: Theme,
        *,
        heading: str,
        empty_text: str,
        icon_name: str,
        limit: int = 4,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._icon_name = icon_name
        self._limit = limit
        title = PlainLabel(heading)
        title.setFont(theme.font("heading"))
        self._empty = PlainLabel(empty_text, "muted")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(SPACING // 2)
        self._column.addWidget(title)
        self._column.addWidget(self._empty)
        self._column.addStretch(1)
        self.buttons: list[QPushButton] = []

    def set_entries(self, entries: list[tuple[str, str]]) -> None:
        """Show (what to open, how to call it)."""
        for button in self.buttons:
            button.hide()
            button.deleteLater()
        self.buttons = [self._make_button(*entry) for entry in entries[: self._limit]]
        for position, button in enumerate(self.buttons):
            self._column.insertWidget(2 + position, button, 0, Qt.AlignmentFlag.AlignLeft)
        self._empty.setVisible(not self.buttons)

    def _make_button(self, target: str, text: str) -> QPushButton:
        # An ampersand in a file's name is no shortcut.
        button = QPushButton(icon(self._icon_name, self._theme), text.replace("&", "&&"))
        button.setProperty("role", "quiet")
        button.setAccessibleName(self.tr("Open {0}").format(text))
        button.setToolTip(plain_tooltip(target))
        button.clicked.connect(lambda: self.chosen.emit(target))
        return button
