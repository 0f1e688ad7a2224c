"""Many series as the UEA & UCR archive gives them (.ts), with the part for testing if there is one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from aestudio.data.arrays.array_dataset import dataset_from_arrays, finished
from aestudio.data.arrays.array_kind import SERIES
from aestudio.data.dataset import Dataset, Finding, Severity
from aestudio.data.files.byte_stream import open_bytes
from aestudio.data.files.doors import memory_limit
from aestudio.data.files.plain_words import data_error, printable
from aestudio.data.labels import labels_from
from aestudio.data.readers.registry import reader
from aestudio.data.series.archive_parts import test_part_of
from aestudio.data.series.sample_times import SampleTimes
from aestudio.data.series.series_set import OneSeries, SeriesSet
from aestudio.data.series.ts_format import Doubles, TsContent, looks_like_ts, read_ts
from aestudio.data.series.windows import dataset_of_windows

if TYPE_CHECKING:
    from pathlib import Path

    from aestudio.data.files.doors import Glimpse
    from aestudio.data.request import Request

_NAME = "ts"


def _recognises(glimpse: Glimpse) -> bool:
    if glimpse.is_folder:
        return False
    suffix = glimpse.path.name.removesuffix(".gz").rpartition(".")[2].lower()
    return looks_like_ts(glimpse.head, f".{suffix}")


@reader(
    name=_NAME,
    title="time series of the UEA & UCR archive (.ts)",
    suffixes=(".ts",),
    recognises=_recognises,
    # A file of comments alone could be any text; the format's own keys are looked for first.
    priority=5,
)
def read(request: Request) -> Dataset:
    """Read one sample per series, or windows of them where windows are wanted.

    Raises
    ------
    DataError
        A line is not as the format wants it, or the parts have other channels.
    """
    content = _content(request, request.path)
    if request.options.kind == SERIES:
        return finished(
            dataset_of_windows(_long_series(request, content), request.options), request
        )
    path = test_part_of(request.path)
    test = None if path is None else _content(request, path)
    longest = max(len(series) for part in (content, test) if part for series in part.series)
    if path is not None and test is not None:
        _check_channels(path, content, test)
    return _dataset(request, content, longest, None if test is None else (test, path))


def _content(request: Request, path: Path) -> TsContent:
    with open_bytes(path, request.check_cancelled) as stream:
        return read_ts(stream)


def _dataset(
    request: Request,
    content: TsContent,
    longest: int,
    test: tuple[TsContent, Path | None] | None,
) -> Dataset:
    tested = None if test is None else _dataset(request, test[0], longest, None)
    wanted = request
    if request.options.kind == "auto":
        wanted = replace(request, options=request.options.changed(kind="sequences"))
    dataset = dataset_from_arrays(
        wanted,
        _NAME,
        _padded(request, content.series, longest),
        _labels(content),
        test=tested,
    )
    shortest = min(map(len, content.series))
    if shortest < longest:
        finding = Finding(
            Severity.WARNING,
            f"Series have {shortest:,} to {longest:,} steps; what is behind the end of the shorter ones counts as missing values.",
            "Set 'Window' to cut all of them into windows of one length instead.",
        )
        dataset = replace(dataset, findings=(finding, *dataset.findings))
    return replace(dataset, times=_times(content, longest))


def _padded(request: Request, series: list[Doubles], longest: int) -> Doubles:
    """Return (N, T, C), NaN behind the end of each."""
    shape = (len(series), longest, series[0].shape[1])
    if int(np.prod(shape, dtype=np.int64)) * 8 > memory_limit():
        raise data_error(
            request.path,
            f"{shape[0]:,} series filled up to {longest:,} steps do not fit the memory.",
            "Set data.window to cut them into windows instead.",
        )
    x = np.full(shape, np.nan)
    for row, values in zip(x, series, strict=True):
        row[: len(values)] = values
    return x


def _labels(content: TsContent) -> np.ndarray | None:
    if not content.labels:
        return None
    if content.is_target:
        words = ["nan" if label == "?" else label for label in content.labels]
        try:
            return np.array(words, np.float64)
        except ValueError:
            return np.array(content.labels)
    return np.array(content.labels)


def _times(content: TsContent, longest: int) -> SampleTimes | None:
    if not content.moments:
        return None
    moments = np.full((len(content.moments), longest), np.nan)
    for row, known in zip(moments, content.moments, strict=True):
        row[: len(known)] = known
    steps = np.diff(moments, axis=1)
    steps = steps[np.isfinite(steps)]
    return SampleTimes(
        start=np.arange(len(moments), dtype=np.int64) * longest,
        length=longest,
        is_date=content.is_date,
        moments=moments.ravel(),
        step=float(np.median(steps)) if len(steps) else 1.0,
    )


def _long_series(request: Request, content: TsContent) -> SeriesSet:
    labels = _labels(content)
    count, source = len(content.series), printable(request.path)
    found = None if labels is None else labels_from(labels, count, source)
    has_times = bool(content.moments)
    steps = np.concatenate([np.diff(moments) for moments in content.moments]) if has_times else None
    return SeriesSet(
        name=printable(request.path.name),
        source=str(request.path),
        reader=_NAME,
        series=tuple(
            OneSeries(
                name=f"series {index + 1}",
                values=values,
                moments=content.moments[index] if has_times else None,
            )
            for index, values in enumerate(content.series)
        ),
        is_date=content.is_date,
        step=None if steps is None or not len(steps) else float(np.median(steps)),
        labels=None if found is None else found.indices,
        label_names=() if found is None else found.names,
        findings=() if found is None else found.findings,
    )


def _check_channels(path: Path, content: TsContent, test: TsContent) -> None:
    here, there = content.series[0].shape[1], test.series[0].shape[1]
    if here != there:
        raise data_error(
            path,
            f"its series have {there:,} channels, those for training have {here:,}.",
            "Move the part that does not belong here out of the folder.",
        )
