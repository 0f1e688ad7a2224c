"""Work that would hold the window up, in plain threads that the window owns and joins.

The work is a function of one :class:`TaskReport`. It gets frozen values and never a widget; what it
reports arrives as signals in the window's own thread.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal, SignalInstance

from aestudio.errors import FailureError, StudioError

_log = logging.getLogger(__name__)
_LOOK_INTERVAL_MS = 15
_PROGRESS_INTERVAL_S = 0.05


class TaskReport:
    """What a piece of work may see of its task: whether to go on, and where to say how far it is."""

    def __init__(self, progressed: Callable[[int, int], None]) -> None:
        self._cancelled = threading.Event()
        self._progressed = progressed
        self._last_report_s = 0.0

    def is_cancelled(self) -> bool:
        return self._cancelled.is_set()

    def cancel(self) -> None:
        self._cancelled.set()

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
    done = Signal(object)
    failed = Signal(object)
    ended = Signal()

    def __init__(self, work: Callable[[TaskReport], object], name: str, parent: QObject) -> None:
        super().__init__(parent)
        self._work = work
        self._report = TaskReport(self._emit_progress)
        self._results: list[tuple[SignalInstance, object]] = []
        self._thread = threading.Thread(target=self._run, name=f"task {name}", daemon=True)
        # The window looks for the end itself: a signal sent by a thread that ends at once after it
        # was seen to get lost now and then.
        self._watch = QTimer(self)
        self._watch.setInterval(_LOOK_INTERVAL_MS)
        self._watch.timeout.connect(self._look)

    def start(self) -> None:
        self._thread.start()
        self._watch.start()

    def cancel(self) -> None:
        """Ask the work to end; its result is dropped."""
        self._report.cancel()

    def join(self, timeout_s: float) -> bool:
        """Wait for the thread; return whether it has ended."""
        if self._thread.ident is not None:
            self._thread.join(timeout_s)
        if self._report.is_cancelled():
            self._watch.stop()
        return not self._thread.is_alive()

    def _emit_progress(self, done: int, total: int) -> None:
        if not self._report.is_cancelled():
            self.progressed.emit(done, total)

    def _look(self) -> None:
        if self._thread.is_alive():
            return
        self._watch.stop()
        if not self._report.is_cancelled():
            for signal, value in self._results:
                signal.emit(value)
        self.ended.emit()

    def _run(self) -> None:
        try:
            self._results.append((self.done, self._work(self._report)))
        except StudioError as error:
            self._results.append((self.failed, error))
        except Exception as error:
            _log.exception("a task failed unexpectedly")
            self._results.append((self.failed, _unexpected(error)))


class Background(QObject):
    """Starts tasks, knows which are under way, and ends them before the window goes."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tasks: list[Task] = []

    def prepare(self, work: Callable[[TaskReport], object], name: str) -> Task:
        """Return a task that has to be started once its signals are connected."""
        task = Task(work, name, self)
        self._tasks.append(task)
        task.ended.connect(self._forget_ended)
        return task

    def stop_and_join(self, timeout_s: float = 5.0) -> bool:
        """Cancel everything; return whether every thread ended within the time."""
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
