"""A panel with a heading: the frame that everything on a sheet stands in."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from aestudio.gui.theme import SPACING, Theme
from aestudio.gui.widgets.labels import PlainLabel


class Section(QFrame):
    """A heading above one widget."""

    def __init__(
        self, theme: Theme, heading: str, content: QWidget, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setProperty("role", "panel")
        title = PlainLabel(heading)
        title.setFont(theme.font("heading"))
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * SPACING, 2 * SPACING, 2 * SPACING, 2 * SPACING)
        column.setSpacing(SPACING)
        column.addWidget(title)
        column.addWidget(content, 1)
