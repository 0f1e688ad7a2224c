"""How long several trainings take: measured before they begin, extrapolated while they go on."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from PySide6.QtCore import QObject, Signal

from aestudio.gui.background import Background, Task, TaskReport

#: Before this share is done, what was measured beforehand tells more than what has passed.
_ENOUGH = 0.03

#: Measures the seconds that one epoch takes.
Measure = Callable[[TaskReport], float]


class SeriesTimes(QObject):
    """Measures one epoch of each recipe, one after the other, behind a dialog."""

    #: One more is measured, or all are.
    changed = Signal()

    def __init__(self, background: Background, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._background = background
        self._task: Task | None = None
        self._waiting: list[tuple[str, Measure]] = []
        self._name = ""
        #: Seconds for one epoch, by the name of the recipe.
        self.epoch_s: dict[str, float] = {}
        #: Why a recipe cannot be trained.
        self.problems: dict[str, str] = {}

    @property
    def is_measuring(self) -> bool:
        return self._task is not None

    def start(self, measures: Mapping[str, Measure]) -> None:
        """Forget what is known and measure these."""
        self.stop()
        self.epoch_s, self.problems = {}, {}
        self._waiting = list(measures.items())
        self._go_on()

    def stop(self) -> None:
        """Measure no more; the one under way ends at its next look."""
        self._waiting = []
        if self._task is not None:
            self._task.cancel()
            self._task = None

    def _go_on(self) -> None:
        self._task = None
        if self._waiting:
            self._name, measure = self._waiting.pop(0)
            self._task = self._background.prepare(measure, "estimating")
            self._task.done.connect(self._on_done)
            self._task.failed.connect(self._on_failed)
            self._task.start()
        self.changed.emit()

    def _on_done(self, seconds: float) -> None:
        if self.sender() is self._task:
            self.epoch_s[self._name] = seconds
            self._go_on()

    def _on_failed(self, error: object) -> None:
        if self.sender() is self._task:
            self.problems[self._name] = str(error)
            self._go_on()


class SeriesClock:
    """Tells how long a series of trainings still takes."""

    def __init__(self, names: tuple[str, ...], expected_s: Mapping[str, float]) -> None:
        known = [expected_s[name] for name in names if name in expected_s]
        typical_s = sum(known) / len(known) if known else 1.0
        self._is_measured = len(known) == len(names)
        self._weights = [expected_s.get(name, typical_s) for name in names]
        self._began_s = time.monotonic()

    def left_s(self, place: int, share: float, elapsed_s: float | None = None) -> float | None:
        """Return the seconds left when ``share`` of the training at ``place`` is done.

        None while there is nothing to tell it from.
        """
        passed_s = time.monotonic() - self._began_s if elapsed_s is None else elapsed_s
        total = sum(self._weights)
        done = sum(self._weights[:place]) + share * self._weights[place]
        if done < _ENOUGH * total:
            return max(0.0, total - passed_s) if self._is_measured else None
        return passed_s * (total - done) / done
