"""Runs one published recipe at a time, behind the window."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from aestudio.gui.background import Background, Task, TaskReport
from aestudio.gui.bridge import SWITCH_INTERVAL_S, lower_priority
from aestudio.training.control import Control

if TYPE_CHECKING:
    from aestudio.workflows.recipes.running import RecipeResult

#: Before that much is done, the time that is left is a guess.
_ENOUGH = 0.02


class RecipeRunner(QObject):
    """Ends with ``finished`` or ``failed``; with neither after :meth:`cancel`."""

    #: (the share that is done, the seconds that are left or -1)
    progressed = Signal(float, float)
    finished = Signal(object)
    #: (the recipe's name, the error)
    failed = Signal(str, object)
    #: A recipe has begun or ended.
    changed = Signal()

    def __init__(self, background: Background, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._background = background
        self._task: Task | None = None
        self._control = Control()
        self._began_s = 0.0
        self._name = ""
        self._num_threads_under_way = 0
        self._former_switch_interval_s = sys.getswitchinterval()

    @property
    def name(self) -> str:
        """The recipe that is being run; empty when none is."""
        return self._name

    @property
    def is_busy(self) -> bool:
        """Whether a recipe is running, or a cancelled one has not quite ended."""
        return self._num_threads_under_way > 0

    def start(self, name: str, data: str | None) -> None:
        """Run the recipe ``name`` on ``data``, or on its built-in sample when that is None."""
        if self.is_busy:
            return
        self._control = Control()
        task = self._background.prepare(_run(name, data, self._control), "recipe")
        task.progressed.connect(self._on_progress)
        task.done.connect(self._on_done)
        task.failed.connect(self._on_failed)
        task.ended.connect(self._on_ended)
        self._task, self._name = task, name
        self._began_s = time.monotonic()
        self._num_threads_under_way = 1
        self._former_switch_interval_s = sys.getswitchinterval()
        sys.setswitchinterval(SWITCH_INTERVAL_S)
        self.changed.emit()
        task.start()

    def cancel(self) -> None:
        """Give the recipe up; its training ends after the current batch."""
        if self._task is not None:
            self._task.cancel()
            self._control.stop()
            self._forget()

    def _on_progress(self, done: int, total: int) -> None:
        if self.sender() is not self._task:
            return
        share = done / max(1, total)
        elapsed_s = time.monotonic() - self._began_s
        left_s = elapsed_s * (1.0 - share) / share if share >= _ENOUGH else -1.0
        self.progressed.emit(share, left_s)

    def _on_done(self, result: RecipeResult) -> None:
        if self.sender() is self._task:
            self._forget()
            self.finished.emit(result)

    def _on_failed(self, error: object) -> None:
        if self.sender() is self._task:
            name = self._name
            self._forget()
            self.failed.emit(name, error)

    def _forget(self) -> None:
        self._task, self._name = None, ""
        self.changed.emit()

    def _on_ended(self) -> None:
        self._num_threads_under_way = 0
        sys.setswitchinterval(self._former_switch_interval_s)
        self.changed.emit()


def _run(name: str, data: str | None, control: Control) -> Callable[[TaskReport], RecipeResult]:
    def work(report: TaskReport) -> RecipeResult:
        from aestudio.workflows.recipes.running import run_recipe

        def progress(done: int, total: int) -> None:
            if report.is_cancelled():
                # The window is closing.
                control.stop()
            report.progress(done, total)

        lower_priority()
        return run_recipe(name, data, control=control, progress=progress)

    return work
