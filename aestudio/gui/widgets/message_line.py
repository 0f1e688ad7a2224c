"""The line at the bottom: what is happening, what to try, what went wrong."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QPushButton, QWidget

from aestudio.errors import StudioError
from aestudio.gui.icons import icon
from aestudio.gui.theme import SPACING, Theme
from aestudio.gui.widgets.labels import ElidedLabel

_HISTORY = 200
_ICON_SIZE = QSize(16, 16)


class MessageLine(QFrame):
    """Shows one message, the progress of one task with its Cancel button, and a lasting status."""

    cancel_requested = Signal()
    details_requested = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._error: StudioError | None = None
        #: (severity, text), oldest first.
        self.history: list[tuple[str, str]] = []
        self.setProperty("role", "message")
        self._icon = QLabel()
        self._icon.setFixedSize(_ICON_SIZE)
        self._text = ElidedLabel()
        self._details = QPushButton(self.tr("Details"))
        self._details.setProperty("role", "quiet")
        self._details.setAccessibleName(self.tr("Show the whole message"))
        self._progress = QProgressBar()
        self._progress.setTextVisible(False)
        self._progress.setFixedWidth(20 * SPACING)
        self._progress.setAccessibleName(self.tr("Progress"))
        self._cancel = QPushButton(self.tr("Cancel"))
        self._cancel.setAccessibleName(self.tr("Cancel what is under way"))
        self._status = ElidedLabel()
        self._status.setMaximumWidth(24 * SPACING)
        self._build()
        self._details.clicked.connect(self._on_details)
        self._cancel.clicked.connect(self.cancel_requested)
        theme.changed.connect(self._refresh_icon)
        self._severity = "info"
        self.hide_progress()
        self._details.hide()

    @property
    def text(self) -> str:
        return self._text.text()

    def show_message(self, text: str, severity: str = "info") -> None:
        """Replace the message; ``severity`` is "info", "good", "warning" or "error"."""
        self._error = None
        self._show(text, severity)

    def show_error(self, error: StudioError) -> None:
        """Show what went wrong and what to do next, with the whole text one click away."""
        self._error = error
        self._show(str(error), "error")

    def set_status(self, text: str) -> None:
        """Show the lasting word at the right: what the engine is doing."""
        self._status.setText(text)

    def show_progress(self, done: int, total: int, *, can_cancel: bool = True) -> None:
        """Show ``done`` of ``total``; a total of 0 means that nobody knows how much there is."""
        self._progress.setRange(0, total)
        self._progress.setValue(done)
        self._progress.show()
        self._cancel.setVisible(can_cancel)

    def hide_progress(self) -> None:
        self._progress.hide()
        self._cancel.hide()

    def _build(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(2 * SPACING, 2, 2 * SPACING, 2)
        row.setSpacing(SPACING)
        row.addWidget(self._icon)
        row.addWidget(self._text, 1)
        row.addWidget(self._details)
        row.addWidget(self._progress)
        row.addWidget(self._cancel)
        row.addWidget(self._status, 0, Qt.AlignmentFlag.AlignRight)
        self.setFixedHeight(4 * SPACING + 4)

    def _show(self, text: str, severity: str) -> None:
        self._severity = severity
        self._text.setText(text)
        self._details.setVisible(self._error is not None)
        self.history.append((severity, text))
        del self.history[:-_HISTORY]
        self._refresh_icon()

    def _refresh_icon(self) -> None:
        role = "muted_text" if self._severity == "info" else self._severity
        shown = icon(self._severity, self._theme, role)
        self._icon.setPixmap(shown.pixmap(_ICON_SIZE, self.devicePixelRatioF()))

    def _on_details(self) -> None:
        if self._error is not None:
            self.details_requested.emit(self._error)
