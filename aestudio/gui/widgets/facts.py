"""Facts in two columns: what is said, and the words or the number."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFormLayout, QWidget

from aestudio.gui.theme import SPACING
from aestudio.gui.widgets.labels import ElidedLabel, PlainLabel


class Facts(QWidget):
    """One line per fact; what does not fit is cut in its middle, as the ends of paths matter."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._form = QFormLayout(self)
        self._form.setContentsMargins(0, 0, 0, 0)
        self._form.setVerticalSpacing(SPACING // 2)
        self._form.setHorizontalSpacing(2 * SPACING)

    def set_facts(self, facts: Sequence[tuple[str, str]]) -> None:
        """Replace what is shown."""
        while self._form.rowCount():
            self._form.removeRow(0)
        for heading, words in facts:
            shown = ElidedLabel(words, elide=Qt.TextElideMode.ElideMiddle)
            self._form.addRow(PlainLabel(heading, "muted", wraps=False), shown)
