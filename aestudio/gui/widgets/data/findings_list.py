"""What was odd about the data: one sentence each, and what to do about it."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from aestudio.data.dataset import Finding, Remedy, Severity
from aestudio.gui.icons import icon
from aestudio.gui.theme import SPACING, Theme
from aestudio.gui.widgets.labels import PlainLabel

_ICON_SIZE = QSize(16, 16)


class FindingsList(QWidget):
    """Says so when nothing is odd; a finding with a remedy has a button for it."""

    #: The :class:`Remedy` that the person chose.
    remedy_chosen = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._signs: list[tuple[QLabel, str, str]] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(SPACING)
        theme.changed.connect(self._draw_icons)

    @property
    def texts(self) -> list[str]:
        return [label.text() for label in self.findChildren(PlainLabel) if not label.isHidden()]

    def set_findings(self, findings: tuple[Finding, ...]) -> None:
        """Replace what is shown."""
        while (item := self._column.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self._signs = []
        if not findings:
            self._add("good", "good", self.tr("Nothing odd was found."), "")
        for finding in findings:
            is_warning = finding.severity == Severity.WARNING
            name, role = ("warning", "warning") if is_warning else ("info", "accent")
            remedies = () if finding.remedy is None else (finding.remedy, *finding.alternatives)
            self._add(name, role, finding.text, finding.next_step, remedies)
        self._draw_icons()

    def _add(
        self,
        name: str,
        role: str,
        text: str,
        next_step: str,
        remedies: tuple[Remedy, ...] = (),
    ) -> None:
        sign = QLabel()
        sign.setFixedSize(_ICON_SIZE)
        self._signs.append((sign, name, role))
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(PlainLabel(text))
        if next_step:
            words.addWidget(PlainLabel(next_step, "muted"))
        for remedy in remedies:
            words.addWidget(self._button(remedy, text), 0, Qt.AlignmentFlag.AlignLeft)
        line = QWidget()
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACING)
        row.addWidget(sign, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        self._column.addWidget(line)

    def _button(self, remedy: Remedy, text: str) -> QPushButton:
        button = QPushButton(remedy.title)
        button.setAccessibleName(f"{remedy.title}: {text}")
        is_read_again = remedy.option.startswith("data.")
        button.setToolTip(
            self.tr("Sets '{0}' and reads the data again").format(remedy.option)
            if is_read_again
            else self.tr("Sets '{0}' in the recipe, and shows it there").format(remedy.option)
        )
        button.clicked.connect(lambda: self.remedy_chosen.emit(remedy))
        return button

    def _draw_icons(self) -> None:
        for sign, name, role in self._signs:
            drawn = icon(name, self._theme, role)
            sign.setPixmap(drawn.pixmap(_ICON_SIZE, self.devicePixelRatioF()))
