"""A folder of pictures; subfolders are classes."""

from __future__ import annotations

import os
from contextlib import closing
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from aestudio.data.array_dataset import finished
from aestudio.data.dataset import Dataset, Finding, Kind, Severity
from aestudio.data.decoder_pool import DecoderPool
from aestudio.data.doors import Glimpse, memory_limit
from aestudio.data.folder_labels import FolderLabels, folder_labels
from aestudio.data.folder_listing import Listing, list_files
from aestudio.data.image_choice import choose_plan, plan_findings
from aestudio.data.image_magic import IMAGE_SUFFIXES
from aestudio.data.pictures import Pictures
from aestudio.data.plain_words import printable
from aestudio.data.readers.registry import reader
from aestudio.data.whole_pictures import decode_whole
from aestudio.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from aestudio.data.image_plan import ImageFacts, ImagePlan
    from aestudio.data.request import Request

Array = npt.NDArray[Any]

#: Files named in a finding; the rest is counted.
_NAMED = 5


@dataclass(slots=True)
class _Pictures:
    """What is known of the files so far; ``files``, ``facts`` run in parallel."""

    files: list[str]
    facts: list[ImageFacts]
    #: File and reason.
    skipped: list[tuple[str, str]] = field(default_factory=list)


def _recognises(glimpse: Glimpse) -> bool:
    return glimpse.is_folder


def _read_pictures(request: Request) -> Pictures:
    """Read every picture below the folder in its own size, with the same labels and parts."""
    listing = list_files(request.path, request.check_cancelled)
    found = decode_whole(request, _paths(request, listing.files))
    skipped = [(listing.files[index], found.reasons[index]) for index in sorted(found.reasons)]
    if not found.images:
        raise _no_pictures(request, listing, skipped)
    kept = found.positions
    labels = folder_labels([tuple(listing.files[index].split(os.sep)[:-1]) for index in kept])

    def part(is_chosen: npt.NDArray[np.bool_]) -> Pictures:
        chosen = [index for index, is_one in zip(kept, is_chosen, strict=True) if is_one]
        return Pictures(
            name=printable(request.path.name),
            source=str(request.path),
            reader="image-folder",
            images=tuple(found.images[index] for index in chosen),
            names=tuple(printable(listing.files[index]) for index in chosen),
            labels=None if labels.indices is None else labels.indices[is_chosen],
            label_names=labels.names,
        )

    return replace(
        part(~labels.is_test),
        findings=(*_skipping_findings(listing, skipped), *found.findings),
        test=part(labels.is_test) if labels.is_test.any() else None,
    )


@reader(
    name="image-folder",
    title="folders of pictures (PNG, JPEG, WebP, BMP, GIF, TIFF)",
    suffixes=(),
    recognises=_recognises,
    priority=-10,
    read_pictures=_read_pictures,
)
def read(request: Request) -> Dataset:
    """Read every picture below the folder.

    What cannot be read is skipped, counted and named in the findings.

    Raises
    ------
    DataError
        No picture can be read, or they do not fit the memory together.
    """
    listing = list_files(request.path, request.check_cancelled)
    with DecoderPool(request.check_cancelled) as decoders:
        pictures = _probe(decoders, request, listing)
        plan = choose_plan(pictures.facts, request.options)
        x = _decode(decoders, request, pictures, plan)
    x, findings = _without_useless_alpha(x, pictures.facts, request)
    dataset = Dataset(
        name=printable(request.path.name),
        kind=Kind.IMAGES,
        x=x,
        source=str(request.path),
        sample_names=tuple(printable(name) for name in pictures.files),
        findings=(
            *_skipping_findings(listing, pictures.skipped),
            *plan_findings(pictures.facts, plan, request.options),
            *findings,
        ),
        reader="image-folder",
    )
    return _with_labels(finished(dataset, request), pictures.files)


def _probe(decoders: DecoderPool, request: Request, listing: Listing) -> _Pictures:
    """Sort the files into pictures and others, by their content."""
    num_files = len(listing.files)
    facts: list[ImageFacts | None] = [None] * num_files
    reasons = [""] * num_files
    paths = _paths(request, listing.files)
    with closing(decoders.run(paths, None)) as outcomes:
        for done, (index, outcome) in enumerate(outcomes, start=1):
            facts[index], reasons[index] = outcome.facts, outcome.reason
            request.progress(done, 2 * num_files)
    pictures = _Pictures([], [])
    for file, fact, reason in zip(listing.files, facts, reasons, strict=True):
        if fact is not None:
            pictures.files.append(file)
            pictures.facts.append(fact)
        else:
            pictures.skipped.append((file, reason))
    if not pictures.files:
        raise _no_pictures(request, listing, pictures.skipped)
    return pictures


