"""Figures with their names, and what each of them says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from aestudio.gui.theme import SPACING, Theme
from aestudio.gui.widgets.labels import PlainLabel

if TYPE_CHECKING:
    from aestudio.analysis.doctor import Measured


class MeasuredTable(QWidget):
    """Names at the left, figures aligned at their right ends, and the rest for what they say."""

    def __init__(
        self, theme: Theme, figures: Sequence[Measured], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(2 * SPACING)
        grid.setVerticalSpacing(SPACING // 2)
        for row, figure in enumerate(figures):
            number = PlainLabel(figure.text, wraps=False)
            number.setFont(theme.font("numbers"))
            number.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            grid.addWidget(PlainLabel(figure.title, wraps=False), row, 0)
            grid.addWidget(number, row, 1, Qt.AlignmentFlag.AlignRight)
            grid.addWidget(PlainLabel(figure.meaning, "muted"), row, 2)
        grid.setColumnStretch(2, 1)
