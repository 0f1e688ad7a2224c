"""One process that decodes pictures; its answers are checked like a foreign file."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from aestudio.data.images.plan import MAX_PIXELS, ImageFacts, ImagePlan
from aestudio.data.isolation.child_process import ACCIDENTS, ChildProcess

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one file: facts and pixels, or the reason why there are none."""

    facts: ImageFacts | None = None
    pixels: memoryview | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Accident:
    """The process died, hung or answered nonsense over a batch of files."""

    reason: str


class DecoderProcess(ChildProcess):
    """A process that is asked about a batch of files at a time."""

    def __init__(
        self, command: Sequence[str], timeout_s: float, max_pixels: int = MAX_PIXELS
    ) -> None:
        super().__init__(command, timeout_s, "picture decoder")
        self._max_pixels = max_pixels

    def ask(self, paths: Sequence[str], plan: ImagePlan | None) -> list[Outcome] | Accident:
        """Return one outcome per path.

        Raises
        ------
        HelperError
            The process cannot be started.
        """
        request = {
            "paths": paths,
            "plan": None if plan is None else asdict(plan),
            "max_pixels": self._max_pixels,
        }
        try:
            self.say(json.dumps(request).encode("ascii") + b"\n")
            reply, pixels = self.hear()
            return _outcomes(reply, pixels, len(paths), 0 if plan is None else plan.num_bytes)
        except ACCIDENTS:
            return Accident(self.accident())


def _outcomes(reply: Any, pixels: memoryview, num_files: int, num_bytes: int) -> list[Outcome]:
    outcomes = []
    position = 0
    for answer in reply:
        if "error" in answer:
            outcomes.append(Outcome(reason=str(answer["error"])))
            continue
        outcomes.append(Outcome(ImageFacts(**answer), pixels[position : position + num_bytes]))
        position += num_bytes
    if len(outcomes) != num_files or position != len(pixels):
        raise ValueError("the reply does not fit the request")
    return outcomes
