"""What is told while several data sets are being trained on."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    # The window is told through this, and opens before the engine is there.
    from aestudio.workflows.datasets.collection import Entry
    from aestudio.workflows.several_sets.forecast import TimeLeft
    from aestudio.workflows.several_sets.results import SetResult


class Stage(StrEnum):
    """What is being done for one of the sets."""

    READING = "reading"
    PREPARING = "preparing"
    TRAINING = "training"
    MEASURING = "measuring"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How far the training of all of them has come."""

    #: Which of how many, from 0.
    place: int
    count: int
    entry: Entry
    stage: Stage
    #: How much of this stage is done; ``total`` is 0 while nobody knows.
    done: int = 0
    total: int = 0
    epoch: int = 0
    num_epochs: int = 0
    left: TimeLeft

    @property
    def share(self) -> float:
        """How much of all is done, from 0 to 1; only training counts, the rest is short."""
        if self.stage is Stage.MEASURING:
            own = 1.0
        else:
            own = self.done / self.total if self.stage is Stage.TRAINING and self.total else 0.0
        return (self.place + own) / self.count


class Onlooker:
    """Is told what goes on; the doors show it. All of it is called in the training's thread."""

    def begins(self, place: int, entry: Entry) -> None:
        """The next of the sets has its turn."""

    def finds(self, text: str) -> None:
        """Something about it is worth a sentence."""

    def moves(self, standing: Standing) -> None:
        """A little more is done."""

    def ends(self, place: int, result: SetResult) -> None:
        """Its turn is over."""
