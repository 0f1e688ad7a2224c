"""The answer to "what is this?" for the option under the pointer or in focus."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from aestudio.gui.theme import SPACING, Theme
from aestudio.gui.widgets.labels import PlainLabel
from aestudio.options import OptionField


class ExplanationBox(QFrame):
    """A title, one sentence of what the option does, and something to try."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "note")
        self._title = PlainLabel()
        self._title.setFont(theme.font("heading"))
        self._help = PlainLabel()
        self._hint = PlainLabel(role="muted")
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACING, SPACING, SPACING, SPACING)
        column.setSpacing(SPACING // 2)
        for label in (self._title, self._help, self._hint):
            label.setAlignment(Qt.AlignmentFlag.AlignTop)
            column.addWidget(label)
        column.addStretch(1)
        # A fixed height: nothing may jump while the pointer moves over the form.
        self.setFixedHeight(20 * SPACING)
        self._title.setText(self.tr("What is this?"))
        self._help.setText(self.tr("Point at a setting to read what it does."))

    @property
    def text(self) -> str:
        return "\n".join(label.text() for label in (self._title, self._help, self._hint))

    def explain(self, field: OptionField) -> None:
        """Show the help of one option."""
        hint = self.tr("Try: {0}").format(field.hint) if field.hint else ""
        self.show_words(field.title, field.help, hint)

    def show_words(self, title: str, words: str, hint: str) -> None:
        """Show whatever has to be explained."""
        self._title.setText(title)
        self._help.setText(words)
        self._hint.setText(hint)
