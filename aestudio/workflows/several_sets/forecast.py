"""How long trainings on several data sets still take, reckoned from those that are done."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aestudio.workflows.planning.recommendation import usual_pace

#: What reading, building and measuring, and what the end of each epoch cost, in steps.
_STEPS_PER_SET, _STEPS_PER_EPOCH = 100, 4
#: The first steps are slow; from this share of a training on, its pace tells of others.
_ENOUGH = 0.1


@dataclass(frozen=True, slots=True)
class TimeLeft:
    """Seconds, None where nothing tells; more than that where something is not reckoned in."""

    seconds: float | None
    is_at_least: bool


class SeriesForecast:
    """Reckons with the work that each set is, and with the pace that its kind was seen to have.

    Kinds get networks that differ in speed by a factor of a hundred: from tables nothing follows for
    texts. ``items`` holds a kind and a work for each set, in the order of training.
    """

    def __init__(self, items: Sequence[tuple[str, float]]) -> None:
        self._items = tuple(items)
        self._seen: dict[str, tuple[float, float]] = {}

    def add(self, place: int, seconds: float) -> None:
        """Learn what the set at ``place`` took from its first step on."""
        kind, work = self._items[place]
        known_s, known_work = self._seen.get(kind, (0.0, 0.0))
        self._seen[kind] = known_s + seconds, known_work + work

    def left(self, place: int, elapsed_s: float, own_left_s: float | None) -> TimeLeft:
        """Return what is left while the set at ``place`` has its turn.

        That was begun ``elapsed_s`` ago, or its first step was, once there was one. ``own_left_s`` is what its training tells itself, None before that is under way.
        """
        kind, work = self._items[place]
        pace = {kind: seconds / work for kind, (seconds, work) in self._seen.items()}
        if own_left_s is None and kind in pace:
            # Once that has passed, nothing tells how much more it will be.
            reckoned_s = pace[kind] * work - elapsed_s
            own_left_s = reckoned_s if reckoned_s > 0 else None
        elif own_left_s is not None and elapsed_s >= _ENOUGH * (elapsed_s + own_left_s):
            pace.setdefault(kind, (elapsed_s + own_left_s) / work)
        waiting = [item for item in self._items[place + 1 :] if item[1]]
        reckoned = [pace[kind] * work for kind, work in waiting if kind in pace]
        if own_left_s is not None:
            reckoned.append(own_left_s)
        return TimeLeft(
            seconds=sum(reckoned) if reckoned else None,
            is_at_least=len(reckoned) <= len(waiting),
        )


def expected_work(num_samples: int, given: Mapping[str, Any]) -> float:
    """Return the steps that a training takes, with what is beside them counted in steps."""
    epochs, batch_size = usual_pace(num_samples)
    epochs = int(given.get("training.epochs", epochs))
    batch_size = int(given.get("training.batch_size", batch_size))
    steps = epochs * math.ceil(num_samples / batch_size)
    return float(steps + _STEPS_PER_EPOCH * epochs + _STEPS_PER_SET)
