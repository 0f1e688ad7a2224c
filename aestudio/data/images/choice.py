"""Which common form a set of pictures is brought to, and what to tell about it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, TypeVar

from aestudio.data.dataset import Finding, Severity
from aestudio.data.images.colour import NUM_CHANNELS
from aestudio.data.images.plan import ImageFacts, ImagePlan

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from aestudio.data.options import DataOptions

Value = TypeVar("Value")

#: Without a wish of the person, no side becomes longer than this: it trains in seconds to minutes.
DEFAULT_LONGEST_SIDE = 64
_SHORTEST_SIDE = 4

_CHANNEL_WORDS = {1: "grey", 3: "colour", 4: "colour with transparency"}
_NUMBER_WORDS = {"uint8": "8 bits", "uint16": "16 bits", "float32": "floating-point numbers"}


def choose_plan(facts: Sequence[ImageFacts], options: DataOptions) -> ImagePlan:
    """Choose size, channels and number type from what most of the pictures have.

    Without a wish for the size, equal pictures of up to 64 x 64 pixels keep theirs; all others
    become squares of the usual longest side, at most 64.
    """
    width, height = _choose_size(facts, options)
    channels = NUM_CHANNELS.get(options.color) or _most_common([fact.channels for fact in facts])
    return ImagePlan(
        width=width,
        height=height,
        channels=channels,
        numbers=_most_common([fact.numbers for fact in facts]),
        fit=options.image_fit,
        background=options.background,
        max_pixels=options.max_pixels,
    )


def plan_findings(
    facts: Sequence[ImageFacts], plan: ImagePlan, options: DataOptions
) -> Iterator[Finding]:
    """Yield what the common form changed."""
    yield from _size_findings(facts, plan, options)
    if min(plan.width, plan.height) < _SHORTEST_SIDE:
        yield Finding(
            Severity.WARNING,
            f"The pictures are only {plan.width} x {plan.height} pixels: there is little to learn.",
            "Choose larger pictures, or read them as a table.",
        )
    yield from kind_findings(facts, plan, options)


def kind_findings(
    facts: Sequence[ImageFacts], plan: ImagePlan, options: DataOptions
) -> Iterator[Finding]:
    """Yield what the common form changed of anything but the size."""
    channels = Counter(fact.channels for fact in facts)
    if set(channels) != {plan.channels} and options.color == "auto":
        found = ", ".join(f"{count:,} {_CHANNEL_WORDS[c]}" for c, count in channels.most_common())
        yield Finding(
            Severity.NOTE,
            f"The pictures are mixed ({found}); all are kept as {_CHANNEL_WORDS[plan.channels]}.",
            "Choose another 'Colour' to change that.",
        )
    numbers = Counter(fact.numbers for fact in facts)
    if len(numbers) > 1:
        found = ", ".join(f"{count:,} of {_NUMBER_WORDS[n]}" for n, count in numbers.most_common())
        yield Finding(
            Severity.WARNING,
            f"The pictures have different depths ({found}); all were brought to {_NUMBER_WORDS[plan.numbers]}.",
            "Read them as separate data if their brightness cannot be compared.",
        )
    yield from _file_findings(facts)


def _choose_size(facts: Sequence[ImageFacts], options: DataOptions) -> tuple[int, int]:
    if options.image_size is not None:
        return options.image_size, options.image_size
    sizes = {(fact.width, fact.height) for fact in facts}
    if len(sizes) == 1:
        width, height = sizes.pop()
        if max(width, height) <= DEFAULT_LONGEST_SIDE:
            return width, height
    longest = sorted(max(fact.width, fact.height) for fact in facts)
    side = max(_SHORTEST_SIDE, min(DEFAULT_LONGEST_SIDE, longest[len(longest) // 2]))
    return side, side


def _size_findings(
    facts: Sequence[ImageFacts], plan: ImagePlan, options: DataOptions
) -> Iterator[Finding]:
    sizes = Counter((fact.width, fact.height) for fact in facts)
    if set(sizes) == {(plan.width, plan.height)}:
        return
    (width, height), _ = sizes.most_common(1)[0]
    stored = f"{width} x {height} pixels"
    if len(sizes) > 1:
        stored = f"of {len(sizes):,} different sizes, most often {width} x {height} pixels"
    yield Finding(
        Severity.NOTE,
        f"The pictures are {stored}; they were brought to {plan.width} x {plan.height} ({options.image_fit}).",
        "Set 'Image side' to choose another size.",
    )


def _file_findings(facts: Sequence[ImageFacts]) -> Iterator[Finding]:
    num_animated = sum(fact.has_more for fact in facts)
    if num_animated:
        yield Finding(
            Severity.NOTE,
            f"{num_animated:,} files hold several pictures; the first of each was read.",
            "Save the others as files of their own if they matter.",
        )
    num_reduced = sum(fact.is_reduced for fact in facts)
    if num_reduced:
        yield Finding(
            Severity.WARNING,
            f"{num_reduced:,} colour pictures of 16 bits a channel were read with 8 bits.",
            "Save them as uncompressed TIFF or as .npy to keep all bits.",
        )


def _most_common(values: Sequence[Value]) -> Value:
    return Counter(values).most_common(1)[0][0]
