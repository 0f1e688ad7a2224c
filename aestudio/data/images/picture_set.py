"""Many picture files decoded to one array of images, or each in its own size.

What cannot be read is skipped, counted and named in the findings.
"""

from __future__ import annotations

from contextlib import closing, suppress
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from aestudio.data.arrays.array_dataset import finished
from aestudio.data.dataset import Dataset, Finding, Kind, Severity
from aestudio.data.files.cache import cached, forget, known
from aestudio.data.files.doors import memory_limit
from aestudio.data.files.plain_words import printable
from aestudio.data.images.choice import choose_plan, plan_findings
from aestudio.data.images.decoded_pictures import (
    FEWEST_PICTURES,
    FoundPictures,
    Put,
    key_of_pictures,
    load_pictures,
    write_pictures,
)
from aestudio.data.images.picture_files import PictureFiles, named, skipping_findings
from aestudio.data.images.pictures import Pictures
from aestudio.data.images.whole_pictures import decode_whole
from aestudio.data.isolation.decoder_pool import DecoderPool
from aestudio.errors import DataError, StorageError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from aestudio.data.images.folder_labels import FolderLabels
    from aestudio.data.images.plan import ImageFacts, ImagePlan
    from aestudio.data.request import Request

Array = npt.NDArray[Any]


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
    x, found, plan = _decoded(request, files)
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


def _probe(decoders: DecoderPool, request: Request, files: PictureFiles) -> FoundPictures:
    """Sort the files into pictures and others, by their content."""
    num_files = len(files.names)
    facts: list[ImageFacts | None] = [None] * num_files
    reasons = [""] * num_files
    with closing(decoders.run(files.addresses, None)) as outcomes:
        for done, (index, outcome) in enumerate(outcomes, start=1):
            facts[index], reasons[index] = outcome.facts, outcome.reason
            request.progress(done, 2 * num_files)
    found = FoundPictures()
    for index, (fact, reason) in enumerate(zip(facts, reasons, strict=True)):
        if fact is not None:
            found.positions.append(index)
            found.facts.append(fact)
        else:
            found.skipped.append((index, reason))
    if not found.positions:
        raise _no_pictures(request, files, found.skipped)
    return found


def _decoded(request: Request, files: PictureFiles) -> tuple[Array, FoundPictures, ImagePlan]:
    """Return all pictures as (N, C, H, W), decoded now, or as they were kept from the last time."""
    num_files = len(files.names)
    is_many = num_files >= FEWEST_PICTURES
    key = key_of_pictures(files, request.options, request.check_cancelled)
    if is_many and (entry := known(key)) is not None:
        with suppress(DataError, OSError, ValueError, KeyError, TypeError):
            return load_pictures(entry, num_files)
        forget(key)
    with DecoderPool(request.check_cancelled, max_pixels=request.options.max_pixels) as decoders:
        found = _probe(decoders, request, files)
        plan = choose_plan(found.facts, request.options)
        decode = partial(_decode, decoders, request, files, found, plan)
        num_bytes = len(found.positions) * plan.num_bytes
        fits = num_bytes <= memory_limit()
        if is_many or not fits:
            try:
                entry = cached(key, num_bytes, lambda at: write_pictures(at, plan, found, decode))
            except StorageError:
                # A full disk is no reason not to train on what the memory holds.
                if not fits:
                    raise
            else:
                return load_pictures(entry, num_files)
        return _in_memory(plan, found, decode), found, plan


def _in_memory(
    plan: ImagePlan, found: FoundPictures, decode: Callable[[Put], Sequence[str]]
) -> Array:
    shape = (plan.channels, plan.height, plan.width)
    x = np.empty((len(found.positions), *shape), dtype=plan.numbers)

    def put(place: int, pixels: memoryview) -> None:
        x[place] = np.frombuffer(pixels, dtype=plan.numbers).reshape(shape)

    kept = found.leave_out(decode(put))
    return x if len(kept) == len(x) else x[kept]


def _decode(
    decoders: DecoderPool,
    request: Request,
    files: PictureFiles,
    found: FoundPictures,
    plan: ImagePlan,
    put: Put,
) -> list[str]:
    """Decode every picture; return the reasons why some could not be, empty for all others."""
    num_pictures = len(found.positions)
    reasons = [""] * num_pictures
    addresses = [files.addresses[index] for index in found.positions]
    with closing(decoders.run(addresses, plan, found.facts)) as outcomes:
        for done, (index, outcome) in enumerate(outcomes, start=1):
            if outcome.facts is None or outcome.pixels is None:
                reasons[index] = outcome.reason
            else:
                put(index, outcome.pixels)
                found.facts[index] = outcome.facts
            request.progress(num_pictures + done, 2 * num_pictures)
    if all(reasons):
        skipped = list(zip(found.positions, reasons, strict=True))
        raise _no_pictures(request, files, [*found.skipped, *skipped])
    return reasons


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
