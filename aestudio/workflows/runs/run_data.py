"""The data of a run, read again; or other data, read in the same way."""

from __future__ import annotations

import os
from typing import Any

from aestudio.data.arrays.array_kind import SERIES
from aestudio.data.columns import Column
from aestudio.data.dataset import Dataset, Kind
from aestudio.data.files.path_text import as_text
from aestudio.data.options import DataOptions
from aestudio.data.reading import is_picture_file, read
from aestudio.data.text.token_dataset import MOST_KEPT
from aestudio.errors import DataError, RunError
from aestudio.preprocess.scaling import Scaling
from aestudio.preprocess.table import TableScaling
from aestudio.preprocess.table_alignment import aligned
from aestudio.preprocess.tokens import TokenScaling
from aestudio.runs.folder import RunFolder
from aestudio.workflows.reporting import IsCancelled, Progress


def read_own_data(
    folder: RunFolder,
    *,
    progress: Progress | None = None,
    is_cancelled: IsCancelled | None = None,
) -> Dataset:
    """Read the data that a run learned from, and make sure that it is still the same.

    Raises :class:`RunError` when it has changed, :class:`DataError` when it cannot be read.
    """
    options = folder.experiment.data
    dataset = read(options.source, options, progress=progress, is_cancelled=is_cancelled)
    expected = folder.info.data.fingerprint
    if dataset.fingerprint != expected:
        raise RunError(
            f"the data in {options.source} has changed since the run began (it was "
            f"{folder.info.data.num_samples:,} samples with fingerprint {expected[:12]}, it is "
            f"{dataset.num_samples:,} with {dataset.fingerprint[:12]}).",
            subject=folder.path,
            next_step="Restore the data, or train a new run on it.",
        )
    return dataset


def read_data_for(
    folder: RunFolder,
    data: str | os.PathLike[str] | None = None,
    *,
    progress: Progress | None = None,
    is_cancelled: IsCancelled | None = None,
) -> Dataset:
    """Read ``data`` (the run's own source when None) with the run's reading options.

    Raises :class:`DataError` when its samples are not what the run can take.
    """
    source, options = reading_options(folder, data)
    scaling = folder.scaling
    symbols: tuple[str, ...] = ()
    if data is not None and isinstance(scaling, TokenScaling):
        # Other texts have other symbols, of which the model knows nothing.
        symbols = scaling.symbols
        # Arrays of tokens may be longer than any text; what is said here changes nothing for them.
        options = options.changed(text_length=min(folder.info.data.shape[0], MOST_KEPT))
    columns = () if data is None else _learned_columns(folder, scaling)
    dataset = read(
        source,
        options,
        symbols=symbols,
        columns=columns,
        progress=progress,
        is_cancelled=is_cancelled,
    )
    kind, shape = Kind(folder.info.data.kind), folder.info.data.shape
    if data is not None and dataset.kind is kind is Kind.TABLE:
        dataset = _in_the_same_columns(dataset, folder, scaling)
    if dataset.kind is not kind or dataset.shape != shape:
        raise DataError(
            f"its samples are {dataset.kind} of shape {dataset.shape}, "
            f"the run has learned {kind} of shape {shape}.",
            subject=source,
            next_step="Give data of the same kind and shape.",
        )
    return dataset


def _learned_columns(folder: RunFolder, scaling: Scaling) -> tuple[Column, ...]:
    """Return the columns of the table that the run has learned from; none for other samples."""
    if Kind(folder.info.data.kind) is not Kind.TABLE:
        return ()
    if isinstance(scaling, TableScaling):
        return tuple(scaling.table_columns)
    return tuple(Column(name) for name in folder.feature_names)


def _in_the_same_columns(dataset: Dataset, folder: RunFolder, scaling: Scaling) -> Dataset:
    """Return another table with the columns, by name, that the run has learned from."""
    if isinstance(scaling, TableScaling):
        return aligned(dataset, scaling.table_columns)
    names = folder.feature_names
    # Numbers under other names, or under none, are taken as they stand.
    if not names or not set(names) <= set(dataset.feature_names):
        return dataset
    return aligned(dataset, [Column(name) for name in names])


def reading_options(
    folder: RunFolder, data: str | os.PathLike[str] | None
) -> tuple[str, DataOptions]:
    """Return ``data``, or the run's own source, and how the run's own data was read."""
    options = folder.experiment.data
    if data is None:
        return options.source, options
    source = os.fspath(data)
    facts = folder.info.data
    # What the run's own data was taken for, the other is taken for too.
    kind = SERIES if options.kind == SERIES else facts.kind
    options = options.changed(source=as_text(source), kind=kind)
    if options.source != folder.experiment.data.source:
        # Numbers of the run's own samples say nothing about others.
        options = options.changed(exclude="", exclude_check="")
    is_image = Kind(facts.kind) is Kind.IMAGES
    if options.patch_size is None and is_image and is_cut(folder, source):
        options = options.changed(patch_size=min(facts.shape[1:]))
    return source, options


def is_cut(folder: RunFolder, source: str | os.PathLike[str]) -> bool:
    """Whether patches come from ``source`` without a word about their size.

    So they do where the run has learned from a single picture, and of a single picture.
    """
    options = folder.experiment.data
    return is_picture_file(options.source, options) or is_picture_file(source, options)


def chosen_windows(dataset: Dataset, options: DataOptions) -> dict[str, Any]:
    """Return the options with which the same windows will be cut again, however they are guessed then."""
    places = dataset.windows
    if places is None:
        return {}
    return {
        "data.kind": SERIES if options.kind == "auto" else options.kind,
        "data.window": places.length,
        "data.window_stride": places.stride,
    }
