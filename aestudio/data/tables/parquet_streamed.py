"""A Parquet table too large for the memory, block by block from a process of its own."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from aestudio.data.dataset import Finding, Severity
from aestudio.data.files import cache
from aestudio.data.files.plain_words import data_error
from aestudio.data.isolation.apart import pieces_apart
from aestudio.data.tables import streamed_table
from aestudio.data.tables.arrow_columns import Converted, from_texts, table_of
from aestudio.data.tables.column_names import unique_names
from aestudio.data.tables.raw_table import RawTable

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Sequence

    from aestudio.data.request import Request
    from aestudio.data.tables.streamed_columns import BlockColumn
    from aestudio.data.tables.streamed_table import Block
    from aestudio.errors import DataError

#: Tables whose cells take so much as 64-bit numbers are not read into memory.
STREAM_FROM_BYTES = 2**29
#: As the decoder numbers the kinds of fields.
_NUMBER, _TRUTH, _MOMENT, _TEXTS = range(4)
_NANOSECONDS_PER_DAY = 86_400_000_000_000
_DECODER = "parquet_blocks"
_LISTED = 8

Array = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class _Field:
    """A field of the file: its place there, its kind, and the columns that it becomes."""

    place: int
    kind: int
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Rows:
    """One block: (K, n) numbers, and a column for each field of texts."""

    numbers: Array
    texts: list[pa.ChunkedArray]
    num_rows: int
    #: Lists that are none, or of another length.
    num_odd: int


class ParquetBlocks:
    """A :class:`~aestudio.data.tables.streamed_table.BlockSource`.

    ``num_cells`` is how many cells the file claims.
    """

    reader = "parquet"
    key_options: tuple[str, ...] = ("columns", "leave_out", "label_field", "max_columns")
    decimal = "."
    findings: tuple[Finding, ...] = ()
    said: tuple[tuple[str, str], ...] = ()

    def __init__(self, request: Request, num_cells: int) -> None:
        self._request = request
        self.expected_bytes = num_cells * np.dtype(np.float32).itemsize
        self._fields: tuple[_Field, ...] = ()
        self._num_odd = 0

    def sample(self) -> RawTable:
        """Read the beginning of every column, and what the columns are."""
        return self._sample

    @cached_property
    def _sample(self) -> RawTable:
        with closing(_Reading(self._request, None)) as reading:
            blocks = list(islice(reading.blocks(), streamed_table.SAMPLE_BLOCKS))
        given, findings = unique_names(reading.names)
        names = iter(given)
        self._fields = tuple(
            _Field(place, kind, tuple(islice(names, width)))
            for place, kind, width in reading.fields
        )
        converted = {
            name: from_texts(name, column)
            if isinstance(column, pa.ChunkedArray)
            else Converted(column)
            for name, column in _columns(_joined(blocks), self._fields)
        }
        return table_of(converted, (*findings, *about_left_out(reading.left_out)))

    def blocks(self, names: tuple[str, ...], label: str) -> Generator[Block]:
        """Read some columns of every row, and tell of the progress."""
        wanted = set(names)
        fields = [field for field in self._fields if wanted.intersection(field.names)]
        self._num_odd = num_read = 0
        with closing(_Reading(self._request, fields)) as reading:
            for rows in reading.blocks():
                num_read += rows.num_rows
                self._num_odd += rows.num_odd
                if num_read > reading.num_rows:
                    break
                yield {name: column for name, column in _columns(rows, fields) if name in wanted}
                self._request.progress(num_read, reading.num_rows)
        if num_read != reading.num_rows:
            raise data_error(
                self._request.path,
                f"its footer claims {reading.num_rows:,} rows, and there are others.",
                "Get or save the file again.",
            )

    def oddities(self) -> Iterator[Finding]:
        """Tell of lists that do not fit, and of what the beginning told."""
        yield from self._sample.findings
        if self._num_odd:
            text = f"{self._num_odd:,} lists have another length than those at the beginning, or none, and count as missing."
            yield Finding(Severity.WARNING, text)


def about_left_out(names: Sequence[str]) -> Iterator[Finding]:
    """Tell of columns that hold no plain values."""
    if names:
        text = f"{len(names):,} columns hold no plain values and are left out ({', '.join(names[:_LISTED])})."
        yield Finding(Severity.NOTE, text)


class _Reading:
    """One way through the file: everything that the decoder says, in its order."""

    def __init__(self, request: Request, wanted: Sequence[_Field] | None) -> None:
        self._request = request
        settings = {
            "max_columns": request.options.max_columns,
            "most_bytes": cache.MAX_BYTES,
            "fields": None
            if wanted is None
            else [(field.place, len(field.names)) for field in wanted],
        }
        self._pieces = pieces_apart(_DECODER, request.path, settings, request.check_cancelled)
        self._wanted = wanted
        #: Place, kind and number of columns of each field; what the columns are called.
        self.fields: list[tuple[int, int, int]] = []
        self.names: list[str] = []
        self.left_out: list[str] = []
        self.num_rows = 0

    def close(self) -> None:
        """End the decoder."""
        self._pieces.close()

    def blocks(self) -> Iterator[_Rows]:
        """Yield the blocks; everything else is known from the first one on."""
        self.num_rows = int(self._piece("size")[0])
        piece = next(self._pieces, None)
        if piece is None:
            return
        self._begin(piece)
        while (piece := next(self._pieces, None)) is not None:
            yield self._block(piece)

    def _begin(self, piece: tuple[str, Array]) -> None:
        facts = self._checked(piece, "fields")
        self.fields = [(int(place), int(kind), int(width)) for place, kind, width in facts]
        names = [str(name) for name in self._piece("names")]
        self.left_out = [str(name) for name in self._piece("left_out")]
        for name, (_, _, width) in zip(names, self.fields, strict=True):
            self.names += [name] if width == 1 else [f"{name}[{place}]" for place in range(width)]
        if self._wanted is not None and self.fields != [
            (field.place, field.kind, len(field.names)) for field in self._wanted
        ]:
            raise self._refusal("the file was changed while it was read.")

    def _block(self, piece: tuple[str, Array]) -> _Rows:
        num_rows, num_odd = (int(count) for count in self._checked(piece, "rows"))
        numbers = self._piece("numbers")
        texts = [
            self._texts(self._piece("words"), self._piece("places"))
            for _, kind, _ in self.fields
            if kind == _TEXTS
        ]
        num_numbers = sum(width for _, kind, width in self.fields if kind != _TEXTS)
        is_whole = all(len(text) == num_rows for text in texts)
        if not is_whole or numbers.shape != (num_numbers, num_rows):
            raise self._refusal("the decoder crashed on it.")
        return _Rows(numbers, texts, num_rows, num_odd)

    def _texts(self, words: Array, places: Array) -> pa.ChunkedArray:
        if not places.size or not -1 <= places.min() <= places.max() < len(words):
            raise self._refusal("the decoder crashed on it.")
        known = pa.array(places, mask=places < 0)
        coded = pa.DictionaryArray.from_arrays(known, pa.array(words.tolist(), pa.string()))
        return pa.chunked_array([coded.cast(pa.string())])

    def _piece(self, name: str) -> Array:
        return self._checked(next(self._pieces, ("", np.empty(0))), name)

    def _checked(self, piece: tuple[str, Array], name: str) -> Array:
        if piece[0] != name:
            raise self._refusal("the decoder crashed on it.")
        return piece[1]

    def _refusal(self, reason: str) -> DataError:
        return data_error(self._request.path, reason, "Get or save the file again.")


def _joined(blocks: list[_Rows]) -> _Rows:
    return _Rows(
        np.concatenate([block.numbers for block in blocks], axis=1) if blocks else np.empty((0, 0)),
        [
            pa.chunked_array([chunk for column in columns for chunk in column.chunks])
            for columns in zip(*(block.texts for block in blocks), strict=True)
        ],
        sum(block.num_rows for block in blocks),
        sum(block.num_odd for block in blocks),
    )


def _columns(rows: _Rows, fields: Sequence[_Field]) -> Iterator[tuple[str, BlockColumn]]:
    """Yield the columns of a block as a raw table holds them, but texts as arrow does."""
    numbers, texts = iter(rows.numbers), iter(rows.texts)
    for field in fields:
        for name in field.names:
            if field.kind == _TEXTS:
                yield name, next(texts)
            elif field.kind == _TRUTH:
                yield name, _truths(next(numbers))
            elif field.kind == _MOMENT:
                yield name, _moments(next(numbers))
            else:
                yield name, next(numbers)


def _truths(cells: Array) -> BlockColumn:
    is_missing = np.isnan(cells)
    if not is_missing.any():
        return cells.astype(np.bool_)
    places = pa.array(np.where(is_missing, 0, cells).astype(np.int32), mask=is_missing)
    coded = pa.DictionaryArray.from_arrays(places, pa.array(["False", "True"]))
    return pa.chunked_array([coded.cast(pa.string())])


def _moments(days: Array) -> Array:
    is_missing = np.isnan(days)
    nanoseconds = np.rint(np.where(is_missing, 0, days) * _NANOSECONDS_PER_DAY).astype(np.int64)
    moments: Array = nanoseconds.view("datetime64[ns]")
    moments[is_missing] = np.datetime64("NaT")
    return moments
