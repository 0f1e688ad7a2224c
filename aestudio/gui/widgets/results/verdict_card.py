"""One verdict of the training doctor: a sentence, what to try, and the settings that do it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from aestudio.gui.icons import icon
from aestudio.gui.theme import SPACING, Theme
from aestudio.gui.widgets.forms.number_edit import format_number
from aestudio.gui.widgets.forms.option_editors import choice_title
from aestudio.gui.widgets.labels import PlainLabel

if TYPE_CHECKING:
    from aestudio.analysis.doctor import Diagnosis

_SIGN_SIZE = QSize(16, 16)
#: The icon and its colour for each severity; a healthy run is "good".
_SIGNS = {
    "fault": ("error", "error"),
    "warning": ("warning", "warning"),
    "note": ("info", "accent"),
    "good": ("good", "good"),
}
#: How options are called on the command line.
_KEY = re.compile(r"\b[a-z]+\.[a-z][a-z0-9_]*")


class VerdictCard(QFrame):
    """``setting_wanted`` gives the option and the value to put into the recipe."""

    setting_wanted = Signal(str, object)

    def __init__(
        self,
        theme: Theme,
        severity: str,
        title: str,
        sentence: str,
        advice: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setProperty("role", "note")
        heading = PlainLabel(title)
        heading.setFont(theme.font("heading"))
        self._words = QVBoxLayout()
        self._words.setSpacing(SPACING // 2)
        self._words.addWidget(heading)
        self._words.addWidget(PlainLabel(sentence))
        if advice:
            self._words.addWidget(PlainLabel(self.tr("Try: {0}").format(advice)))
        row = QHBoxLayout(self)
        row.setContentsMargins(2 * SPACING, SPACING, 2 * SPACING, SPACING)
        row.setSpacing(SPACING)
        row.addWidget(_Sign(theme, severity), 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(self._words, 1)

    @classmethod
    def of(cls, theme: Theme, diagnosis: Diagnosis, titles: dict[str, str]) -> VerdictCard:
        """Show one diagnosis; ``titles`` are what the form calls options."""
        card = cls(
            theme,
            diagnosis.severity,
            diagnosis.title,
            _in_words_of_the_form(diagnosis.sentence, titles),
            _in_words_of_the_form(diagnosis.try_this, titles),
        )
        if diagnosis.settings:
            card.offer(dict(diagnosis.settings), titles)
        return card

    def offer(self, settings: dict[str, Any], titles: dict[str, str]) -> None:
        """Add a button for each setting."""
        buttons = QHBoxLayout()
        buttons.setSpacing(SPACING)
        for key, value in settings.items():
            title = titles.get(key, key)
            words = choice_title(value) if isinstance(value, str) else format_number(value)
            button = QPushButton(self.tr("Set {0} to {1}").format(title.lower(), words))
            button.setToolTip(
                self.tr("Put {0} = {1} into the recipe and show it in Train").format(key, words)
            )
            button.clicked.connect(partial(self._want, key, value))
            buttons.addWidget(button)
        buttons.addStretch(1)
        self._words.addSpacing(SPACING // 2)
        self._words.addLayout(buttons)

    def _want(self, key: str, value: object, _checked: bool = False) -> None:
        self.setting_wanted.emit(key, value)


def _in_words_of_the_form(text: str, titles: Mapping[str, str]) -> str:
    """Return ``text`` with options called what the form calls them, as 'Learning rate'."""
    return _KEY.sub(lambda key: f"'{titles[key[0]]}'" if key[0] in titles else key[0], text)


class _Sign(QWidget):
    """An icon that stands for a severity."""

    def __init__(self, theme: Theme, severity: str) -> None:
        super().__init__()
        name, role = _SIGNS[severity]
        self._icon = icon(name, theme, role)
        self.setFixedSize(_SIGN_SIZE)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        self._icon.paint(painter, self.rect())
        painter.end()
