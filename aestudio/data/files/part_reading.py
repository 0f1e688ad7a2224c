"""Several files read one after the other, as one dataset."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from aestudio.data.conspicuous import conspicuous
from aestudio.data.dataset import Dataset
from aestudio.data.files.path_text import as_text
from aestudio.data.files.plain_words import printable
from aestudio.data.joining import difference_of, joined
from aestudio.data.readers.registry import find_reader
from aestudio.data.series.archive_parts import test_part_of
from aestudio.errors import SeveralDatasetsError

if TYPE_CHECKING:
    from pathlib import Path

    from aestudio.data.files.doors import Glimpse
    from aestudio.data.request import Request

_SHOWN = 20


def read_parts(request: Request) -> Dataset:
    """Read each part of the glimpse with its own reader and join what they hold.

    Raises
    ------
    SeveralDatasetsError
        They hold data of different kinds or shapes.
    DataError
        One of them cannot be read, or they do not fit the memory together.
    """
    parts = request.glimpse.parts
    # What another file may bring along for testing is compared once that is known.
    may_be_tests = {test_part_of(part.path) for part in parts}
    datasets: list[Dataset] = []
    for done, part in enumerate(parts):
        request.check_cancelled()
        own = replace(request, glimpse=part, progress=lambda done, total: None)
        datasets.append(_read_one(own))
        if part.path not in may_be_tests and parts[0].path not in may_be_tests:
            # At once: the rest may be large, and would be read for nothing.
            _check_alike(request, parts, datasets, (0, done))
        request.progress(done + 1, len(parts))
    kept, datasets = _without_tests_of_others(parts, datasets)
    if len(datasets) == 1:
        return replace(
            datasets[0], findings=(*datasets[0].findings, *conspicuous(datasets[0], request))
        )
    for place in range(1, len(kept)):
        _check_alike(request, kept, datasets, (0, place))
    dataset = joined(datasets, _names(kept))
    return replace(dataset, findings=(*dataset.findings, *conspicuous(dataset, request)))


def _check_alike(
    request: Request, parts: Sequence[Glimpse], datasets: list[Dataset], pair: tuple[int, int]
) -> None:
    """Raise a SeveralDatasetsError where two of the files hold different data."""
    if not difference_of(*(datasets[place] for place in pair)):
        return
    told = [_in_words(parts[place], datasets[place]) for place in pair]
    more = len(parts) - len(told)
    brought = {test_part_of(part.path) for part in parts}
    choices = [part.path for part in parts if part.path not in brought]
    names = [relative_name(path, request.path) for path in choices]
    others = f" and {len(names) - _SHOWN:,} more" if len(names) > _SHOWN else ""
    raise SeveralDatasetsError(
        f"these files hold different data: {', '.join(told)}"
        + (f" and {more:,} more." if more else "."),
        subject=printable(request.path),
        next_step=f"Choose one of them, or several that hold the same: "
        f"{', '.join(names[:_SHOWN])}{others}.",
        choices=tuple(map(as_text, choices)),
    )


def relative_name(path: Path, folder: Path) -> str:
    """Return what a file is called within a folder."""
    is_below = path.is_relative_to(folder)
    return printable(path.relative_to(folder) if is_below else path.name)


def _without_tests_of_others(
    parts: Sequence[Glimpse], datasets: list[Dataset]
) -> tuple[tuple[Glimpse, ...], list[Dataset]]:
    """Leave out what another of the files has brought along for testing."""
    brought = {
        test_part_of(part.path)
        for part, dataset in zip(parts, datasets, strict=True)
        if dataset.test is not None
    }
    kept = [place for place, part in enumerate(parts) if part.path not in brought]
    return tuple(parts[place] for place in kept), [datasets[place] for place in kept]


def _read_one(request: Request) -> Dataset:
    """Read one of several, without what is told of all of them together."""
    dataset = find_reader(request.glimpse).read(request)
    told = set(conspicuous(dataset, request))
    kept = tuple(finding for finding in dataset.findings if finding not in told)
    return replace(dataset, findings=kept)


def _names(parts: Sequence[Glimpse]) -> list[str]:
    """Return a name for each file: without its suffix where that tells them apart."""
    stems = [printable(stem(part)) for part in parts]
    return stems if len(set(stems)) == len(stems) else [printable(part.path) for part in parts]


def _in_words(part: Glimpse, dataset: Dataset) -> str:
    shape = " x ".join(map(str, dataset.shape))
    return f"{printable(part.path.name)} ({dataset.kind}, {dataset.num_samples:,} of {shape})"


def stem(part: Glimpse) -> str:
    """Return the name of a file without its suffix."""
    return part.path.name.removesuffix(".gz").rpartition(".")[0] or part.path.name
