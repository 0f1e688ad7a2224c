"""The frame around each live view: a title, a few words, its buttons, and the view."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPalette
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QStackedLayout,
    QToolButton,
    QVBoxLayout,
    QWhatsThis,
    QWidget,
)

from aestudio.gui.icons import icon
from aestudio.gui.theme import Theme
from aestudio.gui.widgets.labels import ElidedLabel, PlainLabel

_ICON = QSize(16, 16)
#: A caption goes back beside the title only where it has so much room to spare: one that changes
#: with every epoch would go up and down otherwise.
_SPARE_WIDTH = 48


class ViewPanel(QFrame):
    """A framed view with a header; subclasses put their content into ``body``."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme = theme
        self.setProperty("role", "panel")
        self._words = ""
        self._title = QLabel()
        font = QFont(self._title.font())
        font.setWeight(QFont.Weight.DemiBold)
        self._title.setFont(font)
        self._title.setTextFormat(Qt.TextFormat.PlainText)
        self._caption = ElidedLabel()
        self._caption.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self._second_line = ElidedLabel()
        self._second_line.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self._second_line.hide()

        self.header = QHBoxLayout()
        self.header.setSpacing(2)
        self.header.addWidget(self._title)
        self.header.addSpacing(theme.spacing)
        self.header.addWidget(self._caption, 1)
        content = QWidget()
        self.body = QVBoxLayout(content)
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(4)
        self._hint = PlainLabel("", "muted")
        self._hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._pages = QStackedLayout()
        self._pages.addWidget(content)
        self._pages.addWidget(self._hint)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(theme.spacing, 4, theme.spacing, theme.spacing)
        outer.setSpacing(2)
        outer.addLayout(self.header)
        outer.addWidget(self._second_line)
        outer.addLayout(self._pages, 1)

    def set_title(self, title: str, what: str) -> None:
        """``what`` answers "what is this?" in a few sentences, with something to try."""
        self._title.setText(title)
        self.setAccessibleName(title)
        self.setAccessibleDescription(what)

    @property
    def caption(self) -> str:
        return self._words

    def set_caption(self, text: str) -> None:
        """Say a few words beside the title, or below it where there is no room for them."""
        if text != self._words:
            self._words = text
            self._place_caption(_SPARE_WIDTH)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self._place_caption(0)
        elif event.type() == QEvent.Type.LayoutRequest:
            self._place_caption(_SPARE_WIDTH)
        return super().event(event)

    def set_hint(self, hint: str) -> None:
        """Say what will be here instead of showing the view; empty: show it."""
        self._hint.setText(hint)
        self._pages.setCurrentIndex(1 if hint else 0)

    def add_button(self, name: str, icon_name: str, tooltip: str) -> QToolButton:
        """Add a small button with an icon to the header."""
        button = QToolButton()
        button.setIcon(icon(icon_name, self.theme))
        button.setIconSize(_ICON)
        self._name(button, name, tooltip)
        self.header.addWidget(button)
        return button

    def add_toggle(self, name: str, tooltip: str) -> QToolButton:
        """Add a small button with a text that stays down."""
        button = QToolButton()
        button.setText(name)
        button.setCheckable(True)
        self._name(button, name, tooltip)
        self.header.addWidget(button)
        return button

    def add_help(self) -> QToolButton:
        """Add the question mark that explains the view."""
        button = self.add_button(
            self.tr("What is this? {title}").format(title=self._title.text()),
            "help",
            self.accessibleDescription(),
        )
        button.clicked.connect(self._explain)
        return button

    def _place_caption(self, spare_width: int) -> None:
        """Put it below the title, or back where it would leave ``spare_width`` pixels."""
        below = self._second_line
        words = QFontMetrics(self._caption.font()).horizontalAdvance(self._words) + 2
        spare = self._room_beside_title() - words
        is_below = bool(self._words) and spare < (0 if below.isHidden() else spare_width)
        for label, text in (
            (self._caption, "" if is_below else self._words),
            (below, self._words if is_below else ""),
        ):
            if label.text() != text:
                label.setText(text)
        below.setVisible(is_below)

    def _room_beside_title(self) -> int:
        """The pixels that title and buttons leave over."""
        taken = self.theme.spacing
        for place in range(self.header.count()):
            item = self.header.itemAt(place)
            if item is None or item.isEmpty() or item.widget() is self._caption:
                continue
            taken += item.sizeHint().width() + self.header.spacing()
        return self.contentsRect().width() - 2 * self.theme.spacing - taken

    def _explain(self) -> None:
        corner = self.mapToGlobal(QPoint(self.theme.spacing, self._title.height() + 4))
        QWhatsThis.showText(corner, self.accessibleDescription(), self)

    def _name(self, button: QToolButton, name: str, tooltip: str) -> None:
        button.setAccessibleName(name)
        button.setToolTip(tooltip)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
