"""What the training doctor says of a run: its verdicts, and the evidence in numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from aestudio.gui.theme import SPACING, Theme
from aestudio.gui.widgets.labels import PlainLabel
from aestudio.gui.widgets.results.measured_table import MeasuredTable
from aestudio.gui.widgets.results.verdict_card import VerdictCard
from aestudio.gui.widgets.scrolling import scrolled

if TYPE_CHECKING:
    from aestudio.workflows.runs.diagnosis import DoctorReport


class CheckUpPage(QWidget):
    """Shows one report, or says why there is none."""

    setting_wanted = Signal(str, object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._title = PlainLabel()
        self._title.setFont(theme.font("heading"))
        self._content = QWidget()
        self._parts = QVBoxLayout(self._content)
        self._parts.setContentsMargins(0, 0, SPACING, 0)
        self._parts.setSpacing(SPACING)
        area = scrolled(self._content)
        area.viewport().setAutoFillBackground(False)
        self._content.setAutoFillBackground(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACING)
        column.addWidget(self._title)
        column.addWidget(area, 1)

    @property
    def texts(self) -> list[str]:
        """Every sentence on the page."""
        return [label.text() for label in self._content.findChildren(PlainLabel)]

    def show_report(self, name: str, report: DoctorReport, titles: dict[str, str]) -> None:
        """``titles`` are what the form calls options."""
        self._begin(name)
        if report.note:
            self._parts.addWidget(VerdictCard(self._theme, "note", self.tr("Note"), report.note))
        if report.is_healthy:
            words = self.tr("Nothing is wrong with this run."), report.looked_for
            self._parts.addWidget(VerdictCard(self._theme, "good", *words))
        for diagnosis in report.diagnoses:
            card = VerdictCard.of(self._theme, diagnosis, titles)
            card.setting_wanted.connect(self.setting_wanted)
            self._parts.addWidget(card)
        if report.figures:
            heading = PlainLabel(self.tr("The evidence in numbers"))
            heading.setFont(self._theme.font("heading"))
            self._parts.addSpacing(SPACING)
            self._parts.addWidget(heading)
            self._parts.addWidget(MeasuredTable(self._theme, report.figures))
        if not report.is_healthy:
            self._parts.addWidget(PlainLabel(report.looked_for, "muted"))
        self._parts.addStretch(1)

    def show_reason(self, name: str, reason: str) -> None:
        """Say why there is no report."""
        self._begin(name)
        card = VerdictCard(self._theme, "note", self.tr("There is nothing to check yet"), reason)
        self._parts.addWidget(card)
        self._parts.addStretch(1)

    def _begin(self, name: str) -> None:
        self._title.setText(self.tr("Check-up · {0}").format(name))
        while (item := self._parts.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.setParent(None)
                widget.deleteLater()
