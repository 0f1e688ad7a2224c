"""Many picture files decoded to one array of images, or each in its own size.

What cannot be read is skipped, counted and named in the findings.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from aestudio.data.array_dataset import finished
from aestudio.data.dataset import Dataset, Finding, Kind, Severity
from aestudio.data.decoder_pool import DecoderPool
from aestudio.data.doors import memory_limit
from aestudio.data.image_choice import choose_plan, plan_findings
from aestudio.data.picture_files import PictureFiles, named, skipping_findings
from aestudio.data.pictures import Pictures
from aestudio.data.plain_words import printable
from aestudio.data.whole_pictures import decode_whole
from aestudio.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aestudio.data.folder_labels import FolderLabels
    from aestudio.data.image_plan import ImageFacts, ImagePlan
    from aestudio.data.request import Request

Array = npt.NDArray[Any]


@dataclass(slots=True)
class _Found:
    """What is known of the files so far; ``positions`` and ``facts`` run in parallel."""

    positions: list[int] = field(default_factory=list)
    facts: list[ImageFacts] = field(default_factory=list)
    #: Position and reason.
    skipped: list[tuple[int, str]] = field(default_factory=list)


def read_picture_set(request: Request, reader: str, files: PictureFiles) -> Dataset:
    """Read every picture, brought to a common form, and look for what is conspicuous.

    Raises
    ------
    DataError
        No picture can be read, or they do not fit the memory together.
    """
    return finished(decode_picture_set(request, reader, files), request)


def decode_picture_set(request: Request, reader: str, files: PictureFiles) -> Dataset:
    """Read every picture as :func:`read_picture_set` does, without the look afterwards."""
    with DecoderPool(request.check_cancelled, max_pixels=request.options.max_pixels) as decoders:
        found = _probe(decoders, request, files)
        plan = choose_plan(found.facts, request.options)
        x = _decode(decoders, request, files, found, plan)
    x, findings = _without_useless_alpha(x, found.facts, request)
    dataset = Dataset(
        name=printable(request.path.name),
        kind=Kind.IMAGES,
        x=x,
        source=str(request.path),
        sample_names=tuple(printable(files.names[index]) for index in found.positions),
        findings=(
            *skipping_findings(len(files.names), _by_name(files, found.skipped)),
            *files.findings,
            *plan_findings(found.facts, plan, request.options),
            *findings,
        ),
        reader=reader,
    )
    return _with_labels(dataset, files.labels(found.positions))


def read_whole_set(request: Request, reader: str, files: PictureFiles) -> Pictures:
    """Read every picture in its own size, with the same labels and parts."""
    found = decode_whole(request, files.addresses)
    skipped = [(index, found.reasons[index]) for index in sorted(found.reasons)]
    if not found.images:
        raise _no_pictures(request, files, skipped)
    kept = found.positions
    labels = files.labels(kept)

    def part(is_chosen: npt.NDArray[np.bool_]) -> Pictures:
        chosen = [index for index, is_one in zip(kept, is_chosen, strict=True) if is_one]
        return Pictures(
            name=printable(request.path.name),
            source=str(request.path),
            reader=reader,
            images=tuple(found.images[index] for index in chosen),
            names=tuple(printable(files.names[index]) for index in chosen),
            labels=None if labels.indices is None else labels.indices[is_chosen],
            label_names=labels.names,
        )

    return replace(
        part(~labels.is_test),
        findings=(
            *skipping_findings(len(files.names), _by_name(files, skipped)),
            *files.findings,
            *found.findings,
        ),
        test=part(labels.is_test) if labels.is_test.any() else None,
    )


def _probe(decoders: DecoderPool, request: Request, files: PictureFiles) -> _Found:
    """Sort the files into pictures and others, by their content."""
    num_files = len(files.names)
    facts: list[ImageFacts | None] = [None] * num_files
    reasons = [""] * num_files
    with closing(decoders.run(files.addresses, None)) as outcomes:
        for done, (index, outcome) in enumerate(outcomes, start=1):
            facts[index], reasons[index] = outcome.facts, outcome.reason
            request.progress(done, 2 * num_files)
    found = _Found()
    for index, (fact, reason) in enumerate(zip(facts, reasons, strict=True)):
        if fact is not None:
            found.positions.append(index)
            found.facts.append(fact)
        else:
            found.skipped.append((index, reason))
    if not found.positions:
        raise _no_pictures(request, files, found.skipped)
    return found


def _decode(
    decoders: DecoderPool, request: Request, files: PictureFiles, found: _Found, plan: ImagePlan
) -> Array:
    """Decode every picture into one array (N, C, H, W); the failed ones leave ``found``."""
    num_pictures = len(found.positions)
    num_bytes = num_pictures * plan.num_bytes
    if num_bytes > memory_limit():
        raise DataError(
            f"{num_pictures:,} pictures of {plan.width} x {plan.height} pixels take {num_bytes:,} bytes, more than the memory allows.",
            subject=printable(request.path),
            next_step="Set a smaller 'Image side'.",
        )
    shape = (plan.channels, plan.height, plan.width)
    x = np.empty((num_pictures, *shape), dtype=plan.numbers)
    reasons = [""] * num_pictures
    addresses = [files.addresses[index] for index in found.positions]
    with closing(decoders.run(addresses, plan, found.facts)) as outcomes:
        for done, (index, outcome) in enumerate(outcomes, start=1):
            if outcome.facts is None or outcome.pixels is None:
                reasons[index] = outcome.reason
            else:
                x[index] = np.frombuffer(outcome.pixels, dtype=plan.numbers).reshape(shape)
                found.facts[index] = outcome.facts
            request.progress(num_pictures + done, 2 * num_pictures)
    if any(reasons):
        return _leave_out(request, files, found, x, reasons)
    return x


def _leave_out(
    request: Request, files: PictureFiles, found: _Found, x: Array, reasons: Sequence[str]
) -> Array:
    kept = [place for place, reason in enumerate(reasons) if not reason]
    failed = [place for place, reason in enumerate(reasons) if reason]
    found.skipped.extend((found.positions[place], reasons[place]) for place in failed)
    if not kept:
        raise _no_pictures(request, files, [(found.positions[i], reasons[i]) for i in failed])
    found.positions = [found.positions[place] for place in kept]
    found.facts = [found.facts[place] for place in kept]
    return x[kept]


def _without_useless_alpha(
    x: Array, facts: Sequence[ImageFacts], request: Request
) -> tuple[Array, list[Finding]]:
    if request.options.color != "auto":
        return x, []
    if x.shape[1] == 4 and all(fact.channels < 4 or fact.is_opaque for fact in facts):
        note = "The pictures could be transparent but none is; transparency was left out."
        return np.ascontiguousarray(x[:, :3]), [Finding(Severity.NOTE, note)]
    if x.shape[1] == 3 and all(fact.is_colourless for fact in facts):
        note = "The pictures are stored in colour but hold only greys."
        return x, [Finding(Severity.NOTE, note, "Set 'Colour' to 'grey' to train faster.")]
    return x, []


def _by_name(files: PictureFiles, skipped: Sequence[tuple[int, str]]) -> list[tuple[str, str]]:
    return [(files.names[index], reason) for index, reason in skipped]


def _no_pictures(
    request: Request, files: PictureFiles, skipped: Sequence[tuple[int, str]]
) -> DataError:
    reason = files.none
    if skipped:
        shown = named(_by_name(files, skipped))
        reason = f"none of the {len(skipped):,} files is a readable picture: {shown}."
    return DataError(
        reason,
        subject=printable(request.path),
        next_step="Choose a folder of PNG, JPEG, WebP, BMP, GIF or TIFF pictures, or one data file.",
    )


def _with_labels(dataset: Dataset, found: FolderLabels) -> Dataset:
    if not found.is_test.any():
        return replace(dataset, labels=found.indices, label_names=found.names)
    note = f"The folder sets {int(found.is_test.sum()):,} pictures aside for testing."
    return replace(
        _part(dataset, found, ~found.is_test),
        findings=(*dataset.findings, Finding(Severity.NOTE, note)),
        test=replace(_part(dataset, found, found.is_test), findings=()),
    )


def _part(dataset: Dataset, found: FolderLabels, chosen: npt.NDArray[np.bool_]) -> Dataset:
    return replace(
        dataset,
        x=dataset.x[chosen],
        labels=None if found.indices is None else found.indices[chosen],
        label_names=found.names,
        sample_names=tuple(np.array(dataset.sample_names, dtype=object)[chosen]),
        _fingerprint=[],
    )
