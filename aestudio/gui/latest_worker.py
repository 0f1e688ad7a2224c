"""Work that a moving hand asks for: in a thread, and only what is wanted last."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

logger = logging.getLogger(__name__)


class LatestWorker(QObject):
    """Computes in a thread of its own, and only ever the newest request of each lane.

    Results arrive through ``done`` in the window's thread. A request that a newer one of the same
    lane overtakes is dropped, so a hurried mouse cannot pile up work.
    """

    done = Signal(str, object)
    _arrived = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._wake = threading.Condition()
        self._requests: dict[str, Callable[[], object]] = {}
        self._results: dict[str, object] = {}
        self._is_closed = False
        self._thread: threading.Thread | None = None
        self._arrived.connect(self._deliver)

    def submit(self, lane: str, compute: Callable[[], object]) -> None:
        """Compute this next, instead of what waits in the same lane."""
        with self._wake:
            self._requests[lane] = compute
            self._wake.notify()
        if self._thread is None and not self._is_closed:
            self._thread = threading.Thread(target=self._work, name="latest", daemon=True)
            self._thread.start()

    def forget(self) -> None:
        """Drop what waits and what has not been delivered."""
        with self._wake:
            self._requests.clear()
            self._results.clear()

    def close(self, timeout_s: float = 2.0) -> None:
        """End the thread; nothing is delivered any more."""
        with self._wake:
            self._is_closed = True
            self._requests.clear()
            self._results.clear()
            self._wake.notify()
        if self._thread is not None:
            self._thread.join(timeout_s)
            self._thread = None

    def _work(self) -> None:
        while True:
            with self._wake:
                self._wake.wait_for(lambda: self._requests or self._is_closed)
                if self._is_closed:
                    return
                lane = next(iter(self._requests))
                compute = self._requests.pop(lane)
            try:
                result = compute()
            except Exception:
                logger.exception("the %s could not be computed", lane)
                continue
            with self._wake:
                is_first = not self._results
                self._results[lane] = result
            if is_first:
                try:
                    self._arrived.emit()
                except RuntimeError:
                    return  # Qt has taken the receiver away: nobody waits for the result.

    def _deliver(self) -> None:
        with self._wake:
            results, self._results = self._results, {}
        for lane, result in results.items():
            self.done.emit(lane, result)
