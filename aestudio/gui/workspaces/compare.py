"""The Compare workspace: two to six runs side by side."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QVBoxLayout, QWidget

from aestudio.gui.background import Background, Task
from aestudio.gui.icons import icon
from aestudio.gui.plots.figure_menu import FigureMenu
from aestudio.gui.theme import SPACING, Theme
from aestudio.gui.widgets.labels import PlainLabel
from aestudio.gui.widgets.results.run_chooser import RunChooser
from aestudio.gui.workspaces.compare_dialogs import (
    ask_for_seeds,
    ask_for_types,
    words_of_seeds,
    words_of_types,
)
from aestudio.gui.workspaces.compare_training import SeriesTraining
from aestudio.gui.workspaces.compare_views import ComparisonViews
from aestudio.gui.workspaces.compare_work import Compared, TypesBasis, comparing, list_all
from aestudio.runs.listing import RunSummary
from aestudio.workflows.comparison.compared_count import FEWEST, MOST

if TYPE_CHECKING:
    from aestudio.workflows.comparison.comparing import Comparison
    from aestudio.workflows.comparison.ensembles import Ensemble

_LEFT_WIDTH = 32 * SPACING


class CompareWorkspace(QWidget):
    """Runs to choose at the left; at the right what they came to, in several views."""

    failed = Signal(object)
    message = Signal(str, str)
    #: A comparison is on the screen.
    compared = Signal()
    #: Whether types or seeds are being trained.
    training_changed = Signal(bool)

    def __init__(
        self,
        theme: Theme,
        background: Background,
        basis: Callable[[], TypesBasis | str],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._background = background
        #: What can be trained on now, or why nothing can.
        self._basis = basis
        self._training = SeriesTraining(background, self)
        self._task: Task | None = None
        self._listing: Task | None = None
        self._wanted: list[Path] = []
        self.chooser = RunChooser(theme)
        self.compare = QPushButton(self.tr("Compare"))
        self.compare.setProperty("role", "primary")
        self.every_type = QPushButton(self.tr("Same data, every type…"))
        self.every_type.setIcon(icon("train", theme))
        self.several_seeds = QPushButton(self.tr("Same recipe, several seeds…"))
        self.several_seeds.setIcon(icon("refresh", theme))
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.progress.setAccessibleName(self.tr("Progress"))
        self.cancel = QPushButton(self.tr("Cancel"))
        self._doing = PlainLabel("", "muted")
        self.views = ComparisonViews(theme)
        self._lay_out()
        self._connect()
        self._show_work("")

    @property
    def is_training(self) -> bool:
        """Whether types or seeds are being trained."""
        return self._training.is_going

    @property
    def _is_busy(self) -> bool:
        return self._task is not None or self.is_training

    def refresh(self) -> None:
        """List the runs again, in the background."""
        self.update_buttons()
        if self._listing is not None:
            self._listing.cancel()
        self._listing = self._background.prepare(list_all, "listing runs to compare")
        self._listing.done.connect(self._on_listed)
        self._listing.failed.connect(self.failed)
        self._listing.start()

    def compare_runs(self, paths: list[Path]) -> None:
        """Choose these runs and compare them at once."""
        self._wanted = list(paths)
        self.refresh()

    def start(self) -> None:
        """Compare what is chosen."""
        if self._is_busy or not FEWEST <= len(self.chooser.chosen) <= MOST:
            return
        task = self._background.prepare(comparing(self.chooser.chosen), "comparing runs")
        task.done.connect(self._on_compared)
        task.failed.connect(self._on_failed)
        task.progressed.connect(self._on_progress)
        self._task = task
        self._show_work(self.tr("Comparing…"))
        task.start()

    def train_types(
        self,
        names: tuple[str, ...],
        epochs: int,
        code_size: int,
        expected_s: Mapping[str, float] | None = None,
    ) -> None:
        """Train these types on the data that is open, then compare the best of them.

        ``expected_s`` holds the seconds that each was measured to take.
        """
        basis = self._basis()
        if not isinstance(basis, str) and not self._is_busy:
            self._training.train_types(basis, names, epochs, code_size, expected_s or {})

    def train_seeds(self, count: int, first: int, expected_s: float = 0.0) -> None:
        """Train the recipe with so many seeds, then show its spread and compare the runs.

        ``expected_s`` is what one was measured to take, 0 where nobody has.
        """
        basis = self._basis()
        if not isinstance(basis, str) and not self._is_busy:
            self._training.train_seeds(basis, tuple(range(first, first + count)), expected_s)

    def stop(self) -> None:
        """Let the training end after its batch; the window is about to close."""
        self._training.stop()

    # Work

    def _connect(self) -> None:
        self.chooser.chosen_changed.connect(self.update_buttons)
        self.compare.clicked.connect(self.start)
        self.every_type.clicked.connect(self._ask_for_types)
        self.several_seeds.clicked.connect(self._ask_for_seeds)
        self.cancel.clicked.connect(self._on_cancel)
        training = self._training
        training.changed.connect(self._on_training_changed)
        training.said.connect(self._doing.setText)
        training.progressed.connect(self._show_progress)
        training.types_trained.connect(self._on_types_trained)
        training.seeds_trained.connect(self._on_seeds_trained)
        training.stopped.connect(self._on_stopped)
        training.failed.connect(self.failed)
        for menu in self.findChildren(FigureMenu):
            menu.failed.connect(self.failed)
            menu.saved.connect(self._on_saved)

    def _show_work(self, doing: str) -> None:
        """Say what is being done, and let it be cancelled; empty: nothing is."""
        self._doing.setText(doing)
        self.progress.setRange(0, 0)
        for part in (self._doing, self.progress, self.cancel):
            part.setVisible(bool(doing))
        self.update_buttons()

    def _show_progress(self, done: int, total: int) -> None:
        self.progress.setRange(0, total)
        self.progress.setValue(done)

    def _end(self) -> None:
        self._task = None
        self._show_work("")

    def _on_listed(self, runs: list[RunSummary]) -> None:
        self._listing = None
        self.chooser.set_runs(runs)
        self._say_hint()
        if self._wanted:
            self.chooser.choose(self._wanted)
            self._wanted = []
            self.start()
        self.update_buttons()

    def _on_progress(self, done: int, total: int) -> None:
        if self.sender() is self._task:
            self._show_progress(done, total)

    def _on_compared(self, result: Compared) -> None:
        if self.sender() is not self._task:
            return
        self._end()
        self.views.show_comparison(result)
        self.compared.emit()

    def _on_failed(self, error: object) -> None:
        if self.sender() is self._task:
            self._end()
            self.failed.emit(error)

    def _on_training_changed(self, is_going: bool) -> None:
        self._show_work(self.tr("Training…") if is_going else "")
        self.training_changed.emit(is_going)

    def _on_types_trained(self, result: Comparison) -> None:
        trained = [Path(one.run) for one in result.contestants if one.run is not None]
        self.message.emit(*words_of_types(result))
        self.compare_runs(trained[:MOST])

    def _on_seeds_trained(self, ensemble: Ensemble) -> None:
        trained = [Path(one.run) for one in ensemble.members if one.run and not one.error]
        self.views.set_ensemble(ensemble, trained)
        self.message.emit(*words_of_seeds(ensemble))
        self.compare_runs(trained[:MOST])

    def _on_stopped(self) -> None:
        self.message.emit(self.tr("Stopped before a run was finished."), "info")

    def _on_cancel(self) -> None:
        if self.is_training:
            self._training.stop()
            self._doing.setText(self.tr("Stopping…"))
            self.cancel.setEnabled(False)
        elif self._task is not None:
            self._task.cancel()
            self._end()
            self.message.emit(self.tr("Comparing was cancelled."), "info")

    def _on_saved(self, path: Path) -> None:
        self.message.emit(self.tr("Saved {path}").format(path=path), "good")

    # Buttons and words

    def update_buttons(self) -> None:
        """Look again at what can be done, and say why where it cannot."""
        is_busy = self._is_busy
        count = len(self.chooser.chosen)
        reason = self.tr("Wait for what is under way, or cancel it") if is_busy else ""
        if not is_busy and count < FEWEST:
            reason = self.tr("Tick {fewest} to {most} runs").format(fewest=FEWEST, most=MOST)
        self.compare.setEnabled(not reason)
        self.compare.setToolTip(reason)
        basis = self._basis()
        why_not = basis if isinstance(basis, str) else ""
        if is_busy:
            why_not = self.tr("Wait for what is under way, or cancel it")
        for button, words in (
            (self.every_type, self.tr("Train each type of autoencoder on the data that is open")),
            (self.several_seeds, self.tr("Train the recipe several times, and see the spread")),
        ):
            button.setEnabled(not why_not)
            button.setToolTip(why_not or words)
        self.cancel.setEnabled(is_busy)

    def _say_hint(self) -> None:
        usable = self.chooser.num_usable
        self.views.set_hint(
            self.tr("Tick {fewest} to {most} runs at the left and press Compare.").format(
                fewest=FEWEST, most=MOST
            )
            if usable >= FEWEST
            else self.tr(
                "There are not two trained runs yet. Train some, or let every type learn the data "
                "that is open."
            )
        )

    def _ask_for_types(self) -> None:
        basis = self._basis()
        if not isinstance(basis, str):
            ask_for_types(basis, self._background, self.window(), self.train_types)

    def _ask_for_seeds(self) -> None:
        basis = self._basis()
        if not isinstance(basis, str):
            ask_for_seeds(basis, self._background, self.window(), self.train_seeds)

    def _lay_out(self) -> None:
        heading = PlainLabel(self.tr("Compare"))
        heading.setFont(self._theme.font("title"))
        under_way = QHBoxLayout()
        under_way.addWidget(self.progress, 1)
        under_way.addWidget(self.cancel)
        left = QWidget()
        left.setFixedWidth(_LEFT_WIDTH)
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACING)
        column.addWidget(heading)
        column.addWidget(self.chooser, 1)
        column.addWidget(self._doing)
        column.addLayout(under_way)
        column.addWidget(self.compare)
        column.addWidget(self.every_type)
        column.addWidget(self.several_seeds)
        row = QHBoxLayout(self)
        row.setContentsMargins(2 * SPACING, 2 * SPACING, 2 * SPACING, SPACING)
        row.setSpacing(2 * SPACING)
        row.addWidget(left)
        row.addWidget(self.views, 1)
