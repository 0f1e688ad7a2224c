"""How the outside asks a training to pause or to stop."""

from __future__ import annotations

import threading


class Control:
    """Flags that the trainer reads at the end of each batch; safe to set from any thread."""

    def __init__(self) -> None:
        self._stop = threading.Event()
        self._running = threading.Event()
        self._running.set()

    @property
    def is_stopping(self) -> bool:
        return self._stop.is_set()

    @property
    def is_paused(self) -> bool:
        return not self._running.is_set()

    def stop(self) -> None:
        """Ask the run to end after the current batch, keeping what it has learned."""
        self._stop.set()
        self._running.set()

    def pause(self) -> None:
        """Ask the run to wait after the current batch."""
        if not self.is_stopping:
            self._running.clear()

    def resume(self) -> None:
        self._running.set()

    def wait_while_paused(self) -> None:
        """Return at once unless paused; then return on resume or stop."""
        self._running.wait()
