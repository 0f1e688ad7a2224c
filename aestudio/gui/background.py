"""Work that would hold the window up, in plain threads that the window owns and joins.

The work is a function of one :class:`TaskReport`. It gets frozen values and never a widget; what it
reports arrives as signals in the window's own thread.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from aestudio.errors import FailureError, StudioError

_log = logging.getLogger(__name__)
_PROGRESS_INTERVAL_S = 0.05


class TaskReport:
    """What a piece of work may see of its task: whether to go on, and where to say how far it is."""

    def __init__(
        self,
        progressed: Callable[[int, int], None],
        said: Callable[[str], None] = lambda words: None,
    ) -> None:
        self._cancelled = threading.Event()
        self._progressed = progressed
        self._said = said
        self._last_report_s = 0.0

    def is_cancelled(self) -> bool:
        return self._cancelled.is_set()

    def cancel(self) -> None:
        self._cancelled.set()

    def say(self, words: str) -> None:
        """Name the step that begins now; its first progress is told at once."""
        self._last_report_s = 0.0
        self._said(words)

    def progress(self, done: int, total: int) -> None:
        """Report ``done`` of ``total``; reports closer than 50 ms apart are dropped."""
        now_s = time.monotonic()
        if done >= total or now_s - self._last_report_s >= _PROGRESS_INTERVAL_S:
            self._last_report_s = now_s
            self._progressed(done, total)


class Task(QObject):
    """One piece of work under way.

    Ends with ``done`` or ``failed``, or with neither after :meth:`cancel`; ``ended`` comes last in
    every case.
    """

    progressed = Signal(int, int)
    #: What is begun now, in words.
    said = Signal(str)
    done = Signal(object)
    failed = Signal(object)
    ended = Signal()

    def __init__(self, work: Callable[[TaskReport], object], name: str, parent: QObject) -> None:
        super().__init__(parent)
        self._work = work
        self._report = TaskReport(self._emit_progress, self._emit_words)
        self._thread = threading.Thread(target=self._run, name=f"task {name}", daemon=True)

    def start(self) -> None:
        """Begin, unless the task was cancelled already: then it ends at once."""
        if self._report.is_cancelled():
            self.ended.emit()
        else:
            self._thread.start()

    def cancel(self) -> None:
        """Ask the work to end; its result is dropped."""
        self._report.cancel()

    def join(self, timeout_s: float) -> bool:
        """Wait for the thread; return whether it has ended."""
        if self._thread.ident is not None:
            self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _emit_progress(self, done: int, total: int) -> None:
        if not self._report.is_cancelled():
            self.progressed.emit(done, total)

    def _emit_words(self, words: str) -> None:
        if not self._report.is_cancelled():
            self.said.emit(words)

    def _run(self) -> None:
        try:
            self._deliver()
        except RuntimeError:
            # Qt has taken the receiver away: the window is gone and nobody waits for the result.
            _log.debug("a task ended after its window", exc_info=True)

    def _deliver(self) -> None:
        try:
            result = self._work(self._report)
        except StudioError as error:
            if not self._report.is_cancelled():
                self.failed.emit(error)
        except Exception as error:
            _log.exception("a task failed unexpectedly")
            if not self._report.is_cancelled():
                self.failed.emit(_unexpected(error))
        else:
            if not self._report.is_cancelled():
                self.done.emit(result)
        self.ended.emit()


class Background(QObject):
    """Starts tasks, knows which are under way, and ends them before the window goes."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tasks: list[Task] = []
        self._has_stopped = False

    def prepare(self, work: Callable[[TaskReport], object], name: str) -> Task:
        """Return a task that has to be started once its signals are connected."""
        task = Task(work, name, self)
        if self._has_stopped:
            # A signal that was under way while the window closed asks for it; nobody would wait.
            task.cancel()
        self._tasks.append(task)
        task.ended.connect(self._forget_ended)
        return task

    def stop_and_join(self, timeout_s: float = 5.0) -> bool:
        """Cancel everything, start nothing more; return whether every thread ended within the time."""
        self._has_stopped = True
        deadline_s = time.monotonic() + timeout_s
        for task in self._tasks:
            task.cancel()
        ended = [task.join(max(0.0, deadline_s - time.monotonic())) for task in self._tasks]
        return all(ended)

    def _forget_ended(self) -> None:
        task = self.sender()
        if isinstance(task, Task) and task in self._tasks:
            self._tasks.remove(task)
            task.join(1.0)
            task.deleteLater()


def _unexpected(error: Exception) -> FailureError:
    failure = FailureError(
        f"something went wrong that should not have: {type(error).__name__}: {error}",
        next_step="Copy the report from the Help menu if it happens again.",
    )
    failure.__cause__ = error
    return failure