def _decode(decoders: DecoderPool, request: Request, pictures: _Pictures, plan: ImagePlan) -> Array:
    """Decode every picture into one array (N, C, H, W); the failed ones leave ``pictures``."""
    num_pictures = len(pictures.files)
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
    paths = _paths(request, pictures.files)
    with closing(decoders.run(paths, plan, pictures.facts)) as outcomes:
        for done, (index, outcome) in enumerate(outcomes, start=1):
            if outcome.facts is None or outcome.pixels is None:
                reasons[index] = outcome.reason
            else:
                x[index] = np.frombuffer(outcome.pixels, dtype=plan.numbers).reshape(shape)
                pictures.facts[index] = outcome.facts
            request.progress(num_pictures + done, 2 * num_pictures)
    if any(reasons):
        return _leave_out(request, pictures, x, reasons)
    return x


def _leave_out(request: Request, pictures: _Pictures, x: Array, reasons: Sequence[str]) -> Array:
    kept = [index for index, reason in enumerate(reasons) if not reason]
    failed = [index for index, reason in enumerate(reasons) if reason]
    pictures.skipped.extend((pictures.files[index], reasons[index]) for index in failed)
    if not kept:
        raise _no_pictures(request, Listing(pictures.files), pictures.skipped)
    pictures.files = [pictures.files[index] for index in kept]
    pictures.facts = [pictures.facts[index] for index in kept]
    return x[kept]


def _paths(request: Request, files: Sequence[str]) -> list[str]:
    folder = os.fspath(request.path)
    return [os.path.join(folder, file) for file in files]


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


def _skipping_findings(listing: Listing, skipped: Sequence[tuple[str, str]]) -> Iterator[Finding]:
    damaged = [(file, reason) for file, reason in skipped if _promises_picture(file)]
    others = [file for file, _ in skipped if not _promises_picture(file)]
    if damaged:
        yield Finding(
            Severity.WARNING,
            f"{len(damaged):,} of {len(listing.files):,} files were skipped: {_named(damaged)}.",
            "The rest is complete; repair or remove these files to be rid of this note.",
        )
    if others:
        named = _named([(file, "") for file in others])
        yield Finding(Severity.NOTE, f"{len(others):,} files are no pictures: {named}.")
    if listing.num_links or listing.num_special:
        yield Finding(
            Severity.NOTE,
            f"{listing.num_links:,} links and {listing.num_special:,} pipes or devices were not followed.",
            "Copy the files into the folder if they belong to it.",
        )
    if listing.unreadable:
        named = _named([(folder, "") for folder in listing.unreadable])
        yield Finding(
            Severity.WARNING,
            f"{len(listing.unreadable):,} subfolders are not readable: {named}.",
            "Change their permissions and read again.",
        )


def _named(files: Sequence[tuple[str, str]]) -> str:
    shown = [
        f"{printable(file)} ({reason.removesuffix('.')})" if reason else printable(file)
        for file, reason in files[:_NAMED]
    ]
    more = len(files) - len(shown)
    return ", ".join(shown) + (f" and {more:,} more" if more else "")


def _promises_picture(file: str) -> bool:
    return os.path.splitext(file)[1].lower() in IMAGE_SUFFIXES


def _no_pictures(
    request: Request, listing: Listing, skipped: Sequence[tuple[str, str]]
) -> DataError:
    if not listing.files:
        reason = "the folder holds no files (hidden files and links do not count)."
    else:
        reason = (
            f"none of the {len(listing.files):,} files is a readable picture: {_named(skipped)}."
        )
    return DataError(
        reason,
        subject=printable(request.path),
        next_step="Choose a folder of PNG, JPEG, WebP, BMP, GIF or TIFF pictures, or one data file.",
    )


def _with_labels(dataset: Dataset, files: Sequence[str]) -> Dataset:
    found = folder_labels([tuple(file.split(os.sep)[:-1]) for file in files])
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
