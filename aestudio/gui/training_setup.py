"""What stands between the data and the Train button: the recipe, whether it can run, how long."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal

from aestudio.data.dataset import Dataset
from aestudio.data.options import DataOptions
from aestudio.errors import InputError, OptionError, RunError
from aestudio.gui.background import Background, Task, TaskReport
from aestudio.gui.widgets.forms.recipe_panel import RecipePanel

if TYPE_CHECKING:
    from aestudio.experiment import Experiment
    from aestudio.gui.workspaces.run_opening import Subject
    from aestudio.gui.workspaces.train import TrainWorkspace
    from aestudio.workflows.planning.given import Given
    from aestudio.workflows.planning.presets import Preset

#: How long a person may go on changing the recipe before the time is measured again.
_ESTIMATE_DELAY_MS = 700


class TrainingSetup(QObject):
    """Connects the recipe panel with the train workspace once there is data."""

    failed = Signal(object)
    #: The data has a recipe now; training may begin.
    prepared = Signal()
    #: Why training cannot begin, whenever that may have changed; empty when it can.
    readiness_changed = Signal(str)
    #: How many seconds the recipe would take on this computer.
    estimated = Signal(float)
    #: A value that was advised stands in the recipe now.
    setting_taken = Signal()
    #: (path, values): the recipe of another run is wanted, with these values instead of its own.
    recipe_wanted = Signal(Path, object)

    def __init__(
        self,
        train: TrainWorkspace,
        panel: RecipePanel,
        background: Background,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._train = train
        self._panel = panel
        self._background = background
        self._dataset: Dataset | None = None
        self._options = DataOptions()
        self._recommending: Task | None = None
        self._estimating: Task | None = None
        self._starts_when_prepared = False
        #: (key, value), to be put into the recipe once the data has one.
        self._advised: tuple[str, object] | None = None
        self._elsewhere = ""
        self._estimate_timer = QTimer(self)
        self._estimate_timer.setSingleShot(True)
        self._estimate_timer.setInterval(_ESTIMATE_DELAY_MS)
        self._estimate_timer.timeout.connect(self._estimate)
        panel.experiment_changed.connect(self._on_experiment_changed)
        panel.validity_changed.connect(self._update_train_button)
        train.train_requested.connect(self.start)
        train.training_changed.connect(self._on_training_changed)
        self._update_train_button()

    @property
    def dataset(self) -> Dataset | None:
        return self._dataset

    @property
    def elsewhere(self) -> str:
        """What goes on elsewhere, so that nothing can be trained here; empty when nothing does."""
        return self._elsewhere

    @property
    def why_not(self) -> str:
        """Why training cannot begin; empty when it can."""
        if self._elsewhere:
            return self._elsewhere
        if self._dataset is None:
            return self.tr("Choose data first, on the Data page")
        if self._panel.experiment is None:
            return self.tr("Looking for a recipe that suits the data")
        return self._panel.problem

    def set_elsewhere(self, reason: str) -> None:
        """Wait with training for what goes on elsewhere; an empty ``reason`` says it is over."""
        self._elsewhere = reason
        if reason:
            self._cancel_estimate()
        self._update_train_button()

    def set_data(
        self,
        dataset: Dataset,
        options: DataOptions,
        *,
        given: Given | None = None,
        start: bool = False,
    ) -> None:
        """Take new data and look for recipes; ``given`` settings win over recommended ones."""
        self._dataset = dataset
        self._options = options
        self._starts_when_prepared = start
        self._advised = None
        self._train.set_dataset(dataset)
        self._panel.set_notes(_notes(dataset))
        if self._recommending is not None:
            self._recommending.cancel()
        task = self._background.prepare(_recommend(dataset, options, given), "recommending")
        task.done.connect(self._on_recommended)
        task.failed.connect(self.failed)
        self._recommending = task
        task.start()

    def start(self) -> None:
        """Train the recipe on the data, if that is possible."""
        experiment, dataset = self._panel.experiment, self._dataset
        if self.why_not or experiment is None or dataset is None or self._train.is_training:
            return
        self._cancel_estimate()
        self._train.start(experiment, dataset)

    def try_setting(self, subject: Subject, key: str, value: object) -> None:
        """Put a value that was advised for ``subject`` into the recipe.

        Where the recipe on display is for other data or another type, that is the subject's own.
        """
        own, shown = subject.model.experiment, self._panel.experiment
        if (
            shown is not None
            and shown.data.source == own.data.source
            and shown.autoencoder.type == own.autoencoder.type
        ):
            self.take_setting(key, value)
        elif subject.run_path is not None:
            self.recipe_wanted.emit(subject.run_path / "experiment.toml", {key: value})

    def take_setting(self, key: str, value: object) -> None:
        """Put a value that was advised for the data into its recipe, as soon as it has one."""
        if self._panel.experiment is None or self._recommending is not None:
            self._advised = (key, value)
            return
        try:
            self._panel.put({key: value})
        except OptionError as error:
            self.failed.emit(error)
        else:
            self.setting_taken.emit()

    def show_failure(self, error: object) -> None:
        """Point at the option that a failed start was about, if it was about one."""
        if isinstance(error, InputError):
            self._panel.show_error(error)

    def _on_recommended(self, presets: tuple[Preset, ...]) -> None:
        if self.sender() is not self._recommending:
            return
        self._recommending = None
        self._panel.set_presets(presets)
        self.prepared.emit()
        if self._advised is not None:
            advised, self._advised = self._advised, None
            self.take_setting(*advised)
        if self._starts_when_prepared:
            self._starts_when_prepared = False
            if self._elsewhere:
                # Asked for with a click, so it has to be said that it does not happen.
                self.failed.emit(_wait_for(self._elsewhere))
            self.start()

    def _on_experiment_changed(self) -> None:
        self._update_train_button()
        self._cancel_estimate()
        self._train.set_estimate(None)
        self._estimate_timer.start()

    def _on_training_changed(self, is_training: bool) -> None:
        # Measuring beside a training would disturb it and measure wrongly.
        if is_training:
            self._cancel_estimate()
        else:
            self._estimate_timer.start()

    def _update_train_button(self) -> None:
        self._train.set_train_enabled(not self.why_not, self.why_not)
        self.readiness_changed.emit(self.why_not)

    def _estimate(self) -> None:
        experiment, dataset = self._panel.experiment, self._dataset
        if self.why_not or experiment is None or dataset is None or self._train.is_training:
            return
        task = self._background.prepare(_estimate(experiment, dataset), "estimating")
        task.done.connect(self._on_estimated)
        task.failed.connect(self._on_estimate_failed)
        self._estimating = task
        task.start()

    def _cancel_estimate(self) -> None:
        self._estimate_timer.stop()
        if self._estimating is not None:
            self._estimating.cancel()
            self._estimating = None

    def _on_estimated(self, seconds: float) -> None:
        if self.sender() is self._estimating:
            self._estimating = None
            self._train.set_estimate(seconds)
            self.estimated.emit(seconds)

    def _on_estimate_failed(self, error: object) -> None:
        if self.sender() is not self._estimating:
            return
        self._estimating = None
        # What cannot be measured cannot be trained either: say so before Train is pressed.
        if isinstance(error, InputError):
            # Not asked for, so it must not take the keyboard away from what is being typed.
            self._panel.show_error(error, takes_focus=False)
        self.failed.emit(error)


def read_recipe(path: Path, changes: Mapping[str, Any]) -> Callable[[TaskReport], Given]:
    """Return the work that reads an experiment file; ``changes`` win over what it says."""

    def work(report: TaskReport) -> Given:
        from aestudio.workflows.planning.given import Given

        given = Given.collect(config=path, last=changes)
        if "data.source" not in given.values:
            raise OptionError(
                "the recipe does not say which data it is for.",
                subject=path,
                next_step="Add a line source = ... to its [data] part.",
            )
        return given

    return work


def _notes(dataset: Dataset) -> dict[str, tuple[str, bool]]:
    from aestudio.workflows.planning.label_count import CONDITION_KEY, offered_labels

    offer = offered_labels(dataset)
    return {CONDITION_KEY: (offer.words, offer.is_available)}


def _wait_for(reason: str) -> RunError:
    return RunError(f"{reason}.", subject="Train", next_step="Press Train when it has ended.")


def _recommend(
    dataset: Dataset, options: DataOptions, given: Given | None
) -> Callable[[TaskReport], tuple[Preset, ...]]:
    def work(report: TaskReport) -> tuple[Preset, ...]:
        from aestudio.workflows.planning.presets import Preset, presets
        from aestudio.workflows.planning.recommendation import recommend

        found = presets(dataset, data_options=options)
        if given is None:
            return found
        recipe = recommend(
            dataset, given.autoencoder_type, given=given.values, data_options=options
        )
        title, text = "From the file", "The recipe that was opened, completed for this data."
        return (Preset("file", title, text, recipe), *found)

    return work


def _estimate(experiment: Experiment, dataset: Dataset) -> Callable[[TaskReport], float]:
    def work(report: TaskReport) -> float:
        from aestudio.workflows.planning.time_estimate import estimate_seconds

        return estimate_seconds(experiment, dataset, is_cancelled=report.is_cancelled)

    return work
