"""Keeps the look at what preprocessing does to a sample in step with the recipe."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from aestudio.errors import OptionError, StudioError
from aestudio.gui.background import Task, TaskReport
from aestudio.gui.plots.sample_art import SampleArt
from aestudio.gui.widgets.dialogs.preprocessing_dialog import PreprocessingDialog
from aestudio.preprocess.options import PreprocessOptions

if TYPE_CHECKING:
    from collections.abc import Callable

    from aestudio.data.dataset import Dataset
    from aestudio.data.options import DataOptions
    from aestudio.gui.main_window import MainWindow
    from aestudio.gui.widgets.forms.recipe_panel import RecipePanel
    from aestudio.workflows.datasets.sample_preprocessing import Preprocessing

#: A value that is being typed is not followed letter by letter.
_DELAY_MS = 150


@dataclass(frozen=True, slots=True, eq=False)
class _Fitted:
    """The preprocessing of one recipe, and how its samples are drawn."""

    preprocessing: Preprocessing
    art: SampleArt


class PreprocessingView(QObject):
    """Fits the recipe's preprocessing in the background and shows samples on their way."""

    def __init__(
        self, window: MainWindow, recipe: RecipePanel, dataset: Dataset, options: DataOptions
    ) -> None:
        dialog = PreprocessingDialog(window.theme, window)
        super().__init__(dialog)
        self.dialog = dialog
        self._background = window.background
        self._recipe = recipe
        self._dataset, self._options = dataset, options
        self._row = 0
        self._fitted: _Fitted | None = None
        self._fitting: Task | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_DELAY_MS)
        self._timer.timeout.connect(self._fit)
        recipe.experiment_changed.connect(self._on_recipe)
        self.dialog.step_wanted.connect(self._on_step)
        self.dialog.edited.connect(self._on_edited)
        self.dialog.cancelled.connect(self._on_cancelled)
        self.dialog.finished.connect(self._on_closed)

    def show(self, row: int) -> None:
        """Open the dialog with a row of the dataset."""
        self._row = row
        self._show_options()
        self._fit()
        self.dialog.show()

    @property
    def _preprocess(self) -> PreprocessOptions:
        experiment = self._recipe.experiment
        return PreprocessOptions() if experiment is None else experiment.preprocess

    def _show_options(self) -> None:
        baseline = self._recipe.baseline
        usual = PreprocessOptions() if baseline is None else baseline.preprocess
        self.dialog.set_options(self._preprocess, usual)

    def _on_recipe(self) -> None:
        self._show_options()
        self._timer.start()

    def _on_edited(self, key: str, value: object) -> None:
        try:
            self._recipe.change({key: value})
        except OptionError as error:
            self.dialog.show_problem(error)

    def _on_step(self, step: int) -> None:
        self._row = (self._row + step) % self._dataset.num_samples
        self._show_sample()

    def _on_closed(self) -> None:
        self._timer.stop()
        self.dialog.waiting.end()
        if self._fitting is not None:
            self._fitting.cancel()
            self._fitting = None

    def _fit(self) -> None:
        if self._fitting is not None:
            self._fitting.cancel()
        work = _fit(self._dataset, self._options, self._preprocess)
        self._fitting = self._background.prepare(work, "preprocessing")
        self._fitting.progressed.connect(self._on_progress)
        self._fitting.done.connect(self._on_fitted)
        self._fitting.failed.connect(self._on_failed)
        self.dialog.show_fitting()
        self._fitting.start()

    def _on_progress(self, done: int, total: int) -> None:
        if self.sender() is self._fitting:
            self.dialog.show_progress(done, total)

    def _on_cancelled(self) -> None:
        """Give up fitting; what was shown before stays."""
        if self._fitting is not None:
            self._fitting.cancel()
            self._fitting = None
        self.dialog.show_cancelled()

    def _on_fitted(self, fitted: _Fitted) -> None:
        if self.sender() is self._fitting:
            self._fitting = None
            self._fitted = fitted
            self._show_sample()

    def _on_failed(self, error: StudioError) -> None:
        if self.sender() is self._fitting:
            self._fitting = None
            self.dialog.show_problem(error)

    def _show_sample(self) -> None:
        if self._fitted is None:
            return
        preprocessing = self._fitted.preprocessing
        try:
            sample = preprocessing.follow(self._row)
            self.dialog.show_sample(sample, self._fitted.art, preprocessing.num_fitted)
        except StudioError as error:
            self.dialog.show_problem(error)


def _fit(
    dataset: Dataset, options: DataOptions, preprocess: PreprocessOptions
) -> Callable[[TaskReport], _Fitted]:
    def work(report: TaskReport) -> _Fitted:
        from aestudio.workflows.datasets.sample_preprocessing import fit_preprocessing

        fitted = fit_preprocessing(
            dataset,
            options,
            preprocess,
            progress=report.progress,
            is_cancelled=report.is_cancelled,
        )
        return _Fitted(fitted, SampleArt.of(dataset))

    return work
