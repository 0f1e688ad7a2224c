"""Picture files decoded each in its own size, in common channels and number type.

Shapes: C channels, H height, W width.
"""

from __future__ import annotations

from collections import defaultdict
from contextlib import closing
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from aestudio.data.files.doors import memory_limit
from aestudio.data.files.plain_words import printable
from aestudio.data.images.choice import choose_plan, kind_findings
from aestudio.data.isolation.decoder_pool import DecoderPool
from aestudio.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aestudio.data.dataset import Finding
    from aestudio.data.images.plan import ImageFacts, ImagePlan
    from aestudio.data.request import Request

Array = npt.NDArray[Any]


@dataclass(slots=True)
class WholePictures:
    """What became of some files; the keys are their positions."""

    #: (C, H, W) each, C and the number type the same for all.
    images: dict[int, Array] = field(default_factory=dict)
    facts: dict[int, ImageFacts] = field(default_factory=dict)
    #: Why a file was skipped.
    reasons: dict[int, str] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()

    @property
    def positions(self) -> list[int]:
        """The files that were read, in order."""
        return sorted(self.images)


def decode_whole(request: Request, paths: Sequence[str]) -> WholePictures:
    """Decode every file that can be read; with ``data.image_size`` all are brought to that side.

    Raises
    ------
    DataError
        The pictures do not fit the memory together.
    """
    found = WholePictures()
    with DecoderPool(request.check_cancelled, max_pixels=request.options.max_pixels) as decoders:
        with closing(decoders.run(paths, None)) as outcomes:
            for done, (index, outcome) in enumerate(outcomes, start=1):
                if outcome.facts is None:
                    found.reasons[index] = outcome.reason
                else:
                    found.facts[index] = outcome.facts
                request.progress(done, 2 * len(paths))
        if not found.facts:
            return found
        plan = choose_plan([found.facts[index] for index in sorted(found.facts)], request.options)
        _decode(decoders, request, paths, plan, found)
    facts = [found.facts[index] for index in found.positions]
    if facts:
        found.findings = tuple(kind_findings(facts, plan, request.options))
    could_be_transparent = request.options.color == "auto" and plan.channels == 4
    if could_be_transparent and all(fact.channels < 4 or fact.is_opaque for fact in facts):
        found.images = {index: image[:3] for index, image in found.images.items()}
    return found


def _decode(
    decoders: DecoderPool,
    request: Request,
    paths: Sequence[str],
    plan: ImagePlan,
    found: WholePictures,
) -> None:
    by_plan = _by_plan(plan, found.facts, request.options.image_size)
    num_bytes = sum(own.num_bytes * len(members) for own, members in by_plan.items())
    if num_bytes > memory_limit():
        raise DataError(
            f"{len(found.facts):,} pictures take {num_bytes:,} bytes, more than the memory allows.",
            subject=printable(request.path),
            next_step="Choose fewer pictures, or set a smaller 'Image side'.",
        )
    num_done = len(paths)
    for own, members in by_plan.items():
        chosen = [paths[index] for index in members]
        with closing(decoders.run(chosen, own)) as outcomes:
            for position, outcome in outcomes:
                index = members[position]
                if outcome.facts is None or outcome.pixels is None:
                    found.reasons[index] = outcome.reason
                else:
                    flat = np.frombuffer(outcome.pixels, dtype=own.numbers)
                    found.images[index] = flat.reshape(own.channels, own.height, own.width)
                    found.facts[index] = outcome.facts
                num_done += 1
                request.progress(num_done, 2 * len(paths))


def _by_plan(
    plan: ImagePlan, facts: dict[int, ImageFacts], side: int | None
) -> dict[ImagePlan, list[int]]:
    """Group the files that are decoded to the same size."""
    groups: dict[ImagePlan, list[int]] = defaultdict(list)
    for index in sorted(facts):
        height, width = facts[index].height, facts[index].width
        if side is not None:
            height, width = side, side
        groups[replace(plan, height=height, width=width)].append(index)
    return groups
