"""A bar with a Cancel button, which appears where something takes longer than a moment."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QWidget

from aestudio.gui.theme import SPACING
from aestudio.gui.widgets.labels import PlainLabel

#: What is over by then needs no bar, which would only flicker.
_PATIENCE_MS = 300


class WaitingBar(QWidget):
    """Says what is being done and how far it is; ``cancel`` is for whoever does it to listen to."""

    def __init__(self, words: str, *, bar_name: str, cancel_name: str) -> None:
        super().__init__()
        self._words = PlainLabel(words, "muted", wraps=False)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(bar_name)
        self.cancel = QPushButton(self.tr("Cancel"))
        self.cancel.setAccessibleName(cancel_name)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACING)
        row.addWidget(self._words)
        row.addWidget(self.bar, 1)
        row.addWidget(self.cancel)
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(_PATIENCE_MS)
        self._patience.timeout.connect(self.show)
        self.hide()

    @property
    def words(self) -> str:
        return self._words.text()

    def begin(self) -> None:
        """Appear in a moment, unless :meth:`end` comes first."""
        self.bar.setRange(0, 0)
        self._patience.start()

    def say(self, words: str) -> None:
        """Name what is begun now; how far it is will be told, or not."""
        self._words.setText(words)
        self.bar.setRange(0, 0)

    def show_progress(self, done: int, total: int) -> None:
        if done > 0:  # an empty bar would look as if nothing went on
            self.bar.setRange(0, total)
            self.bar.setValue(done)

    def end(self) -> None:
        self._patience.stop()
        self.hide()
