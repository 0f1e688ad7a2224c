"""How fast a run is, and how long it will still take; pauses do not count."""

from __future__ import annotations

import time


class Clock:
    """Tells the time spent in steps from the time spent around them."""

    def __init__(self, earlier_s: float = 0.0) -> None:
        self._started = time.perf_counter()
        self._paused_s = 0.0
        self._earlier_s = earlier_s
        self._step_s = 0.0
        self._num_steps = 0
        self._num_epochs = 0
        self._mark = self._started

    @property
    def elapsed_s(self) -> float:
        """Working time of the whole run, earlier sessions included."""
        return self._earlier_s + self.session_s

    @property
    def session_s(self) -> float:
        """Working time since this session of the run began."""
        return time.perf_counter() - self._started - self._paused_s

    def start_steps(self) -> None:
        """Note that steps begin now, after work of another kind."""
        self._mark = self.session_s

    def count_steps(self, num_steps: int) -> float:
        """Count steps done since the last mark, and return the seconds they took."""
        seconds = self.session_s - self._mark
        self._mark += seconds
        self._step_s += seconds
        self._num_steps += num_steps
        return seconds

    def count_epoch(self) -> None:
        self._num_epochs += 1

    def add_pause(self, seconds: float) -> None:
        self._paused_s += seconds

    def remaining_s(self, num_steps: int, num_epochs: int) -> float:
        """Return the expected time for the steps and epochs still to do; NaN before any step."""
        if self._num_steps == 0:
            return float("nan")
        around_s = self.session_s - self._step_s
        per_epoch_s = around_s / self._num_epochs if self._num_epochs else 0.0
        return num_steps * self._step_s / self._num_steps + num_epochs * per_epoch_s
