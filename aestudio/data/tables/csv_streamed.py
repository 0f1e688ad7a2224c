"""A text table too large for the memory: read once, block by block, into a cache on the disk.

What its columns are for is decided by its beginning, as for smaller tables; then every row becomes
32-bit floats in one file, which is mapped. The memory needed is that of a few blocks.
"""

from __future__ import annotations

import itertools
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from aestudio.data.arrays.array_dataset import finished
from aestudio.data.columns import Column, ColumnKind
from aestudio.data.dataset import Dataset, Finding, Kind, Severity
from aestudio.data.files.byte_stream import open_bytes
from aestudio.data.files.cache import cache_folder, cached, forget, key_of
from aestudio.data.files.doors import open_file
from aestudio.data.files.mapped_file import map_array
from aestudio.data.files.plain_words import data_error, printable
from aestudio.data.labels import MAX_CLASSES
from aestudio.data.tables.cells import MAX_CATEGORIES, natural
from aestudio.data.tables.column_choice import without_left_out
from aestudio.data.tables.csv_blocks import TEXTS, BlockParser, DoesNotFit
from aestudio.data.tables.csv_table import (
    SniffedCsv,
    about_ragged,
    raw_table,
    record_blocks,
    sniff_csv,
)
from aestudio.data.tables.roles import Roles, roles_of
from aestudio.data.tables.streamed_columns import StreamedColumn

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aestudio.data.request import Request
    from aestudio.data.tables.csv_records import Block

#: Files from this size on; compressed ones unpack to about five times as much.
STREAM_FROM_BYTES = 256 * 2**20
STREAM_FROM_COMPRESSED_BYTES = 64 * 2**20
#: What decides about the columns.
_SAMPLE_BLOCKS = 4
#: Changes when what is written changes.
_FORMAT = 1
_CELLS, _LABELS, _FACTS = "cells.f4", "labels.i4", "table.json"
_KEY_OPTIONS = (
    "columns", "leave_out", "label_field", "delimiter", "decimal", "encoding", "header", "quotes",
    "skip_lines", "ragged", "max_columns", "max_line_mib",
)  # fmt: skip


def is_too_large(request: Request) -> bool:
    """Whether a text table is read into a cache rather than into memory."""
    if request.options.kind not in ("auto", "table"):
        return False
    size = request.path.stat().st_size
    return size >= (STREAM_FROM_COMPRESSED_BYTES if request.glimpse.is_gzip else STREAM_FROM_BYTES)


def read_streamed(request: Request, reader: str) -> Dataset:
    """Return the table as a memory map of its cache, which is built first if there is none.

    Raises
    ------
    DataError
        As for smaller tables.
    StorageError
        The disk has no place for the cache.
    """
    sniffed = sniff_csv(request)
    options = request.options.model_dump(include=set(_KEY_OPTIONS))
    wanted = [asdict(column) for column in request.columns]
    key = key_of(request.path, {**options, "format": _FORMAT, "wanted": wanted})
    expected = request.path.stat().st_size * (6 if request.glimpse.is_gzip else 1)
    entry = cached(key, expected, lambda folder: _Builder(request, sniffed).build(folder))
    try:
        dataset = _dataset(request, entry, sniffed, reader)
    except (OSError, ValueError, KeyError, TypeError):
        forget(key)
        raise data_error(
            cache_folder(),
            "what was kept of the table is damaged, and was thrown away.",
            "Read the data again.",
        ) from None
    return finished(dataset, request)


