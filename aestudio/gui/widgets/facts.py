"""Facts in two columns: what is said, and the words or the number."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFormLayout, QWidget

from aestudio.gui.theme import SPACING
from aestudio.gui.widgets.labels import ElidedLabel, PlainLabel

#: A longer word, such as a path, cannot be wrapped.
_LONGEST_WORD = 20


class Facts(QWidget):
    """What does not fit is cut in its middle, as the ends of paths matter, or wrapped if it can be."""

    def __init__(self, *, wraps: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._wraps = wraps
        self._form = QFormLayout(self)
        self._form.setContentsMargins(0, 0, 0, 0)
        self._form.setVerticalSpacing(SPACING // 2)
        self._form.setHorizontalSpacing(2 * SPACING)

    def set_facts(self, facts: Sequence[tuple[str, str]]) -> None:
        """Replace what is shown."""
        while self._form.rowCount():
            self._form.removeRow(0)
        for heading, words in facts:
            title = PlainLabel(heading, "muted", wraps=False)
            if self._wraps and max(map(len, words.split()), default=0) <= _LONGEST_WORD:
                title.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
                self._form.addRow(title, PlainLabel(words))
            else:
                self._form.addRow(title, ElidedLabel(words, elide=Qt.TextElideMode.ElideMiddle))
