"""Samples in which nothing is missing any more, as a file; tables with their columns' names.

    .csv .parquet    tables: the name and the label of each sample first, where there are such, then
                     the columns
    .npy .npz        any samples, (N, *shape), as plain numbers; in .npz, of categories that were
                     filled in, also how probable each is: probability, (N, D)

Categories are written by their names, truth values as true and false, dates by the calendar.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from aestudio.data.columns import Column, ColumnKind
from aestudio.errors import OutputError
from aestudio.export.csv_table import csv_bytes
from aestudio.export.npy_file import npy_bytes
from aestudio.export.spreadsheet_text import neutral_text
from aestudio.runs import atomic
from aestudio.runs.npz import pack_npz

_ROWS_PER_CHUNK = 10_000
_SECONDS_PER_DAY = 86_400


@dataclass(frozen=True, slots=True, eq=False)
class FilledSamples:
    """Samples (N, *shape); ``columns`` of a table, and names and labels, empty where there are none."""

    x: npt.NDArray[np.generic]
    columns: tuple[Column, ...] = ()
    labels: Sequence[str] = ()
    sample_names: Sequence[str] = ()
    #: How probable each category is that was filled in, (N, D), NaN for all other cells.
    probability: npt.NDArray[np.floating[Any]] | None = None

    @property
    def leading(self) -> dict[str, Sequence[str]]:
        """What is known of each sample beside its values, by what it is called."""
        known = {"sample": self.sample_names, "label": self.labels}
        return {name: texts for name, texts in known.items() if len(texts)}


def check_filled_place(path: Path, *, is_table: bool) -> None:
    """Raise what :func:`write_filled` would, before anything is computed."""
    _writer(path, is_table=is_table)
    atomic.check_file(path)


def write_filled(path: Path, samples: FilledSamples) -> None:
    """Write in the format that the suffix names.

    Raises :class:`OutputError` for another suffix or a place that cannot be written.
    """
    _writer(path, is_table=bool(samples.columns))(path, samples)


def _writer(path: Path, *, is_table: bool) -> Callable[[Path, FilledSamples], None]:
    writers = {".npz": _write_npz, ".npy": _write_npy}
    if is_table:
        writers = {".csv": _write_csv, ".parquet": _write_parquet, **writers}
    writer = writers.get(path.suffix.lower())
    if writer is None:
        raise OutputError(
            f"filled-in {'tables' if is_table else 'samples'} cannot be written as "
            f"{path.suffix or 'a file without suffix'}.",
            subject=path,
            next_step=f"Choose a name that ends in {', '.join(writers)}.",
        )
    return writer


def _write_csv(path: Path, samples: FilledSamples) -> None:
    atomic.write_chunks(path, _csv_chunks(samples))


def _csv_chunks(samples: FilledSamples) -> Iterator[bytes]:
    heads = [*samples.leading, *(column.name for column in samples.columns)]
    yield csv_bytes([[neutral_text(head) for head in heads]])
    for start in range(0, len(samples.x), _ROWS_PER_CHUNK):
        rows = slice(start, start + _ROWS_PER_CHUNK)
        texts = [list(map(neutral_text, known[rows])) for known in samples.leading.values()]
        texts += [
            cell_texts(samples.x[rows, place], column)
            for place, column in enumerate(samples.columns)
        ]
        yield csv_bytes(zip(*texts, strict=True))


def cell_texts(cells_N: npt.NDArray[Any], column: Column) -> list[str]:
    """Return the cells of one column in words."""
    if column.kind is ColumnKind.CATEGORICAL:
        return [neutral_text(name) for name in _names(cells_N, column)]
    if column.kind is ColumnKind.BOOLEAN:
        return ["true" if cell >= 0.5 else "false" for cell in cells_N]
    if column.kind is ColumnKind.DATE:
        # Midnight is left out: most columns of dates hold days.
        return [str(date).removesuffix("T00:00:00") for date in _dates(cells_N)]
    # The shortest text that brings the same number back.
    return [str(cell) for cell in cells_N]


def _names(cells_N: npt.NDArray[Any], column: Column) -> list[str]:
    places = np.clip(np.rint(cells_N), 0, len(column.categories) - 1).astype(np.int64)
    return [column.categories[place] for place in places]


def _dates(cells_N: npt.NDArray[Any]) -> npt.NDArray[np.datetime64]:
    seconds = np.rint(cells_N.astype(np.float64) * _SECONDS_PER_DAY).astype(np.int64)
    return seconds.astype("datetime64[s]")


def _write_parquet(path: Path, samples: FilledSamples) -> None:
    # Imported here: half a second that only this format needs.
    import pyarrow as pa
    import pyarrow.parquet as pq

    names = list(samples.leading)
    arrays = [pa.array(list(known)) for known in samples.leading.values()]
    for place, column in enumerate(samples.columns):
        names.append(column.name)
        arrays.append(pa.array(_typed(samples.x[:, place], column)))
    sink = pa.BufferOutputStream()
    pq.write_table(pa.Table.from_arrays(arrays, names=names), sink)
    atomic.write_bytes(path, memoryview(sink.getvalue()))


def _typed(cells_N: npt.NDArray[Any], column: Column) -> object:
    if column.kind is ColumnKind.CATEGORICAL:
        return _names(cells_N, column)
    if column.kind is ColumnKind.BOOLEAN:
        return cells_N >= 0.5
    if column.kind is ColumnKind.DATE:
        return _dates(cells_N)
    return np.ascontiguousarray(cells_N)


def _write_npz(path: Path, samples: FilledSamples) -> None:
    arrays: dict[str, npt.NDArray[np.generic]] = {"x": np.asarray(samples.x)}
    for name, known in samples.leading.items():
        arrays[f"{name}s"] = np.array(list(known), dtype=np.str_)
    if samples.probability is not None:
        arrays["probability"] = samples.probability
    atomic.write_bytes(path, pack_npz(arrays))


def _write_npy(path: Path, samples: FilledSamples) -> None:
    atomic.write_bytes(path, npy_bytes(samples.x))
