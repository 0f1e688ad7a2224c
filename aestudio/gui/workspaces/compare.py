"""The Compare workspace: two to six runs side by side."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QStackedWidget,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from aestudio.gui.background import Background, Task
from aestudio.gui.durations import spoken
from aestudio.gui.icons import icon
from aestudio.gui.plots.figure_menu import FigureMenu
from aestudio.gui.plots.linked_maps import LinkedMaps
from aestudio.gui.plots.run_curves import OverlaidCurves
from aestudio.gui.plots.run_pictures import RunPictures
from aestudio.gui.series_times import SeriesClock
from aestudio.gui.theme import SPACING, Theme
from aestudio.gui.widgets.labels import PlainLabel
from aestudio.gui.widgets.results.comparison_sheet import ComparisonSheet
from aestudio.gui.widgets.results.run_chooser import RunChooser
from aestudio.gui.widgets.results.spread_sheet import SpreadSheet
from aestudio.gui.workspaces.compare_dialogs import (
    ask_for_seeds,
    ask_for_types,
    words_of_seeds,
    words_of_types,
)
from aestudio.gui.workspaces.compare_work import (
    Compared,
    TypesBasis,
    comparing,
    list_all,
    training_seeds,
    training_types,
)
from aestudio.runs.listing import RunSummary
from aestudio.training.control import Control
from aestudio.workflows.comparison.compared_count import FEWEST, MOST
from aestudio.workflows.reporting import PARTS

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
        self._task: Task | None = None
        self._listing: Task | None = None
        self._control: Control | None = None
        #: What each part of the training under way is called.
        self._parts: tuple[str, ...] = ()
        self._clock = SeriesClock((), {})
        self._wanted: list[Path] = []
        self._seeded: frozenset[Path] = frozenset()
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
        self.sheet = ComparisonSheet(theme)
        self.spread = SpreadSheet(theme)
        self.curves = OverlaidCurves(theme)
        self.pictures = RunPictures(theme)
        self.maps = LinkedMaps(theme)
        self.tabs = QTabWidget()
        self._pages = QStackedWidget()
        self._hint = PlainLabel("", "muted")
        self._lay_out()
        self.chooser.chosen_changed.connect(self.update_buttons)
        self.compare.clicked.connect(self.start)
        self.every_type.clicked.connect(self._ask_for_types)
        self.several_seeds.clicked.connect(self._ask_for_seeds)
        self.cancel.clicked.connect(self._on_cancel)
        for menu in self.findChildren(FigureMenu):
            menu.failed.connect(self.failed)
            menu.saved.connect(self._on_saved)
        self._set_busy("")

    @property
    def is_training(self) -> bool:
        """Whether types or seeds are being trained."""
        return self._control is not None

    @property
    def hint(self) -> str:
        """What is said while there is no comparison."""
        return self._hint.text()

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
        if self._task is not None or not FEWEST <= len(self.chooser.chosen) <= MOST:
            return
        task = self._background.prepare(comparing(self.chooser.chosen), "comparing runs")
        task.done.connect(self._on_compared)
        self._begin(task, self.tr("Comparing…"))

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
        if isinstance(basis, str) or self._task is not None:
            return
        given = {**basis.given, "training.epochs": epochs, "network.code_size": code_size}
        self._control = Control()
        work = training_types(basis.dataset, names, given, self._control)
        task = self._background.prepare(work, "training every type")
        task.done.connect(self._on_types_trained)
        self._begin_training(task, names, SeriesClock(names, expected_s or {}))

    def train_seeds(self, count: int, first: int, expected_s: float = 0.0) -> None:
        """Train the recipe with so many seeds, then show its spread and compare the runs.

        ``expected_s`` is what one was measured to take, 0 where nobody has.
        """
        basis = self._basis()
        if isinstance(basis, str) or self._task is not None:
            return
        seeds = tuple(range(first, first + count))
        self._control = Control()
        work = training_seeds(basis.dataset, basis.experiment, seeds, self._control)
        task = self._background.prepare(work, "training several seeds")
        task.done.connect(self._on_seeds_trained)
        names = tuple(self.tr("seed {0}").format(seed) for seed in seeds)
        expected = dict.fromkeys(names, expected_s) if expected_s else {}
        self._begin_training(task, names, SeriesClock(names, expected))

    def stop(self) -> None:
        """Let the training end after its batch; the window is about to close."""
        if self._control is not None:
            self._control.stop()

    # Work

    def _begin(self, task: Task, doing: str) -> None:
        self._task = task
        task.failed.connect(self._on_failed)
        task.progressed.connect(self._on_progress)
        self.progress.setRange(0, 0)
        self._set_busy(doing)
        task.start()

    def _begin_training(self, task: Task, parts: tuple[str, ...], clock: SeriesClock) -> None:
        self._parts, self._clock = parts, clock
        self._begin(task, self.tr("Training…"))
        self.training_changed.emit(True)

    def _end(self) -> None:
        was_training = self._control is not None
        self._task, self._control = None, None
        self._set_busy("")
        if was_training:
            self.training_changed.emit(False)

    def _set_busy(self, doing: str) -> None:
        self._doing.setText(doing)
        for part in (self._doing, self.progress, self.cancel):
            part.setVisible(bool(doing))
        self.update_buttons()

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
        if self.sender() is not self._task:
            return
        self.progress.setRange(0, total)
        self.progress.setValue(done)
        if self._control is not None and not self._control.is_stopping:
            place = min(done // PARTS, len(self._parts) - 1)
            words = self.tr("Training {name} ({place} of {count})…").format(
                name=self._parts[place], place=place + 1, count=len(self._parts)
            )
            left_s = self._clock.left_s(place, done / PARTS - place)
            if left_s is not None:
                words += " " + self.tr("About {time} left.").format(time=spoken(left_s))
            self._doing.setText(words)

    def _on_compared(self, result: Compared) -> None:
        if self.sender() is not self._task:
            return
        self._end()
        comparison, shared = result.comparison, result.comparison.shared
        names = [run.label for run in comparison.runs]
        self.sheet.show_comparison(comparison)
        is_seeded = {Path(run.path) for run in comparison.runs} <= self._seeded
        self.tabs.setTabVisible(self.tabs.indexOf(self.spread), is_seeded)
        if is_seeded:
            self.tabs.setCurrentWidget(self.spread)
        self.curves.show_runs(names, comparison.curves)
        for view in (self.pictures, self.maps):
            view.show_nothing(comparison.why_no_pictures)
        if shared is not None and result.art is not None:
            (errors,) = (row.texts for row in comparison.results if row.key == "squared_error")
            said = [self.tr("squared error {error}").format(error=error) for error in errors]
            self.pictures.show_samples(names, shared, result.art, said, result.sample_names)
            self.maps.show_samples(names, shared, result.art)
        self._pages.setCurrentWidget(self.tabs)
        self.compared.emit()

    def _on_types_trained(self, result: Comparison) -> None:
        if self.sender() is not self._task:
            return
        self._end()
        trained = [Path(one.run) for one in result.contestants if one.run is not None]
        self.message.emit(*words_of_types(result))
        self.compare_runs(trained[:MOST])

    def _on_seeds_trained(self, ensemble: Ensemble) -> None:
        if self.sender() is not self._task:
            return
        self._end()
        trained = [Path(one.run) for one in ensemble.members if one.run and not one.error]
        self._seeded = frozenset(trained)
        self.spread.show_ensemble(ensemble)
        self.message.emit(*words_of_seeds(ensemble))
        self.compare_runs(trained[:MOST])

    def _on_failed(self, error: object) -> None:
        if self.sender() is not self._task:
            return
        was_stopped = self._control is not None and self._control.is_stopping
        self._end()
        if was_stopped:
            self.message.emit(self.tr("Stopped before a run was finished."), "info")
        else:
            self.failed.emit(error)

    def _on_cancel(self) -> None:
        if self._control is not None:
            # What has been trained so far is kept and shown.
            self._control.stop()
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
        is_busy = self._task is not None
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
        self._hint.setText(
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
        self._hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.tabs.setAccessibleName(self.tr("Views of the comparison"))
        self.tabs.tabBar().setAccessibleName(self.tr("Views of the comparison"))
        self.tabs.setDocumentMode(True)
        self.tabs.tabBar().setDrawBase(False)
        for view, title in (
            (self.spread, self.tr("Seeds")),
            (self.sheet, self.tr("Results")),
            (self.curves, self.tr("Curves")),
            (self.pictures, self.tr("Reconstructions")),
            (self.maps, self.tr("Maps")),
        ):
            self.tabs.addTab(view, title)
        self._pages.addWidget(self._hint)
        self._pages.addWidget(self.tabs)
        row = QHBoxLayout(self)
        row.setContentsMargins(2 * SPACING, 2 * SPACING, 2 * SPACING, SPACING)
        row.setSpacing(2 * SPACING)
        row.addWidget(left)
        row.addWidget(self._pages, 1)
