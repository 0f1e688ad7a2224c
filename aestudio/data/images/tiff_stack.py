"""TIFF files of many pages, as microscopes write them: every page is a sample."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from aestudio.data.dataset import Dataset, Finding, Kind, Severity
from aestudio.data.files.doors import memory_limit
from aestudio.data.files.plain_words import printable
from aestudio.data.images.choice import DEFAULT_LONGEST_SIDE
from aestudio.data.images.magic import image_format
from aestudio.data.images.picture_files import promises_picture, split_address
from aestudio.data.images.resizing import resized_and_recoloured
from aestudio.data.isolation.apart import DecoderApart, read_apart
from aestudio.data.isolation.decoder_pool import DecoderPool
from aestudio.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aestudio.data.images.picture_files import PictureFiles
    from aestudio.data.images.plan import ImageFacts
    from aestudio.data.request import Request

_TIFF = (".tif", ".tiff")
#: Files from which it is guessed whether there is more than a page in each.
_GUESSED_FROM = 64
Array = npt.NDArray[Any]


@dataclass(frozen=True, slots=True, eq=False)
class Stacks:
    """The pages of many files, one file behind the other."""

    #: (N, C, H, W)
    x: Array
    #: (N,) places of the files that the pages are from.
    positions: list[int]
    names: tuple[str, ...]
    #: Place and reason of each file that was not read.
    skipped: list[tuple[int, str]]
    findings: tuple[Finding, ...]


def read_stack(request: Request) -> Dataset | None:
    """Read all pages that are like the first, in their own size; None where there is only one.

    Raises
    ------
    DataError
        The file is damaged, or its pages do not fit the memory together.
    """
    if request.options.pages == "first" or not _has_pages(request):
        return None
    pages = read_apart("tiff", request.path, {}, request.check_cancelled)["pages"]
    if len(pages) == 1:
        return None
    return replace(
        _dataset_of(pages, request),
        sample_names=tuple(f"page {index}" for index in range(1, len(pages) + 1)),
    )


def is_stack(request: Request) -> bool:
    """Whether :func:`read_stack` would read pages; none is decoded.

    Raises
    ------
    DataError
        The file is damaged.
    """
    if request.options.pages == "first" or not _has_pages(request):
        return False
    found = read_apart("tiff", request.path, {"only_counts": True}, request.check_cancelled)
    return int(found["count"][0]) > 1


def decode_stacks(
    request: Request, files: PictureFiles, *, in_own_size: bool = False
) -> Stacks | None:
    """Return the pages of all files where these are TIFF, agree in size, and some have several.

    None for everything else, of which there is only one picture in each file, or the first is taken.
    Large pages are brought to the usual side, unless patches will be cut out of them ``in_own_size``.

    Raises
    ------
    DataError
        The pages do not fit the memory together.
    """
    places = [place for place, name in enumerate(files.names) if _is_tiff(name)]
    is_mixed = len(places) < sum(promises_picture(name) for name in files.names)
    if request.options.pages == "first" or not places or is_mixed:
        return None
    skipped = [(place, "") for place, name in enumerate(files.names) if not _is_tiff(name)]
    # Most folders of TIFF have one page in each file; a few of many files tell.
    some = places[:: max(1, len(places) // _GUESSED_FROM)]
    if not _are_stacks(_look_at(request, files, some)[0]):
        return None
    facts, refused = _look_at(request, files, places)
    if not _are_stacks(facts):
        return None
    return _decoded(request, files, sorted(facts), [*skipped, *refused], in_own_size=in_own_size)


def _are_stacks(facts: dict[int, ImageFacts]) -> bool:
    """Whether files agree in size and some have several pages."""
    forms = {(fact.width, fact.height, fact.channels, fact.numbers) for fact in facts.values()}
    return len(forms) == 1 and any(fact.has_more for fact in facts.values())


def _look_at(
    request: Request, files: PictureFiles, places: list[int]
) -> tuple[dict[int, ImageFacts], list[tuple[int, str]]]:
    """Return what the headers of the files at ``places`` say, and which are no pictures."""
    facts, refused = {}, []
    with DecoderPool(request.check_cancelled, max_pixels=request.options.max_pixels) as decoders:
        for index, outcome in decoders.run([files.addresses[place] for place in places], None):
            if outcome.facts is None:
                refused.append((places[index], outcome.reason))
            else:
                facts[places[index]] = outcome.facts
            request.progress(len(facts) + len(refused), 0)
    return facts, refused


def _decoded(
    request: Request,
    files: PictureFiles,
    places: list[int],
    skipped: list[tuple[int, str]],
    *,
    in_own_size: bool,
) -> Stacks | None:
    """Take file by file, each brought to the wanted size and colours before the next one."""
    parts: list[Array] = []
    positions: list[int] = []
    names: list[str] = []
    findings: dict[str, Finding] = {}
    num_bytes = 0
    quietly = replace(request, progress=lambda done, total: None)
    for done, (place, pages) in enumerate(_pages(request, files, places, skipped)):
        stack = _dataset_of(pages, request)
        wanted = quietly if in_own_size else in_usual_size(stack, quietly)
        stack = resized_and_recoloured(stack, wanted)
        if parts and (stack.x.shape[1:], stack.x.dtype) != (parts[0].shape[1:], parts[0].dtype):
            skipped.append((place, "its pages lie otherwise than those of the other files"))
            continue
        num_bytes += stack.x.nbytes
        if num_bytes > memory_limit():
            raise DataError(
                f"the pages of its {len(places):,} files do not fit the memory.",
                subject=printable(request.path),
                next_step="Set 'Image side' to a smaller one, set 'Pages' to first, or choose fewer files.",
            )
        parts.append(stack.x)
        positions += [place] * len(pages)
        name = printable(files.names[place])
        many = [f"{name} page {index}" for index in range(1, len(pages) + 1)]
        names += many if len(pages) > 1 else [name]
        findings.update((finding.text, finding) for finding in stack.findings)
        request.progress(done + 1, len(places))
    if not parts:
        return None
    told = Finding(
        Severity.NOTE,
        f"{'Patches are cut out of every page' if in_own_size else 'Every page is a sample'}: "
        f"{len(names):,} pages of {len(parts):,} TIFF files. Where they "
        "follow each other in time or depth, what is held back looks like what is learned from.",
        "Set 'Pages' to first to take one picture of each file.",
    )
    return Stacks(
        np.concatenate(parts),
        positions,
        tuple(names),
        sorted(skipped),
        (told, *findings.values()),
    )


def _pages(
    request: Request, files: PictureFiles, places: list[int], skipped: list[tuple[int, str]]
) -> Iterator[tuple[int, Array]]:
    """Yield the place of each file and its pages, (N, H, W, C); what cannot be read is skipped."""
    with DecoderApart("tiff", request.check_cancelled) as decoder:
        for place in places:
            path, member = split_address(files.addresses[place])
            try:
                yield place, decoder.read(path, {"member": member})["pages"]
            except DataError as error:
                skipped.append((place, error.reason))


def _dataset_of(pages: Array, request: Request) -> Dataset:
    """Return pages (N, H, W, C) as samples without names."""
    return Dataset(
        name=printable(request.path.name),
        kind=Kind.IMAGES,
        x=np.moveaxis(pages, 3, 1),
        source=str(request.path),
    )


def _is_tiff(name: str) -> bool:
    return name.casefold().endswith(_TIFF)


def in_usual_size(dataset: Dataset, request: Request) -> Request:
    """Return the request with the usual side, where pages are larger and none is asked for."""
    is_wanted = request.options.image_size is not None
    if is_wanted or max(dataset.shape[1:]) <= DEFAULT_LONGEST_SIDE:
        return request
    return replace(request, options=request.options.changed(image_size=DEFAULT_LONGEST_SIDE))


def _has_pages(request: Request) -> bool:
    if image_format(request.glimpse.head) != "TIFF":
        return False
    with DecoderPool(request.check_cancelled, max_pixels=request.options.max_pixels) as decoders:
        ((_, outcome),) = decoders.run([str(request.path)], None)
    return outcome.facts is not None and outcome.facts.has_more
