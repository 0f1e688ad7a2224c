"""The Insights workspace: what a model has learned, one figure after the other."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QFrame, QHBoxLayout, QListWidget, QPushButton, QVBoxLayout, QWidget

from aestudio.gui.background import Background, Task, TaskReport
from aestudio.gui.icons import icon
from aestudio.gui.plots.insight_figure import InsightFigure
from aestudio.gui.theme import SPACING, Theme
from aestudio.gui.widgets.labels import PlainLabel
from aestudio.gui.workspaces.run_opening import Subject

if TYPE_CHECKING:
    from aestudio.workflows.insights.registry import Finding, Insight

_LIST_WIDTH = 26 * SPACING


class InsightsWorkspace(QWidget):
    """Looks into the model on display in Train whenever the workspace is shown, and when asked."""

    failed = Signal(object)
    #: What was found is on the screen.
    found = Signal()

    def __init__(
        self,
        theme: Theme,
        background: Background,
        subject: Callable[[], Subject | None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._background = background
        self._subject = subject
        self._looking: Task | None = None
        self._shown: Subject | None = None
        self._findings: tuple[tuple[Insight, Finding], ...] = ()
        self.list = QListWidget()
        self.list.setAccessibleName(self.tr("Insights"))
        self.list.setFixedWidth(_LIST_WIDTH)
        self.again = QPushButton(self.tr("Look again"))
        self.again.setIcon(icon("refresh", theme))
        self.again.setToolTip(self.tr("Look into the model as it is now"))
        self._title = PlainLabel()
        font = QFont(self._title.font())
        font.setWeight(QFont.Weight.DemiBold)
        self._title.setFont(font)
        self._sentence = PlainLabel()
        self._explanation = PlainLabel("", "muted")
        self._hint = PlainLabel("", "muted")
        self._hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.figure = InsightFigure(theme)
        self._lay_out()
        self.list.currentRowChanged.connect(self._show)
        self.again.clicked.connect(self.refresh)
        self._clear()

    @property
    def hint(self) -> str:
        """What is said while there is nothing to see."""
        return self._hint.text()

    @property
    def sentence(self) -> str:
        return self._sentence.text()

    def select(self, name: str) -> None:
        """Show the insight that is registered as ``name``, if it was found."""
        for row, (insight, _) in enumerate(self._findings):
            if insight.name == name:
                self.list.setCurrentRow(row)

    def refresh(self) -> None:
        """Look into the model that is on display now; an earlier look is dropped."""
        if self._looking is not None:
            self._looking.cancel()
            self._looking = None
        subject = self._subject()
        if subject is None:
            self._clear()
            return
        if not self._findings:
            self._say(self.tr("Looking into {name}…").format(name=subject.name))

        def look(report: TaskReport) -> object:
            from aestudio.workflows.insight_report import look_inside

            found = look_inside(subject.model, subject.read(), is_cancelled=report.is_cancelled)
            return subject, found

        # An earlier look has been cancelled: what it found does not arrive any more.
        self._looking = self._background.prepare(look, "insights")
        self._looking.done.connect(self._on_found)
        self._looking.failed.connect(self._on_failed)
        self._looking.start()

    def _clear(self) -> None:
        self._findings, self._shown = (), None
        self.list.clear()
        self._say(self.tr("Train a model, or open a run: then this shows what it has learned."))

    def _on_found(self, result: tuple[Subject, tuple[tuple[Insight, Finding], ...]]) -> None:
        self._looking = None
        row = max(0, self.list.currentRow())
        self._shown, self._findings = result
        findings = self._findings
        self.list.blockSignals(True)
        self.list.clear()
        self.list.addItems([insight.title for insight, _ in findings])
        self.list.setCurrentRow(min(row, len(findings) - 1))
        self.list.blockSignals(False)
        self._say("")
        self._show(self.list.currentRow())
        self.found.emit()

    def _on_failed(self, error: object) -> None:
        self._looking = None
        self._findings = ()
        self.list.clear()
        self._say(str(error))
        self.failed.emit(error)

    def _show(self, row: int) -> None:
        if self._shown is None or not 0 <= row < len(self._findings):
            return
        insight, finding = self._findings[row]
        self._title.setText(f"{insight.title} · {self._shown.name}")
        self._sentence.setText(finding.sentence)
        self._explanation.setText(insight.explanation)
        self.figure.show_figure(finding.figure, self._shown.art)
        self.figure.setAccessibleName(insight.title)
        self.figure.setAccessibleDescription(f"{finding.sentence} {insight.explanation}")

    def _say(self, hint: str) -> None:
        """Say why there is nothing to see; nothing to say shows the figure."""
        self._hint.setText(hint)
        self._hint.setVisible(bool(hint))
        for part in (self._title, self._sentence, self._explanation, self.figure):
            part.setVisible(not hint)

    def _lay_out(self) -> None:
        left = QVBoxLayout()
        left.addWidget(self.list, 1)
        left.addWidget(self.again)
        panel = QFrame()
        panel.setProperty("role", "panel")
        right = QVBoxLayout(panel)
        right.setContentsMargins(2 * SPACING, SPACING, 2 * SPACING, 2 * SPACING)
        right.setSpacing(SPACING // 2)
        for part in (self._title, self._sentence, self._explanation):
            right.addWidget(part)
        right.addSpacing(SPACING)
        right.addWidget(self._hint, 1)
        right.addWidget(self.figure, 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACING, SPACING, SPACING, 0)
        row.setSpacing(SPACING)
        row.addLayout(left)
        row.addWidget(panel, 1)
