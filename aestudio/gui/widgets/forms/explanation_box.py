"""The answer to "what is this?" for the option under the pointer or in focus."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from aestudio.gui.theme import SPACING, Theme
from aestudio.gui.widgets.labels import PlainLabel
from aestudio.gui.widgets.scrolling import scrolled
from aestudio.options import OptionField

_LEAST_HEIGHT = 8 * SPACING
#: While nobody points at anything.
_USUAL_ROOM = 20 * SPACING


class ExplanationBox(QFrame):
    """A title, one sentence of what the option does, and something to try.

    As high as its words, as far as there is room; longer words scroll.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "note")
        self._title = PlainLabel()
        self._title.setFont(theme.font("heading"))
        self._help = PlainLabel()
        self._hint = PlainLabel(role="muted")
        self._words = QWidget()
        column = QVBoxLayout(self._words)
        column.setContentsMargins(SPACING, SPACING, SPACING, SPACING)
        column.setSpacing(SPACING // 2)
        for label in (self._title, self._help, self._hint):
            label.setAlignment(Qt.AlignmentFlag.AlignTop)
            column.addWidget(label)
        column.addStretch(1)
        self._area = scrolled(self._words)
        self._area.viewport().setAutoFillBackground(False)
        self._words.setAutoFillBackground(False)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._area)
        self._room = _USUAL_ROOM
        self._may_shrink = True
        self._title.setText(self.tr("What is this?"))
        self._help.setText(self.tr("Point at a setting to read what it does."))
        self._hint.hide()

    @property
    def text(self) -> str:
        return "\n".join(label.text() for label in (self._title, self._help, self._hint))

    def explain(
        self, field: OptionField, room: int = _USUAL_ROOM, *, may_shrink: bool = True
    ) -> None:
        """Show the help of one option in at most ``room`` pixels of height.

        Unless the box ``may_shrink``, it keeps the height that it has taken already.
        """
        self._room, self._may_shrink = max(room, _LEAST_HEIGHT), may_shrink
        hint = self.tr("Try: {0}").format(field.hint) if field.hint else ""
        self.show_words(field.title, field.help, hint)

    def settle(self) -> None:
        """Take the usual room again."""
        self._room, self._may_shrink = _USUAL_ROOM, True
        self._fit()

    def show_words(self, title: str, words: str, hint: str) -> None:
        """Show whatever has to be explained."""
        self._title.setText(title)
        self._help.setText(words)
        self._hint.setText(hint)
        self._hint.setVisible(bool(hint))
        self._area.verticalScrollBar().setValue(0)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._fit()

    def _fit(self) -> None:
        column = self._words.layout()
        needed = 0 if column is None else column.totalHeightForWidth(self._area.width())
        height = min(needed, self._room)
        self.setFixedHeight(height if self._may_shrink else max(height, self.height()))
