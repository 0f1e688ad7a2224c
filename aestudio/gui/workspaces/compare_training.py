"""Trains several runs one after the other, behind the Compare workspace, and says how far it is."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QObject, Signal

from aestudio.gui.background import Background, Task
from aestudio.gui.durations import spoken
from aestudio.gui.series_times import SeriesClock
from aestudio.gui.workspaces.compare_work import TypesBasis, training_seeds, training_types
from aestudio.training.control import Control
from aestudio.workflows.reporting import PARTS


class SeriesTraining(QObject):
    """One series at a time: every type on the same data, or one recipe with several seeds."""

    #: Whether a series is being trained.
    changed = Signal(bool)
    #: (done, total)
    progressed = Signal(int, int)
    #: Which run is being trained, and how long all still take.
    said = Signal(str)
    #: (Comparison)
    types_trained = Signal(object)
    #: (Ensemble)
    seeds_trained = Signal(object)
    #: It was stopped before a run was finished.
    stopped = Signal()
    failed = Signal(object)

    def __init__(self, background: Background, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._background = background
        self._control: Control | None = None
        #: What each run of the series is called.
        self._names: tuple[str, ...] = ()
        self._clock = SeriesClock((), {})

    @property
    def is_going(self) -> bool:
        return self._control is not None

    def train_types(
        self,
        basis: TypesBasis,
        names: tuple[str, ...],
        epochs: int,
        code_size: int,
        expected_s: Mapping[str, float],
    ) -> None:
        """Train these types; ``expected_s`` holds the seconds that each was measured to take."""
        given = {**basis.given, "training.epochs": epochs, "network.code_size": code_size}
        control = Control()
        work = training_types(basis.dataset, names, given, control)
        task = self._background.prepare(work, "training every type")
        task.done.connect(self._on_types_trained)
        self._begin(task, control, names, expected_s)

    def train_seeds(self, basis: TypesBasis, seeds: tuple[int, ...], expected_s: float) -> None:
        """Train the recipe with each seed; one was measured to take so long, 0 where nobody has."""
        control = Control()
        work = training_seeds(basis.dataset, basis.experiment, seeds, control)
        task = self._background.prepare(work, "training several seeds")
        task.done.connect(self._on_seeds_trained)
        names = tuple(self.tr("seed {0}").format(seed) for seed in seeds)
        self._begin(task, control, names, dict.fromkeys(names, expected_s) if expected_s else {})

    def stop(self) -> None:
        """Stop after the current batch; runs that are finished are kept and told of."""
        if self._control is not None:
            self._control.stop()

    def _begin(
        self, task: Task, control: Control, names: tuple[str, ...], expected_s: Mapping[str, float]
    ) -> None:
        self._control = control
        self._names = names
        self._clock = SeriesClock(names, expected_s)
        task.progressed.connect(self._on_progress)
        task.failed.connect(self._on_failed)
        self.changed.emit(True)
        task.start()

    def _end(self) -> None:
        self._control = None
        self.changed.emit(False)

    def _on_progress(self, done: int, total: int) -> None:
        self.progressed.emit(done, total)
        if self._control is None or self._control.is_stopping:
            return
        place = min(done // PARTS, len(self._names) - 1)
        words = self.tr("Training {name} ({place} of {count})…").format(
            name=self._names[place], place=place + 1, count=len(self._names)
        )
        left_s = self._clock.left_s(place, done / PARTS - place)
        if left_s is not None:
            words += " " + self.tr("About {time} left.").format(time=spoken(left_s))
        self.said.emit(words)

    def _on_types_trained(self, result: object) -> None:
        self._end()
        self.types_trained.emit(result)

    def _on_seeds_trained(self, ensemble: object) -> None:
        self._end()
        self.seeds_trained.emit(ensemble)

    def _on_failed(self, error: object) -> None:
        was_stopped = self._control is not None and self._control.is_stopping
        self._end()
        if was_stopped:
            self.stopped.emit()
        else:
            self.failed.emit(error)
