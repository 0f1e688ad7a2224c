"""Several files read one after the other, as one dataset."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from aestudio.data.conspicuous import conspicuous
from aestudio.data.dataset import Dataset
from aestudio.data.files.plain_words import printable
from aestudio.data.joining import joined
from aestudio.data.readers.registry import find_reader
from aestudio.data.series.archive_parts import test_part_of
from aestudio.errors import DataError

if TYPE_CHECKING:
    from aestudio.data.files.doors import Glimpse
    from aestudio.data.request import Request

_SHOWN = 20


def read_parts(request: Request) -> Dataset:
    """Read each part of the glimpse with its own reader and join what they hold.

    Raises
    ------
    DataError
        One of them cannot be read, or they hold data of different kinds or shapes.
    """
    parts = request.glimpse.parts
    datasets: list[Dataset] = []
    for done, part in enumerate(parts):
        request.check_cancelled()
        own = replace(request, glimpse=part, progress=lambda done, total: None)
        datasets.append(_read_one(own))
        request.progress(done + 1, len(parts))
    parts, datasets = _without_tests_of_others(parts, datasets)
    if len(datasets) == 1:
        return replace(
            datasets[0], findings=(*datasets[0].findings, *conspicuous(datasets[0], request))
        )
    try:
        dataset = joined(datasets, _names(parts))
    except DataError as error:
        raise DataError(
            f"these files hold different data: {_in_words(parts, datasets)}.",
            subject=printable(request.path),
            next_step="Choose one of them, or several that hold the same.",
        ) from error
    return replace(dataset, findings=(*dataset.findings, *conspicuous(dataset, request)))


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


def _in_words(parts: Sequence[Glimpse], datasets: Sequence[Dataset]) -> str:
    told = [
        f"{printable(part.path.name)} ({dataset.kind}, {dataset.num_samples:,} of "
        f"{' x '.join(map(str, dataset.shape))})"
        for part, dataset in zip(parts[:_SHOWN], datasets, strict=False)
    ]
    more = len(parts) - len(told)
    return ", ".join(told) + (f" and {more:,} more" if more else "")


def stem(part: Glimpse) -> str:
    """Return the name of a file without its suffix."""
    return part.path.name.removesuffix(".gz").rpartition(".")[0] or part.path.name
