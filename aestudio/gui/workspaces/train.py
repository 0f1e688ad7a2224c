"""The train workspace: start, pause and stop a run, and watch it learn."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QByteArray, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from aestudio.data.dataset import Dataset
from aestudio.errors import StudioError
from aestudio.gui.background import Background
from aestudio.gui.bridge import Points, RunState, TrainingBridge
from aestudio.gui.durations import clock
from aestudio.gui.plots.figure_menu import FigureMenu
from aestudio.gui.plots.latent_map import MapSamples
from aestudio.gui.plots.sample_art import SampleArt
from aestudio.gui.theme import Theme
from aestudio.gui.widgets.live.transport import Transport
from aestudio.gui.workspaces.four_views import FourViews
from aestudio.gui.workspaces.run_display import RunDisplay, name_getter, sample_getter
from aestudio.gui.workspaces.run_opening import (
    FinishedRun,
    LiveRun,
    Subject,
    art_for,
    open_finished,
    open_new,
    open_resumed,
    read_data,
    sample_names,
)
from aestudio.training.control import Control
from aestudio.training.events import (
    EpochDone,
    FinishReason,
    PreviewReady,
    RunFinished,
    RunStarted,
    StepsDone,
)

if TYPE_CHECKING:
    from aestudio.experiment import Experiment


class TrainWorkspace(QWidget):
    """Transport on top, recipe at the left, the four live views, the scrubber below."""

    message = Signal(str)
    failed = Signal(object)
    training_changed = Signal(bool)
    run_finished = Signal(object)
    train_requested = Signal()
    export_requested = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._dataset: Dataset | None = None
        self._live: LiveRun | None = None
        self._finished: FinishedRun | None = None
        self._started: RunStarted | None = None
        #: A run is on its way, and what is on display is not it yet.
        self._is_opening = False
        self._run_path: Path | None = None
        self._background = Background(self)
        self.bridge = TrainingBridge(self)
        self.display = RunDisplay(theme, self._background, self)
        self.transport = Transport(theme)
        self._lay_out()
        self._connect()
        self.display.clear()

    # The interface

    @property
    def is_training(self) -> bool:
        return self.bridge.is_running

    @property
    def run_path(self) -> Path | None:
        """The folder of the run on display."""
        return self._run_path

    @property
    def subject(self) -> Subject | None:
        """What can be looked into: the model on display."""
        shown = self._live or self._finished
        return None if shown is None else shown.subject

    def set_recipe_panel(self, widget: QWidget) -> None:
        """Put the recipe at the left."""
        self._columns.set_recipe(widget)

    def set_dataset(self, dataset: Dataset) -> None:
        """Remember what the next run learns from, and show some of it while nothing else is shown."""
        self._dataset = dataset
        if not self.is_training:
            self._forget_run()
            art = SampleArt.of(dataset)
            rows = np.arange(min(16, dataset.num_samples))
            self.display.comparison.set_hint("")
            self.display.comparison.set_samples(
                art,
                np.asarray(dataset.x[rows]),
                rows.tolist(),
                sample_names(
                    rows,
                    None if dataset.labels is None else dataset.labels[rows],
                    dataset.label_names,
                ),
                None if dataset.times is None else dataset.times.moments_of(rows),
            )

    def start(self, experiment: Experiment, dataset: Dataset) -> None:
        """Train a new run in the default place."""
        self._begin(partial(open_new, experiment, dataset))

    def resume(self, run_path: str | os.PathLike[str], epochs: int | None = None) -> None:
        """Go on with a run; ``epochs`` is the new number of epochs in all."""
        self._begin(lambda control: open_resumed(run_path, control, epochs))

    def open_run(self, run_path: str | os.PathLike[str]) -> None:
        """Show a run that is not being trained; replay works from its folder."""
        if self.is_training:
            self.message.emit(self.tr("A run is going; stop it before opening another one."))
            return
        self.message.emit(self.tr("Opening {name}…").format(name=Path(run_path).name))
        task = self._background.prepare(lambda report: open_finished(run_path), "open run")
        task.done.connect(self._on_run_opened)
        task.failed.connect(self.failed)
        task.start()

    def stop_and_join(self) -> bool:
        """Stop whatever is under way and wait; return whether everything ended in time."""
        has_stopped = self.bridge.stop_and_join()
        self.display.close()
        return self._background.stop_and_join() and has_stopped

    def set_train_enabled(self, enabled: bool, why_not: str) -> None:
        self.transport.set_train_enabled(enabled, why_not)

    def set_estimate(self, seconds: float | None) -> None:
        self.transport.set_estimate(seconds)

    def pause_or_resume(self) -> None:
        """What the pause button does, for menus and shortcuts."""
        self.transport.pause_button.click()

    def stop(self) -> None:
        self.bridge.stop()

    def save_layout(self) -> QByteArray:
        """Where the dividers between the views are."""
        return self._columns.save()

    def restore_layout(self, state: QByteArray) -> bool:
        """Return whether ``state`` could be used."""
        return self._columns.restore(state)

    def reset_layout(self) -> None:
        """Give every view its first size back."""
        self._columns.reset()

    # Layout

    def _lay_out(self) -> None:
        display = self.display
        self._columns = FourViews(
            (display.curve_pages, display.comparison), (display.map, display.interpolation)
        )
        gap = self._theme.spacing
        outer = QVBoxLayout(self)
        outer.setContentsMargins(gap, gap, gap, 4)
        outer.setSpacing(gap)
        outer.addWidget(self.transport)
        outer.addWidget(self._columns, 1)
        outer.addWidget(display.scrubber)

    def _connect(self) -> None:
        transport, bridge, display = self.transport, self.bridge, self.display
        transport.train_requested.connect(self.train_requested)
        transport.pause_requested.connect(bridge.pause)
        transport.resume_requested.connect(bridge.go_on)
        transport.stop_requested.connect(bridge.stop)
        transport.export_requested.connect(lambda: self.export_requested.emit(self._run_path))
        bridge.state_changed.connect(self._on_state_changed)
        bridge.opened.connect(self._on_opened)
        bridge.ended.connect(self._on_ended)
        bridge.listen(RunStarted, self._on_started)
        bridge.listen(Points, self._on_points)
        bridge.listen(StepsDone, self._on_steps)
        bridge.listen(EpochDone, self._on_epoch)
        bridge.listen(PreviewReady, self._on_preview)
        bridge.listen(RunFinished, self._on_finished)
        display.failed.connect(self.failed)
        display.interpolation.failed.connect(self.failed)
        display.interpolation.saved.connect(self._on_saved)
        for menu in self.findChildren(FigureMenu):
            menu.failed.connect(self.failed)
            menu.saved.connect(self._on_saved)

    # A run from its first to its last event

    def _begin(self, open_session: Callable[[Control], LiveRun]) -> None:
        if self.is_training:
            self.message.emit(self.tr("A run is going; stop it first."))
            return
        # What is on display stays there until the new run is known to open.
        self._is_opening = True
        self._started = None
        self.transport.forget_run()
        self.bridge.start(open_session)

    def _forget_run(self) -> None:
        self._live = None
        self._started = None
        self._run_path = None
        self.transport.forget_run()
        self.transport.set_has_run(False)
        self.display.clear()

    def _on_opened(self, live: LiveRun) -> None:
        self._is_opening = False
        self._finished = None
        self._forget_run()
        self._live = live
        self._run_path = live.run.path
        self.display.begin(live.run, art_for(live.model), live.model, live.replay_model)

    def _on_started(self, event: RunStarted) -> None:
        live, display = self._live, self.display
        if live is None or event.run_id != live.run.info.run_id:
            return
        self._started = event
        dataset = live.dataset
        self.transport.set_device(event.device, event.precision)
        self.transport.set_epoch(min(event.epochs_done + 1, event.num_epochs), event.num_epochs)
        display.set_curves(event.term_names, event.steps_per_epoch)
        if live.metrics is not None:
            display.load_curves(live.metrics)
        rows = event.picture_rows
        labels = dataset.labels
        display.set_pictures(
            np.asarray(dataset.x[rows]),
            rows.tolist(),
            sample_names(rows, None if labels is None else labels[rows], dataset.label_names),
            None if dataset.times is None else dataset.times.moments_of(rows),
        )
        display.set_map_samples(
            MapSamples(
                rows=event.map_rows,
                labels=None if labels is None else labels[event.map_rows],
                label_names=dataset.label_names,
                num_all=dataset.num_samples,
                sample=sample_getter(dataset, event.map_rows),
                name=name_getter(dataset, event.map_rows),
            )
        )
        display.set_epochs(live.epochs)
        self.message.emit(
            self.tr("Training {name}: {count} parameters, {samples} samples").format(
                name=live.run.info.name,
                count=f"{event.num_parameters:,}",
                samples=f"{event.num_train:,}",
            )
        )

    def _is_current(self, run_id: str) -> bool:
        return self._started is not None and run_id == self._started.run_id

    def _on_points(self, points: Points) -> None:
        if self._is_current(points.run_id):
            self.display.curves.add_points(points.columns)
            self.display.gradients.add_points(points.gradients)

    def _on_steps(self, event: StepsDone) -> None:
        started = self._started
        if started is None or not self._is_current(event.run_id):
            return
        self.transport.set_epoch(event.epoch, started.num_epochs)
        share = event.step / max(1, started.num_epochs * started.steps_per_epoch)
        self.transport.set_progress(share, event.samples_per_s, event.remaining_s)

    def _on_epoch(self, event: EpochDone) -> None:
        if self._is_current(event.run_id):
            self.display.curves.add_validation(
                [event.step], {name: [value] for name, value in event.validation.items()}
            )

    def _on_preview(self, event: PreviewReady) -> None:
        if self._is_current(event.run_id):
            self.display.add_preview(event)

    def _on_finished(self, event: RunFinished) -> None:
        started = self._started
        if started is None or not self._is_current(event.run_id):
            return
        # The last reports may have been too many for the pauses of curves and transport.
        for curves in (self.display.curves, self.display.gradients):
            curves.redraw()
        self.transport.set_epoch(event.epoch, started.num_epochs)
        words = {
            FinishReason.COMPLETED: self.tr("Done"),
            FinishReason.STOPPED: self.tr("Stopped"),
            FinishReason.EARLY: self.tr("Stopped early: no better for a while"),
            FinishReason.DIVERGED: self.tr("Diverged"),
            FinishReason.FAILED: self.tr("Failed"),
        }[event.reason]
        self.transport.set_summary(
            self.tr("{what} after {time}").format(what=words, time=clock(event.elapsed_s))
        )
        if event.reason is FinishReason.COMPLETED:
            self.transport.set_progress(1.0, 0.0, 0.0)
        if event.error is not None:
            self.failed.emit(event.error)
        elif event.best_epoch:
            self.message.emit(
                self.tr(
                    "{what}. The best epoch was {best}; it is what exports and tools use."
                ).format(what=words, best=event.best_epoch)
            )

    def _on_ended(self, error: StudioError | None) -> None:
        has_begun = self._started is not None
        if error is not None:
            self.transport.set_summary(self.tr("Not trained"))
            self.failed.emit(error)
        elif not has_begun:
            self.transport.set_summary(self.tr("Stopped before it began"))
        was_open = self._is_opening and self._run_path is not None
        self.transport.set_has_run(has_begun or was_open)
        if has_begun:
            self.run_finished.emit(self._run_path)

    def _on_state_changed(self, state: RunState) -> None:
        self.transport.set_state(state)
        if state in (RunState.PREPARING, RunState.IDLE):
            self.training_changed.emit(state is not RunState.IDLE)

    def _on_saved(self, path: Path) -> None:
        self.message.emit(self.tr("Saved {path}").format(path=path))

    # A run from its folder

    def _on_run_opened(self, finished: FinishedRun) -> None:
        if self.is_training:
            return
        self._forget_run()
        display = self.display
        self._finished = finished
        self._run_path = finished.run.path
        newest = finished.epochs[-1] if finished.epochs else 0
        display.begin(finished.run, finished.art, finished.model, None, newest_epoch=newest)
        metrics = finished.metrics
        names = tuple(metrics.step_terms) or tuple(metrics.train)
        steps_per_epoch = (
            round(metrics.epoch_steps[-1] / metrics.epochs[-1]) if len(metrics.epochs) else 1
        )
        display.set_curves(names, steps_per_epoch)
        display.load_curves(metrics)
        if finished.pictures is not None:
            display.set_pictures(
                finished.pictures,
                finished.picture_rows,
                finished.picture_names,
                finished.picture_moments,
            )
        if finished.map_samples is not None:
            display.set_map_samples(finished.map_samples)
        display.set_epochs(finished.epochs)
        info = finished.run.info
        num_epochs = finished.experiment.training.epochs
        self.transport.set_summary(info.name)
        self.transport.set_epoch(newest, num_epochs)
        self.transport.set_progress(newest / max(1, num_epochs), 0.0, -1.0)
        self.transport.set_has_run(True)
        self.message.emit(self.tr("Opened {name}").format(name=info.name))
        task = self._background.prepare(partial(read_data, finished.run), "read data")
        task.done.connect(partial(self._on_data_read, finished))
        # Without the data everything works but the pictures of the map's points.
        task.failed.connect(lambda error: self.message.emit(str(error)))
        task.start()

    def _on_data_read(self, finished: FinishedRun, dataset: Dataset) -> None:
        samples = finished.map_samples
        if self._run_path == finished.run.path and samples is not None and not self.is_training:
            self.display.add_data(dataset)
