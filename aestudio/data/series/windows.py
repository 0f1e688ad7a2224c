"""Datasets of windows, cut out of long series.

Windows of a single series without gaps are a view of it: however much they overlap, they take no
memory of their own, and a series that lies in a file stays there.
Shapes: N windows, T steps of a window, C channels, L steps of a series.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from aestudio.data.arrays.array_kind import SERIES
from aestudio.data.dataset import Dataset, Finding, Kind, Severity
from aestudio.data.files.doors import memory_limit
from aestudio.data.files.plain_words import printable
from aestudio.data.options import DataOptions
from aestudio.data.series.calendar_labels import calendar_labels
from aestudio.data.series.sample_times import SampleTimes
from aestudio.data.series.series_set import SeriesSet, series_of
from aestudio.data.series.time_words import length_in_words, moments_in_words
from aestudio.data.series.window_choice import choose_places
from aestudio.data.series.window_places import WindowPlaces
from aestudio.data.series.window_splitting import window_split_finding
from aestudio.errors import DataError

Array = npt.NDArray[Any]


def dataset_of_windows(found: SeriesSet, options: DataOptions) -> Dataset:
    """Cut every series; how long windows are and how far apart is chosen where nobody has said.

    Raises
    ------
    DataError
        No window fits into the series, or the windows do not fit the memory.
    """
    places = choose_places(found, options)
    times = _times(found, places)
    labels, label_names, label_fields = _labels(found, places, times, options)
    return Dataset(
        name=found.name,
        kind=Kind.SEQUENCES,
        x=_cut(found, places),
        source=found.source,
        labels=labels,
        label_names=label_names,
        label_fields=label_fields,
        sample_names=_names(places, times),
        feature_names=found.channel_names,
        findings=(
            *found.findings,
            *_findings(found, places, options),
            *window_split_finding(places, options),
        ),
        reader=found.reader,
        read_as=found.read_as,
        windows=places,
        times=times,
    )


def as_series_where_cut(options: DataOptions) -> DataOptions:
    """Return the options with data read as a series where a window is set and nothing else is said."""
    is_cut = options.window is not None
    return options.changed(kind=SERIES) if is_cut and options.kind == "auto" else options


def in_windows(dataset: Dataset, options: DataOptions) -> Dataset:
    """Cut each sequence of a dataset, unless its reader has done so.

    Raises
    ------
    DataError
        No window fits, or the windows do not fit the memory.
    OptionError
        The samples are no sequences.
    """
    if dataset.windows is not None:
        return dataset
    cut = dataset_of_windows(series_of(dataset), options)
    test = dataset.test
    if test is not None and test.shape != cut.shape:
        note = Finding(
            Severity.WARNING,
            f"The part for testing has samples of shape {test.shape} and was left out.",
            "Set 'Window' to a length that fits both parts.",
        )
        return replace(cut, findings=(*cut.findings, note))
    return replace(cut, test=test)


def _cut(found: SeriesSet, places: WindowPlaces) -> Array:
    """Return (N, T, C)."""
    if len(found.series) == 1:
        view = _all_windows(found.series[0].values, places.length)
        start, stride = places.start[0], places.stride
        if np.array_equal(places.start, start + stride * np.arange(len(places.start))):
            return view[start : places.start[-1] + 1 : stride]
    first = found.series[0].values
    shape = (len(places.start), places.length, first.shape[1])
    num_bytes = math.prod(shape) * first.dtype.itemsize
    if num_bytes > memory_limit():
        raise DataError(
            f"{shape[0]:,} windows of {places.length:,} steps take {num_bytes:,} bytes, more than the memory allows.",
            subject=printable(found.source),
            next_step="Set 'Window stride' to more.",
        )
    x = np.empty(shape, first.dtype)
    for index, series in enumerate(found.series):
        rows = places.series == index
        if rows.any():
            x[rows] = _all_windows(series.values, places.length)[places.start[rows]]
    return x


def _all_windows(values: Array, length: int) -> Array:
    """Return the window from each step on, (L - T + 1, T, C), as a view."""
    windows = np.lib.stride_tricks.sliding_window_view(values, length, axis=0)
    return windows.transpose(0, 2, 1)


def _times(found: SeriesSet, places: WindowPlaces) -> SampleTimes | None:
    if found.step is None:
        return None
    known = [series.moments for series in found.series if series.moments is not None]
    if len(known) < len(found.series):
        return SampleTimes(
            start=places.start,
            length=places.length,
            is_date=False,
            step=found.step,
            unit=found.unit,
        )
    # The series lie one behind the other on one axis.
    begins = np.cumsum([0, *(len(moments) for moments in known[:-1])])
    return SampleTimes(
        start=places.start + begins[places.series],
        length=places.length,
        is_date=found.is_date,
        moments=np.concatenate(known) if len(known) > 1 else known[0],
        step=found.step,
        unit=found.unit,
    )


def _labels(
    found: SeriesSet, places: WindowPlaces, times: SampleTimes | None, options: DataOptions
) -> tuple[npt.NDArray[np.int64] | None, tuple[str, ...], tuple[str, ...]]:
    """Return labels, their names, and what else could be the label."""
    if found.step_label_names:
        return _rarest_within(found, places), found.step_label_names, ()
    if found.labels is not None:
        return found.labels[places.series], found.label_names, ()
    if times is None or not times.is_date:
        return None, (), ()
    return calendar_labels(times, options.label_field)


def _rarest_within(found: SeriesSet, places: WindowPlaces) -> npt.NDArray[np.int64]:
    """Return for each window the rarest label among its steps, so that what is odd is not outvoted."""
    steps = [series.step_labels for series in found.series]
    counts = np.zeros(len(found.step_label_names), np.int64)
    for its_steps in steps:
        if its_steps is not None:
            counts += np.bincount(its_steps[its_steps >= 0], minlength=len(counts))
    labels = np.full(len(places.start), -1, np.int64)
    for label in np.argsort(-counts, kind="stable").tolist():
        for index, its_steps in enumerate(steps):
            if its_steps is None:
                continue
            rows = np.flatnonzero(places.series == index)
            before = np.concatenate([[0], np.cumsum(its_steps == label)])
            start = places.start[rows]
            labels[rows[before[start + places.length] > before[start]]] = label
    return labels


def _names(places: WindowPlaces, times: SampleTimes | None) -> tuple[str, ...]:
    """Return what to call each window: when it begins, and in which series if there are several."""
    if times is None:
        begins = [f"step {start + 1:,}" for start in places.start.tolist()]
    else:
        # Dates as finely as their steps; numbers only as finely as windows differ.
        fine = times.step if times.is_date else times.step * places.stride
        begins = moments_in_words(times.begins, is_date=times.is_date, step=fine, unit=times.unit)
    if len(places.series_names) == 1:
        return tuple(begins)
    return tuple(
        f"{places.series_names[index]}, {begin}"
        for index, begin in zip(places.series.tolist(), begins, strict=True)
    )


def _findings(found: SeriesSet, places: WindowPlaces, options: DataOptions) -> Iterator[Finding]:
    if options.window is None:
        span = ""
        if found.step is not None:
            length = length_in_words(
                places.length * found.step, is_date=found.is_date, unit=found.unit
            )
            span = f" ({length})"
        yield Finding(
            Severity.NOTE,
            f"A long series is learned from in windows; {places.length:,} steps{span} were chosen, one window every {places.stride:,} steps.",
            "Set 'Window' and 'Window stride' to choose others.",
        )
    short = [
        series.name
        for index, series in enumerate(found.series)
        if not np.any(places.series == index)
    ]
    if short:
        shown = ", ".join(map(printable, short[:5]))
        yield Finding(
            Severity.WARNING,
            f"{len(short):,} of {len(found.series):,} series are shorter than a window and were left out: {shown}.",
            "Set 'Window' to less to keep them.",
        )
