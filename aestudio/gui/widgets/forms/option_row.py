"""One line of a form: the option's title, its control, a way back, and what is wrong with it."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QToolButton, QWidget

from aestudio.errors import StudioError
from aestudio.gui.icons import icon
from aestudio.gui.theme import SPACING, Theme
from aestudio.gui.widgets.forms.option_editors import OptionEditor, explanation, make_editor
from aestudio.gui.widgets.forms.word_search import has_words
from aestudio.gui.widgets.labels import PlainLabel
from aestudio.options import CHANGE_IT, OptionField

_CONTROL_WIDTH = 17 * SPACING
_SIDE = 2 * SPACING + 4


class OptionRow(QWidget):
    """Shows whether its value differs from the one it would go back to."""

    edited = Signal(str, object)
    #: The person is done with editing this option.
    finished = Signal(str)
    #: The pointer or the focus has come to this option.
    visited = Signal(object)

    def __init__(
        self,
        field: OptionField,
        theme: Theme,
        parent: QWidget | None = None,
        *,
        titles: dict[str, str] | None = None,
    ) -> None:
        super().__init__(parent)
        self.field = field
        self._baseline: Any = field.default
        self.editor: OptionEditor = make_editor(field, self, titles)
        self.editor.control.setFixedWidth(_CONTROL_WIDTH)
        self._title = PlainLabel(field.title)
        self._title.setToolTip(explanation(field))
        self._title.setBuddy(self.editor.control)
        self._reset = QToolButton()
        self._reset.setIcon(icon("reset", theme, "accent"))
        self._reset.setIconSize(QSize(14, 14))
        self._reset.setFixedSize(_SIDE, _SIDE)
        self._reset.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._reset.setAccessibleName(self.tr("Reset {0}").format(field.title))
        keeps_place = self._reset.sizePolicy()
        keeps_place.setRetainSizeWhenHidden(True)
        self._reset.setSizePolicy(keeps_place)
        self._error = PlainLabel(role="error")
        self._note = PlainLabel(role="muted")
        self._is_available = True
        self._place = QHBoxLayout()
        self._build()
        self.editor.edited.connect(self._on_edited)
        self.editor.finished.connect(lambda: self.finished.emit(field.key))
        self._reset.clicked.connect(self._on_reset)
        self.editor.control.installEventFilter(self)
        self._error.hide()
        self._note.hide()
        self.show_value(field.default, field.default)

    @property
    def is_changed(self) -> bool:
        return not _equal(self.editor.value(), self._baseline)

    @property
    def error(self) -> str:
        return self._error.text()

    def show_value(self, value: Any, baseline: Any) -> None:
        """Show ``value``; ``baseline`` is what Reset goes back to."""
        self._baseline = baseline
        if not _equal(self.editor.value(), value):
            self.editor.set_value(value)
        self._mark()

    def show_error(self, error: StudioError | None) -> None:
        """Say in place what is wrong with the value, and what to do; None takes it back."""
        text = "" if error is None else words_in_place(error)
        self._error.setText(text)
        self._error.setVisible(bool(text))
        self.editor.set_invalid(bool(text))

    def show_note(self, text: str, *, is_available: bool = True) -> None:
        """Say below the option what it means for the data, or why it cannot be had with it."""
        self._note.setText(text)
        self._note.setVisible(bool(text))
        self._is_available = is_available
        self._mark()

    def add_tool(self, tool: QAction) -> QToolButton:
        """Add a button for something that finds a value, in the width that the control has."""
        button = QToolButton()
        button.setProperty("role", "tool")
        button.setDefaultAction(tool)
        button.setAccessibleName(f"{self.field.title}: {tool.text().rstrip('…')}")
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._place.addWidget(button)
        button.ensurePolished()
        taken = button.sizeHint().width() + self._place.spacing()
        self.editor.control.setFixedWidth(_CONTROL_WIDTH - taken)
        return button

    def matches(self, wanted: str) -> bool:
        """Return whether a search for ``wanted`` finds this option."""
        field = self.field
        return has_words(f"{field.title} {field.key} {field.help} {field.hint}", wanted)

    def enterEvent(self, event: object) -> None:
        self.visited.emit(self.field)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.FocusIn:
            self.visited.emit(self.field)
        return super().eventFilter(watched, event)

    def _build(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 2, 0, 2)
        grid.setHorizontalSpacing(SPACING // 2)
        grid.setVerticalSpacing(2)
        grid.setColumnStretch(0, 1)
        grid.addWidget(self._title, 0, 0)
        grid.addWidget(self._reset, 0, 1)
        self._place.setSpacing(SPACING // 2)
        self._place.addWidget(self.editor.control)
        grid.addLayout(self._place, 0, 2)
        grid.addWidget(self._error, 1, 0, 1, 3)
        grid.addWidget(self._note, 2, 0, 1, 3)

    def _on_edited(self, value: object) -> None:
        self._mark()
        self.edited.emit(self.field.key, value)

    def _on_reset(self) -> None:
        self.editor.control.setFocus()
        self.editor.set_value(self._baseline)
        self._on_edited(self._baseline)

    def _mark(self) -> None:
        is_changed = self.is_changed
        self._reset.setVisible(is_changed)
        self._reset.setToolTip(self.tr("Back to {0}").format(_shown(self._baseline)))
        font = self._title.font()
        font.setBold(is_changed)
        self._title.setFont(font)
        # A value that came from a file can always be taken back.
        is_usual = _equal(self.editor.value(), self.field.default)
        self.editor.control.setEnabled(self._is_available or not is_usual)


def words_in_place(error: StudioError) -> str:
    """Return the reason as a sentence, and the next step unless it is plain to see beside the value."""
    reason = f"{error.reason[:1].upper()}{error.reason[1:]}"
    return reason if error.next_step == CHANGE_IT else f"{reason} {error.next_step}".rstrip()


def _equal(a: Any, b: Any) -> bool:
    if isinstance(a, list | tuple) and isinstance(b, list | tuple):
        return list(a) == list(b)
    return bool(a == b)


def _shown(value: Any) -> str:
    if value is None or value in ((), []):
        return "automatic"
    return ", ".join(str(part) for part in value) if isinstance(value, tuple) else str(value)
