"""Figures with their names, in as many columns as stay readable."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from aestudio.gui.theme import SPACING, Theme
from aestudio.gui.widgets.labels import PlainLabel

_NUM_COLUMNS = 2


class MeasuredTable(QWidget):
    """Names at the left, figures aligned at the right."""

    def __init__(
        self, theme: Theme, figures: Sequence[tuple[str, str]], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(2 * SPACING)
        grid.setVerticalSpacing(SPACING // 2)
        num_rows = -(-len(figures) // _NUM_COLUMNS)
        for place, (title, value) in enumerate(figures):
            row, column = place % num_rows, 3 * (place // num_rows)
            number = PlainLabel(value, wraps=False)
            number.setFont(theme.font("numbers"))
            number.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            grid.addWidget(PlainLabel(title, "muted", wraps=False), row, column)
            grid.addWidget(number, row, column + 1, Qt.AlignmentFlag.AlignRight)
        for column in range(_NUM_COLUMNS - 1):
            grid.setColumnMinimumWidth(3 * column + 2, 4 * SPACING)
        grid.setColumnStretch(3 * _NUM_COLUMNS, 1)
