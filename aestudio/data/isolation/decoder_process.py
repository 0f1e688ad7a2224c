"""One process that decodes pictures; its answers are checked like a foreign file."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from aestudio.data.images.plan import MAX_PIXELS, ImageFacts, ImagePlan
from aestudio.data.isolation.child_process import ACCIDENTS, ChildProcess

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_MOST_SHARED = 10_000


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
        self._facts: dict[ImageFacts, ImageFacts] = {}

    def ask(
        self, paths: Sequence[str], plan: ImagePlan | None
    ) -> Iterator[list[Outcome] | Accident]:
        """Yield one outcome per path, in order, some at a time; an accident ends it early.

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
        num_left = len(paths)
        num_bytes = 0 if plan is None else plan.num_bytes
        try:
            self.say(json.dumps(request).encode("ascii") + b"\n")
            while num_left:
                outcomes = self._outcomes(*self.hear(), num_bytes)
                if not 0 < len(outcomes) <= num_left:
                    raise ValueError("the reply does not fit the request")
                num_left -= len(outcomes)
                yield outcomes
        except ACCIDENTS:
            yield Accident(self.accident())

    def _outcomes(self, reply: Any, pixels: memoryview, num_bytes: int) -> list[Outcome]:
        outcomes: list[Outcome] = []
        position = 0
        for answer in reply:
            if isinstance(answer, int):
                facts = outcomes[answer].facts if 0 <= answer < len(outcomes) else None
                if facts is None:
                    raise ValueError("the reply points at no facts")
            elif "error" in answer:
                outcomes.append(Outcome(reason=str(answer["error"])))
                continue
            else:
                facts = self._shared(ImageFacts(**answer))
            outcomes.append(Outcome(facts, pixels[position : position + num_bytes]))
            position += num_bytes
        if position != len(pixels):
            raise ValueError("the reply does not fit the request")
        return outcomes

    def _shared(self, facts: ImageFacts) -> ImageFacts:
        """Return the same object for the same facts: of a hundred thousand files most are alike."""
        if len(self._facts) >= _MOST_SHARED:
            self._facts.clear()
        return self._facts.setdefault(facts, facts)
