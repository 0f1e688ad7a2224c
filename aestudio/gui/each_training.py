"""Trains on each of the data sets that the Data workspace lists, behind the window."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from aestudio.gui.background import Task, TaskReport
from aestudio.gui.bridge import SWITCH_INTERVAL_S
from aestudio.gui.each_work import work_through
from aestudio.training.control import Control

if TYPE_CHECKING:
    from aestudio.data.options import DataOptions
    from aestudio.gui.main_window import MainWindow
    from aestudio.workflows.datasets.collection import Collection
    from aestudio.workflows.planning.given import Given
    from aestudio.workflows.several_sets.results import EachTrained, SetResult


class EachTraining(QObject):
    """Connects the list of data sets with the rest of the window: one training at a time."""

    #: (Standing), from the thread that trains.
    moved = Signal(object)
    #: (SetResult), likewise.
    ended = Signal(object)
    #: (EachTrained); after a failure nothing comes.
    finished = Signal(object)

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._control = Control()
        self._task: Task | None = None
        self._former_switch_interval_s = sys.getswitchinterval()
        self._train_command = window.commands.action("train")
        self._train_command.changed.connect(self._on_command_changed)
        window.data.train_each_wanted.connect(self.start)
        window.data.stop_each_wanted.connect(self.stop)
        self.ended.connect(self._on_set_ended)
        self._on_command_changed()

    @property
    def is_busy(self) -> bool:
        return self._task is not None

    def start(self, collection: Collection, options: DataOptions, epochs: int) -> None:
        """Train on each; ``epochs`` 0 leaves their number to what suits each."""
        if self.is_busy or not self._train_is_free:
            return
        given = given_for_each(self._window.opener.given, options, epochs)
        page = self._window.data.collection_page
        self.moved.connect(page.show_standing)
        self.ended.connect(page.show_set_result)
        self._control = Control()
        work = _work(collection, given, self._control, self)
        task = self._task = self._window.background.prepare(work, "training each")
        task.done.connect(self._on_done)
        task.failed.connect(self._on_failed)
        task.ended.connect(self._on_ended)
        self._former_switch_interval_s = sys.getswitchinterval()
        sys.setswitchinterval(SWITCH_INTERVAL_S)
        page.show_begun()
        self._hold_others(self.tr("Several data sets are being trained on, on the Data page"))
        task.start()

    def stop(self) -> None:
        """Stop after the current batch; runs that are finished stay."""
        self._control.stop()

    @property
    def _train_is_free(self) -> bool:
        return self._train_command.isEnabled()

    def _hold_others(self, reason: str) -> None:
        window = self._window
        if window.setup is not None:
            window.setup.set_elsewhere(reason)
        window.commands.set_enabled("train", not reason, reason)

    def _on_command_changed(self) -> None:
        """Every training disables this command while it is going."""
        is_elsewhere = not self._train_is_free and not self.is_busy
        self._window.data.hold_each(self._train_command.toolTip() if is_elsewhere else "")

    def _on_set_ended(self, result: SetResult) -> None:
        if result.run is not None and self._window.runs is not None:
            self._window.runs.refresh()

    def _on_done(self, result: EachTrained) -> None:
        words = [result.heading]
        if result.under_way is not None:
            words.append(self.tr("The one under way can be gone on with, under Runs."))
        hint = [self.tr("Click on a result to open its run.")] if result.trained else []
        self._window.data.collection_page.show_end(" ".join([*words, *hint]))
        is_well = not result.failed and not result.was_stopped
        self._window.messages.show_message(" ".join(words), "good" if is_well else "warning")
        self.finished.emit(result)

    def _on_failed(self, error: object) -> None:
        self._window.data.collection_page.show_end("")
        self._window.show_error(error)

    def _on_ended(self) -> None:
        self._task = None
        sys.setswitchinterval(self._former_switch_interval_s)
        page = self._window.data.collection_page
        self.moved.disconnect(page.show_standing)
        self.ended.disconnect(page.show_set_result)
        self._hold_others("")


def given_for_each(recipe: Given | None, options: DataOptions, epochs: int) -> Given:
    """Return what holds for each: a recipe that was opened, how the folder was read, the epochs."""
    from aestudio.workflows.planning.given import Given

    read_so = options.model_dump(exclude_defaults=True, exclude={"source"})
    return Given(
        {
            **(recipe.values if recipe is not None else {}),
            **{f"data.{name}": value for name, value in read_so.items()},
            **({"training.epochs": epochs} if epochs else {}),
        }
    )


def _work(
    collection: Collection, given: Given, control: Control, told: EachTraining
) -> Callable[[TaskReport], EachTrained]:
    def work(report: TaskReport) -> EachTrained:
        return work_through(collection, given, control, report, told.moved.emit, told.ended.emit)

    return work
