"""The Insights workspace: how a run went, and what its model has learned, one page after the other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
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
from aestudio.gui.theme import SPACING, Theme
from aestudio.gui.widgets.labels import PlainLabel
from aestudio.gui.widgets.results.check_up_page import CheckUpPage
from aestudio.gui.widgets.results.insight_page import InsightPage
from aestudio.gui.widgets.results.paint_page import PaintPage
from aestudio.gui.widgets.waiting_bar import WaitingBar
from aestudio.gui.workspaces.checking import CheckUp, check_up
from aestudio.gui.workspaces.looking import Look, look_into
from aestudio.gui.workspaces.run_opening import Subject

if TYPE_CHECKING:
    from aestudio.workflows.insights.registry import Finding, Insight

_LIST_WIDTH = 26 * SPACING

CHECK_UP = "check_up"
PAINTING = "painting"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Entry:
    """One line of the list, and how its page comes to be seen."""

    name: str
    title: str
    show: Callable[[], None]


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
        self._checked: Subject | None = None
        self._seen: Look | None = None
        self._entries: list[_Entry] = []
        self.list = QListWidget()
        self.list.setAccessibleName(self.tr("Insights"))
        self.list.setFixedWidth(_LIST_WIDTH)
        self.again = QPushButton(self.tr("Look again"))
        self.again.setIcon(icon("refresh", theme))
        self.again.setToolTip(self.tr("Look into the model as it is now"))
        self._hint = PlainLabel("", "muted")
        self._hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.check_up = CheckUpPage(theme)
        self.insight = InsightPage(theme)
        self.painting = PaintPage(theme)
        self.waiting = WaitingBar(
            "",
            bar_name=self.tr("How far looking into the model is"),
            cancel_name=self.tr("Stop looking into the model"),
        )
        self._pages = QStackedLayout()
        self._lay_out()
        self.list.currentRowChanged.connect(self._show)
        self.again.clicked.connect(self.refresh)
        self.waiting.cancel.clicked.connect(self.cancel)
        self.check_up.setting_wanted.connect(self._on_setting_wanted)
        self._clear()

    @property
    def hint(self) -> str:
        """What is said while there is nothing to see."""
        return self._hint.text()

    def select(self, name: str) -> None:
        """Show the insight that is registered as ``name``, if it was found, or another page."""
        for row, entry in enumerate(self._entries):
            if entry.name == name:
                self.list.setCurrentRow(row)

    def refresh(self) -> None:
        """Look into the model that is on display now; an earlier look is dropped."""
        self._give_up()
        subject = self._subject()
        if subject is None:
            self._clear()
            return
        if self._checked is None:
            self._say(self.tr("Looking into {name}…").format(name=subject.name))
        self.waiting.begin()
        # One after the other: the data is read once, and a training beside this loses less.
        self._look(check_up(subject), self._on_checked)

    def cancel(self) -> None:
        """Look no further; what has been found stays."""
        self._give_up()
        if not self._entries:
            self._say(self.tr("Stopped. Press Look again to look into the model."))

    def stop(self) -> None:
        """End what goes on beside the window."""
        self._give_up()
        self.painting.stop()

    def _give_up(self) -> None:
        self.waiting.end()
        if self._looking is not None:
            self._looking.cancel()
            self._looking = None

    def _look(self, work: Callable[[TaskReport], object], then: Callable[[Any], None]) -> None:
        """``then`` is a bound method of this workspace, so that it is called in its thread."""
        task = self._background.prepare(work, "insights")
        task.said.connect(self._on_said)
        task.progressed.connect(self._on_progress)
        task.done.connect(then)
        task.failed.connect(self._on_failed)
        self._looking = task
        task.start()

    def _clear(self) -> None:
        self._checked = self._seen = None
        self._entries = []
        self.list.clear()
        self._say(self.tr("Train a model, or open a run: then this shows what it has learned."))

    def _on_said(self, words: str) -> None:
        if self.sender() is self._looking:
            self.waiting.say(words)

    def _on_progress(self, done: int, total: int) -> None:
        if self.sender() is self._looking:
            self.waiting.show_progress(done, total)

    def _on_checked(self, result: CheckUp) -> None:
        if self.sender() is not self._looking:
            return
        subject = self._checked = result.subject
        if result.report is None:
            self.check_up.show_reason(subject.name, result.why_not)
        else:
            titles = _option_titles(subject)
            self.check_up.show_report(subject.name, result.report, titles)
        if self._seen is not None and self._seen.subject.run_path != subject.run_path:
            self._seen = None
        self._list_all()
        self.checked.emit()
        self._look(look_into(subject, result.dataset), self._on_found)

    def _on_found(self, result: Look) -> None:
        if self.sender() is not self._looking:
            return
        self._give_up()
        self._seen = result
        if result.paintable is not None:
            self.painting.show_samples(result.subject, result.paintable, result.paintable_names)
        self._list_all()
        self.found.emit()

    def _on_failed(self, error: object) -> None:
        if self.sender() is not self._looking:
            return
        self._give_up()
        self._clear()
        self._say(str(error))
        self.failed.emit(error)

    def _on_setting_wanted(self, key: str, value: object) -> None:
        if self._checked is not None:
            self.setting_wanted.emit(self._checked, key, value)

    def _list_all(self) -> None:
        """List all that there is to see, and stay where the person is."""
        row = max(0, self.list.currentRow())
        self._entries = self._all_entries()
        self.list.blockSignals(True)
        self.list.clear()
        self.list.addItems([entry.title for entry in self._entries])
        self.list.setCurrentRow(min(row, len(self._entries) - 1))
        self.list.blockSignals(False)
        self._hint.clear()
        self._show(self.list.currentRow())

    def _all_entries(self) -> list[_Entry]:
        def page(name: str, title: str, widget: QWidget) -> _Entry:
            show = partial(self._pages.setCurrentWidget, widget)
            return _Entry(name=name, title=title, show=show)

        entries = [page(CHECK_UP, self.tr("Check-up"), self.check_up)]
        if self._seen is not None:
            entries += [
                _Entry(
                    name=insight.name,
                    title=insight.title,
                    show=partial(self._show_insight, self._seen.subject, insight, finding),
                )
                for insight, finding in self._seen.findings
            ]
            if self._seen.paintable is not None:
                entries.append(page(PAINTING, self.tr("Paint on a sample"), self.painting))
        return entries

    def _show(self, row: int) -> None:
        if 0 <= row < len(self._entries):
            self._entries[row].show()

    def _show_insight(self, subject: Subject, insight: Insight, finding: Finding) -> None:
        self.insight.show_finding(subject.name, insight, finding, subject.art)
        self._pages.setCurrentWidget(self.insight)

    def _say(self, hint: str) -> None:
        """Say why there is nothing to see."""
        self._hint.setText(hint)
        self._pages.setCurrentWidget(self._hint)

    def _lay_out(self) -> None:
        left = QVBoxLayout()
        left.addWidget(self.list, 1)
        left.addWidget(self.again)
        panel = QFrame()
        panel.setProperty("role", "panel")
        frame = QVBoxLayout(panel)
        frame.setContentsMargins(2 * SPACING, SPACING, 2 * SPACING, 2 * SPACING)
        frame.addLayout(self._pages)
        frame.addWidget(self.waiting)
        for page in (self.check_up, self.insight, self.painting, self._hint):
            self._pages.addWidget(page)
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACING, SPACING, SPACING, 0)
        row.setSpacing(SPACING)
        row.addLayout(left)
        row.addWidget(panel, 1)


def _option_titles(subject: Subject) -> dict[str, str]:
    """What the form calls the options of the subject's type."""
    from aestudio.experiment import experiment_fields

    fields = experiment_fields(subject.model.experiment.autoencoder.type)
    return {field.key: field.title for field in fields}