@dataclass(frozen=True, slots=True)
class _Builder:
    """One pass through the file."""

    request: Request
    sniffed: SniffedCsv

    def build(self, folder: Path) -> None:
        """Write cells, labels and facts into a new folder."""
        roles, types = self._roles()
        form = self.sniffed.format
        features = [
            StreamedColumn(
                reading.column,
                form.decimal,
                # A model knows the categories that it has met, and no others.
                len(reading.column.categories) if self.request.columns else MAX_CATEGORIES,
            )
            for reading in roles.features
        ]
        label = StreamedColumn(
            Column(roles.label, ColumnKind.CATEGORICAL), form.decimal, MAX_CLASSES
        )
        names = [column.column.name for column in features]
        if roles.label:
            types[roles.label] = TEXTS
        wanted = tuple(dict.fromkeys([*names, *([roles.label] if roles.label else [])]))
        parser = self._parser(wanted)
        num_rows = 0
        with open(folder / _CELLS, "xb") as cells, open(folder / _LABELS, "xb") as labels:
            for block in self._blocks():
                table = _parsed(parser, block, types)
                x = np.empty((len(table), len(features)), dtype=np.float32)
                for place, feature in enumerate(features):
                    with np.errstate(over="ignore"):  # beyond 32 bits is infinite, so missing
                        x[:, place] = feature.cells(table.column(names[place]))
                cells.write(x.data)
                num_rows += len(table)
                if roles.label:
                    codes = label.cells(table.column(roles.label))
                    labels.write(np.nan_to_num(codes, nan=-1.0).astype("<i4").data)
        if not num_rows:
            raise data_error(self.request.path, "there are no rows.", "Choose another table.")
        facts = {
            "num_rows": num_rows,
            "columns": [asdict(feature.final) for feature in features],
            "label_names": list(label.final.categories) if roles.label else [],
            "label_fields": list(roles.label_fields),
            "findings": [
                [str(finding.severity), finding.text, finding.next_step]
                for finding in (*roles.findings, *about_ragged(parser), *_misfits(features, label))
            ],
        }
        (folder / _FACTS).write_text(json.dumps(facts), encoding="utf-8")

    def _roles(self) -> tuple[Roles, dict[str, pa.DataType]]:
        form = self.sniffed.format
        parser = self._parser(form.names)
        types: dict[str, pa.DataType] = {}
        sample = raw_table(
            self.request,
            parser,
            types,
            lambda: itertools.islice(self._blocks(), _SAMPLE_BLOCKS),
        )
        roles = roles_of(self.request, without_left_out(sample, self.request))
        if not roles.features:
            raise data_error(
                self.request.path,
                "no column holds numbers, categories or dates to learn from.",
                "Check delimiter and header, or name the columns (data.columns).",
            )
        return roles, types

    def _parser(self, wanted: tuple[str, ...]) -> BlockParser:
        skips = self.request.options.ragged == "skip"
        return BlockParser(self.request.path, self.sniffed.format, wanted, skips_ragged=skips)

    def _blocks(self) -> Iterator[Block]:
        with open_bytes(self.request.path, self.request.check_cancelled) as stream:
            yield from record_blocks(self.request, stream, self.sniffed.format)


def _parsed(parser: BlockParser, block: Block, types: dict[str, pa.DataType]) -> pa.Table:
    """Parse a block; a column with cells that do not fit comes as texts, in this block only."""
    now = {name: types[name] for name in parser.wanted}
    while True:
        try:
            return parser.parse(block, now)
        except DoesNotFit as misfit:
            now[misfit.name] = TEXTS


def _misfits(features: list[StreamedColumn], label: StreamedColumn) -> list[Finding]:
    found = []
    for column in (*features, label):
        if column.num_misfits:
            is_class = column.column.kind is ColumnKind.CATEGORICAL
            what = (
                "are of too many categories" if is_class else f"do not fit ({column.column.kind})"
            )
            text = f"{column.num_misfits:,} cells of '{column.column.name}' {what} and count as missing."
            found.append(Finding(Severity.WARNING, text))
    return found


def _dataset(request: Request, entry: Path, sniffed: SniffedCsv, reader: str) -> Dataset:
    facts = json.loads((entry / _FACTS).read_text(encoding="utf-8"))
    columns = tuple(
        Column(column["name"], ColumnKind(column["kind"]), tuple(column["categories"]))
        for column in facts["columns"]
    )
    shape = (int(facts["num_rows"]), len(columns))
    with open_file(entry / _CELLS) as stream:
        x = map_array(entry / _CELLS, stream, np.dtype("<f4"), shape, 0, "C")
    labels, label_names = _labels(entry, facts, shape[0])
    num_bytes = shape[0] * shape[1] * 4
    findings = [
        Finding(Severity(severity), text, next_step)
        for severity, text, next_step in facts["findings"]
    ]
    findings.append(
        Finding(
            Severity.NOTE,
            f"The table is too large for the memory: it is kept as {num_bytes / 2**30:.1f} GiB of 32-bit numbers on the disk and used from there.",
            f"Delete {printable(entry)} to free the space.",
        )
    )
    return Dataset(
        name=printable(request.path.name),
        kind=Kind.TABLE,
        x=x,
        labels=labels,
        label_names=label_names,
        label_fields=tuple(facts["label_fields"]),
        feature_names=tuple(column.name for column in columns),
        columns=columns,
        findings=(*sniffed.findings, *findings),
        source=str(request.path),
        reader=reader,
        read_as=sniffed.format.said,
    )


def _labels(
    entry: Path, facts: dict[str, Any], num_rows: int
) -> tuple[npt.NDArray[np.int64] | None, tuple[str, ...]]:
    met = [str(name) for name in facts["label_names"]]
    if not met:
        return None, ()
    with open_file(entry / _LABELS) as stream:
        codes = np.frombuffer(stream.read(4 * num_rows), dtype="<i4")
    if len(codes) != num_rows:
        raise ValueError("the labels are cut off")
    names = sorted(met, key=natural)
    place = np.array([*(names.index(name) for name in met), -1], dtype=np.int64)
    return place[codes], tuple(names)
