"""Many picture files decoded to one array of images, or each in its own size.

What cannot be read is skipped, counted and named in the findings.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from aestudio.data.arrays.array_dataset import finished
from aestudio.data.dataset import Dataset, Finding, Kind, Severity
from aestudio.data.files.plain_words import printable
from aestudio.data.images.choice import plan_findings
from aestudio.data.images.picture_files import PictureFiles, named, skipping_findings
from aestudio.data.images.pictures import Pictures, pictures_of
from aestudio.data.images.set_decoding import NoPicturesError, decode_set
from aestudio.data.images.tiff_stack import Stacks, decode_stacks
from aestudio.data.images.whole_pictures import decode_whole
from aestudio.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aestudio.data.images.folder_labels import FolderLabels
    from aestudio.data.images.plan import ImageFacts
    from aestudio.data.request import Request

Array = npt.NDArray[Any]


def read_picture_set(request: Request, reader: str, files: PictureFiles) -> Dataset:
    """Read every picture, brought to a common form, and look for what is conspicuous.

    Of TIFF files whose pages agree in size, every page is a picture.

    Raises
    ------
    DataError
        No picture can be read, or they do not fit the memory together.
    """
    stacks = decode_stacks(request, files)
    dataset = (
        decode_picture_set(request, reader, files)
        if stacks is None
        else _dataset_of_stacks(request, reader, files, stacks)
    )
    return finished(dataset, request)


def _dataset_of_stacks(
    request: Request, reader: str, files: PictureFiles, stacks: Stacks
) -> Dataset:
    dataset = Dataset(
        name=printable(request.path.name),
        kind=Kind.IMAGES,
        x=stacks.x,
        source=str(request.path),
        sample_names=stacks.names,
        findings=(
            *skipping_findings(len(files.names), _by_name(files, stacks.skipped)),
            *files.findings,
            *stacks.findings,
        ),
        reader=reader,
    )
    return _with_labels(dataset, files.labels(stacks.positions))


def decode_picture_set(request: Request, reader: str, files: PictureFiles) -> Dataset:
    """Read every picture as :func:`read_picture_set` does, without the look afterwards."""
    try:
        x, found, plan = decode_set(request, files)
    except NoPicturesError as none:
        raise _no_pictures(request, files, none.skipped) from None
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
    """Read every picture in its own size, with the same labels and parts; pages as pictures too."""
    stacks = decode_stacks(request, files, in_own_size=True)
    if stacks is not None:
        return pictures_of(_dataset_of_stacks(request, reader, files, stacks))
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
