"""The Insights workspace: how a run went, and what its model has learned, one figure after the other."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QListWidget,
    QPushButton,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from aestudio.gui.background import Background, Task, TaskReport
from aestudio.gui.icons import icon
from aestudio.gui.plots.insight_figure import InsightFigure
from aestudio.gui.theme import SPACING, Theme
from aestudio.gui.widgets.check_up_page import CheckUpPage
from aestudio.gui.widgets.labels import PlainLabel
from aestudio.gui.workspaces.checking import CheckUp, check_up
from aestudio.gui.workspaces.run_opening import Subject

if TYPE_CHECKING:
    from aestudio.data.dataset import Dataset
    from aestudio.workflows.insights.registry import Finding, Insight

_LIST_WIDTH = 26 * SPACING


class InsightsWorkspace(QWidget):
    """Looks into the model on display in Train whenever the workspace is shown, and when asked."""

    failed = Signal(object)
    #: The check-up is on the screen.
    checked = Signal()
    #: What was found is on the screen.
    found = Signal()
    #: (the subject, an option, a value for it): a verdict's advice is to be tried.
    setting_wanted = Signal(object, str, object)

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
        self._checked: Subject | None = None
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
        self.check_up = CheckUpPage(theme)
        self._pages = QStackedLayout()
        self._lay_out()
        self.list.currentRowChanged.connect(self._show)
        self.again.clicked.connect(self.refresh)
        self.check_up.setting_wanted.connect(self._on_setting_wanted)
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
                self.list.setCurrentRow(1 + row)

    def refresh(self) -> None:
        """Look into the model that is on display now; an earlier look is dropped."""
        if self._looking is not None:
            self._looking.cancel()
            self._looking = None
        subject = self._subject()
        if subject is None:
            self._clear()
            return
        if self._checked is None:
            self._say(self.tr("Looking into {name}…").format(name=subject.name))
        # One after the other: the data is read once, and a training beside this loses less.
        self._look(check_up(subject), self._on_checked)

    def _look(self, work: Callable[[TaskReport], object], then: Callable[[Any], None]) -> None:
        """``then`` is a bound method of this workspace, so that it is called in its thread."""
        task = self._background.prepare(work, "insights")
        task.done.connect(then)
        task.failed.connect(self._on_failed)
        self._looking = task
        task.start()

    def _clear(self) -> None:
        self._findings, self._shown, self._checked = (), None, None
        self.list.clear()
        self._say(self.tr("Train a model, or open a run: then this shows what it has learned."))

    def _on_checked(self, result: CheckUp) -> None:
        if self.sender() is not self._looking:
            return
        subject = self._checked = result.subject
        if result.report is None:
            self.check_up.show_reason(subject.name, result.why_not)
        else:
            titles = _option_titles(subject)
            self.check_up.show_report(subject.name, result.report, titles)
        if self._shown is not None and self._shown.run_path != subject.run_path:
            self._findings = ()
        self._list_all()
        self.checked.emit()
        self._look(_look_inside(subject, result.dataset), self._on_found)

    def _on_found(self, result: tuple[Subject, tuple[tuple[Insight, Finding], ...]]) -> None:
        if self.sender() is not self._looking:
            return
        self._looking = None
        self._shown, self._findings = result
        self._list_all()
        self.found.emit()

    def _on_failed(self, error: object) -> None:
        if self.sender() is not self._looking:
            return
        self._looking = None
        self._clear()
        self._say(str(error))
        self.failed.emit(error)

    def _on_setting_wanted(self, key: str, value: object) -> None:
        if self._checked is not None:
            self.setting_wanted.emit(self._checked, key, value)

    def _list_all(self) -> None:
        """List the check-up and what was found, and stay where the person is."""
        row = max(0, self.list.currentRow())
        titles = [self.tr("Check-up"), *(insight.title for insight, _ in self._findings)]
        self.list.blockSignals(True)
        self.list.clear()
        self.list.addItems(titles)
        self.list.setCurrentRow(min(row, len(titles) - 1))
        self.list.blockSignals(False)
        self._say("")
        self._show(self.list.currentRow())

    def _show(self, row: int) -> None:
        self._pages.setCurrentIndex(0 if row <= 0 else 1)
        if self._shown is None or not 1 <= row <= len(self._findings):
            return
        insight, finding = self._findings[row - 1]
        self._title.setText(f"{insight.title} · {self._shown.name}")
        self._sentence.setText(finding.sentence)
        self._explanation.setText(insight.explanation)
        self.figure.show_figure(finding.figure, self._shown.art)
        self.figure.setAccessibleName(insight.title)
        self.figure.setAccessibleDescription(f"{finding.sentence} {insight.explanation}")

    def _say(self, hint: str) -> None:
        """Say why there is nothing to see; nothing to say shows the figure."""
        self._hint.setText(hint)
        if hint:
            self._pages.setCurrentWidget(self._hint)

    def _lay_out(self) -> None:
        left = QVBoxLayout()
        left.addWidget(self.list, 1)
        left.addWidget(self.again)
        insight = QWidget()
        right = QVBoxLayout(insight)
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(SPACING // 2)
        for part in (self._title, self._sentence, self._explanation):
            right.addWidget(part)
        right.addSpacing(SPACING)
        right.addWidget(self.figure, 1)
        panel = QFrame()
        panel.setProperty("role", "panel")
        frame = QVBoxLayout(panel)
        frame.setContentsMargins(2 * SPACING, SPACING, 2 * SPACING, 2 * SPACING)
        frame.addLayout(self._pages)
        for page in (self.check_up, insight, self._hint):
            self._pages.addWidget(page)
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACING, SPACING, SPACING, 0)
        row.setSpacing(SPACING)
        row.addLayout(left)
        row.addWidget(panel, 1)


def _look_inside(subject: Subject, dataset: Dataset) -> Callable[[TaskReport], object]:
    def look(report: TaskReport) -> object:
        from aestudio.workflows.insight_report import look_inside

        return subject, look_inside(subject.model, dataset, is_cancelled=report.is_cancelled)

    return look


def _option_titles(subject: Subject) -> dict[str, str]:
    """What the form calls the options of the subject's type."""
    from aestudio.experiment import experiment_fields

    fields = experiment_fields(subject.model.experiment.autoencoder.type)
    return {field.key: field.title for field in fields}
