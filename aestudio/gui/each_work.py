"""Training on each of several data sets, in a thread of its own; the engine is imported there."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from aestudio.gui.bridge import lower_priority
from aestudio.workflows.several_sets.onlooker import Onlooker, Standing

if TYPE_CHECKING:
    from aestudio.gui.background import TaskReport
    from aestudio.training.control import Control
    from aestudio.workflows.datasets.collection import Collection, Entry
    from aestudio.workflows.planning.given import Given
    from aestudio.workflows.several_sets.results import EachTrained, SetResult

_INTERVAL_S = 0.05


def work_through(
    collection: Collection,
    given: Given,
    control: Control,
    report: TaskReport,
    moved: Callable[[Standing], None],
    ended: Callable[[SetResult], None],
) -> EachTrained:
    """Train on each; ``moved`` and ``ended`` carry what happens to the window's own thread."""
    from aestudio.workflows.several_sets.training_each import train_each

    lower_priority()
    onlooker = _Messenger(control, report, moved, ended)
    return train_each(collection, given, control=control, onlooker=onlooker)


class _Messenger(Onlooker):
    """Passes on what the window shows, at most every 50 ms while nothing new begins."""

    def __init__(
        self,
        control: Control,
        report: TaskReport,
        moved: Callable[[Standing], None],
        ended: Callable[[SetResult], None],
    ) -> None:
        self._control = control
        self._report = report
        self._moved = moved
        self._ended = ended
        self._last: tuple[object, ...] = ()
        self._last_s = 0.0

    def begins(self, place: int, entry: Entry) -> None:
        self._stop_when_cancelled()

    def moves(self, standing: Standing) -> None:
        self._stop_when_cancelled()
        what = (standing.place, standing.stage, standing.epoch)
        now_s = time.monotonic()
        if what != self._last or now_s - self._last_s >= _INTERVAL_S:
            self._last, self._last_s = what, now_s
            self._moved(standing)

    def ends(self, place: int, result: SetResult) -> None:
        self._ended(result)

    def _stop_when_cancelled(self) -> None:
        # The window is closing.
        if self._report.is_cancelled():
            self._control.stop()
