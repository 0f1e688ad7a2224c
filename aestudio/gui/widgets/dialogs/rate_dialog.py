"""Tries growing learning rates in the background, shows what became of the loss, offers a rate."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from aestudio.errors import StudioError
from aestudio.gui.background import Background, Task, TaskReport
from aestudio.gui.plots.rate_curve import RateCurve
from aestudio.gui.theme import SPACING, Theme
from aestudio.gui.widgets.labels import PlainLabel

if TYPE_CHECKING:
    from aestudio.data.dataset import Dataset
    from aestudio.experiment import Experiment
    from aestudio.workflows.planning.learning_rate_range import RateTest

_SIZE = (84 * SPACING, 62 * SPACING)


class RateDialog(QDialog):
    """One test of one recipe; closing it cancels what is under way."""

    rate_chosen = Signal(float)
    #: The test is on display, or it is said why there is none.
    ended = Signal()

    def __init__(
        self,
        theme: Theme,
        background: Background,
        experiment: Experiment,
        dataset: Dataset,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Find a learning rate"))
        self.resize(*_SIZE)
        self._background = background
        self._experiment = experiment
        self._dataset = dataset
        self._task: Task | None = None
        self._test: RateTest | None = None
        self.curve = RateCurve(theme)
        self._progress = QProgressBar()
        self._progress.setTextVisible(False)
        self._progress.setRange(0, 0)
        self._progress.setAccessibleName(self.tr("Progress of the test"))
        for part in (self.curve, self._progress):
            keeps_place = part.sizePolicy()
            keeps_place.setRetainSizeWhenHidden(True)
            part.setSizePolicy(keeps_place)
        self.curve.hide()
        self._words = PlainLabel()
        self._words.setMinimumHeight(5 * SPACING)
        self._words.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.use = QPushButton(self.tr("Use this rate"))
        self.use.setProperty("role", "primary")
        self.use.setDefault(True)
        self.cancel = QPushButton(self.tr("Cancel"))
        self._build(theme)
        self.use.clicked.connect(self._on_use)
        self.cancel.clicked.connect(self.reject)
        self._set_use(self.tr("The test is under way"))

    @property
    def words(self) -> str:
        """What is said below the curve."""
        return self._words.text()

    def start(self) -> None:
        """Begin the test."""
        task = self._background.prepare(_try_rates(self._experiment, self._dataset), "rates")
        task.progressed.connect(self._on_progress)
        task.done.connect(self._on_done)
        task.failed.connect(self._on_failed)
        self._task = task
        self._words.setText(self.tr("Trying rates from very low to very high, one step each…"))
        self.cancel.setFocus()
        task.start()

    def done(self, result: int) -> None:
        """Close, whichever way; a test under way ends at its next look."""
        if self._task is not None:
            self._task.cancel()
            self._task = None
        super().done(result)

    def _build(self, theme: Theme) -> None:
        heading = PlainLabel(self.tr("Which learning rates teach?"))
        heading.setFont(theme.font("title"))
        explanation = PlainLabel(
            self.tr(
                "A copy of the network takes one step with each rate. The loss stays where it is "
                "at rates too low, falls where they teach, and grows where they are too high. "
                "Faint: every step; strong: smoothed."
            ),
            "muted",
        )
        buttons = QHBoxLayout()
        buttons.setSpacing(SPACING)
        buttons.addStretch(1)
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.use)
        column = QVBoxLayout(self)
        column.setContentsMargins(3 * SPACING, 3 * SPACING, 3 * SPACING, 2 * SPACING)
        column.setSpacing(SPACING)
        column.addWidget(heading)
        column.addWidget(explanation)
        column.addWidget(self.curve, 1)
        column.addWidget(self._progress)
        column.addWidget(self._words)
        column.addLayout(buttons)

    def _on_progress(self, done: int, total: int) -> None:
        self._progress.setRange(0, total)
        self._progress.setValue(done)

    def _on_done(self, test: RateTest) -> None:
        if self.sender() is not self._task:
            return
        self._test = test
        self.curve.show_test(test, self._experiment.training.learning_rate)
        self.curve.setAccessibleDescription(test.meaning)
        self.curve.show()
        self._words.setText(test.meaning)
        self._end("" if test.suggestion is not None else self.tr("No rate can be suggested"))

    def _on_failed(self, error: StudioError) -> None:
        if self.sender() is not self._task:
            return
        self._words.set_role("error")
        self._words.setText(str(error))
        self._end(self.tr("The test could not be made"))

    def _end(self, why_not: str) -> None:
        self._task = None
        self._progress.hide()
        self.cancel.setText(self.tr("Close"))
        self._set_use(why_not)
        (self.cancel if why_not else self.use).setFocus()
        self.ended.emit()

    def _set_use(self, why_not: str) -> None:
        self.use.setEnabled(not why_not)
        self.use.setToolTip(why_not or self.tr("Put the suggested rate into the recipe"))

    def _on_use(self) -> None:
        if self._test is not None and self._test.suggestion is not None:
            self.rate_chosen.emit(self._test.suggestion)
            self.accept()


def _try_rates(experiment: Experiment, dataset: Dataset) -> Callable[[TaskReport], RateTest]:
    def work(report: TaskReport) -> RateTest:
        from aestudio.workflows.planning.learning_rate_range import find_learning_rate
        from aestudio.workflows.training import prepare

        return find_learning_rate(
            prepare(experiment, dataset),
            progress=report.progress,
            is_cancelled=report.is_cancelled,
        )

    return work
