"""A table too large for the memory: read once, block by block, into a cache on the disk.

What its columns are for is decided by its beginning, as for smaller tables; then every row becomes
32-bit floats in one file, which is mapped. The memory needed is that of a few blocks.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import numpy.typing as npt

from aestudio.data.arrays.array_dataset import finished
from aestudio.data.columns import Column, ColumnKind
from aestudio.data.dataset import Dataset, Finding, Kind, Severity
from aestudio.data.files.cache import cache_folder, cached, forget, key_of
from aestudio.data.files.doors import open_file
from aestudio.data.files.mapped_file import map_array
from aestudio.data.files.plain_words import data_error, in_plain_words, printable
from aestudio.data.labels import MAX_CLASSES
from aestudio.data.tables.cells import MAX_CATEGORIES, natural
from aestudio.data.tables.column_choice import without_left_out
from aestudio.data.tables.roles import roles_of
from aestudio.data.tables.streamed_columns import BlockColumn, StreamedColumn

if TYPE_CHECKING:
    from collections.abc import Generator

    from aestudio.data.request import Request
    from aestudio.data.tables.raw_table import RawTable

#: Of a table, so many blocks decide about the columns.
SAMPLE_BLOCKS = 4
#: Changes when what is written changes.
_FORMAT = 2
_CELLS, _LABELS, _FACTS = "cells.f4", "labels.i4", "table.json"

#: Some rows of some columns, by name.
Block = Mapping[str, BlockColumn]


class BlockSource(Protocol):
    """A table in a file that gives some of its rows at a time."""

    #: The reader that made it, and the options on which it depends.
    reader: str
    key_options: tuple[str, ...]
    #: The decimal mark of its texts.
    decimal: str
    #: What was odd before the first row, and how the file is read, as a raw table has it.
    findings: tuple[Finding, ...]
    said: tuple[tuple[str, str], ...]
    #: About so much is written into the cache.
    expected_bytes: int

    def sample(self) -> RawTable:
        """Read the first :data:`SAMPLE_BLOCKS` blocks of every column."""

    def blocks(self, names: tuple[str, ...], label: str) -> Generator[Block]:
        """Read these columns of every row, from the first; the label is one of them, or nothing.

        Only after :meth:`sample`.
        """

    def oddities(self) -> Iterator[Finding]:
        """Tell what was odd about the rows that were read."""


def read_streamed(request: Request, source: BlockSource) -> Dataset:
    """Return the table as a memory map of its cache, which is built first if there is none.

    Raises
    ------
    DataError
        As for smaller tables.
    StorageError
        The disk has no place for the cache.
    """
    key = key_of_table(request, source)

    def build(folder: Path) -> None:
        _build(request, source, folder)
        if key_of_table(request, source) != key:
            raise data_error(
                request.path,
                "the file was changed while it was read.",
                "Read it again when it is complete.",
            )

    entry = cached(key, source.expected_bytes, build)
    try:
        dataset = _dataset(request, entry, source)
    except (OSError, ValueError, LookupError, TypeError):
        forget(key)
        raise data_error(
            cache_folder(),
            "what was kept of the table is damaged, and was thrown away.",
            "Read the data again.",
        ) from None
    return finished(dataset, request)


def key_of_table(request: Request, source: BlockSource) -> str:
    """Return the key under which a table is kept in the cache."""
    options = request.options.model_dump(include=set(source.key_options))
    wanted = [asdict(column) for column in request.columns]
    facts = {**options, "format": _FORMAT, "wanted": wanted, "reader": source.reader}
    with in_plain_words(request.path):
        return key_of(request.path, facts)


def _build(request: Request, source: BlockSource, folder: Path) -> None:
    """Write cells, labels and facts into a new folder, in one pass through the file."""
    sample = source.sample()
    roles = roles_of(request, without_left_out(sample, request), is_beginning=True)
    features = [
        StreamedColumn(
            reading.column,
            source.decimal,
            # A model knows the categories that it has met, and no others.
            len(reading.column.categories) if request.columns else MAX_CATEGORIES,
            sample.date_forms.get(reading.column.name, ""),
        )
        for reading in roles.features
    ]
    label = StreamedColumn(Column(roles.label, ColumnKind.CATEGORICAL), source.decimal, MAX_CLASSES)
    names = [column.column.name for column in features]
    wanted = tuple(dict.fromkeys([*names, *([roles.label] if roles.label else [])]))
    num_rows = 0
    with (
        open(folder / _CELLS, "xb") as cells,
        open(folder / _LABELS, "xb") as labels,
        closing(source.blocks(wanted, roles.label)) as blocks,
    ):
        for block in blocks:
            request.check_cancelled()
            x = np.empty((len(block[wanted[0]]), len(features)), dtype=np.float32)
            for place, feature in enumerate(features):
                # Beyond 32 bits is infinite, so missing; damaged files hold other forms of NaN.
                with np.errstate(over="ignore", invalid="ignore"):
                    x[:, place] = feature.cells(block[names[place]])
            cells.write(x.data)
            num_rows += len(x)
            if roles.label:
                codes = label.cells(block[roles.label])
                labels.write(np.nan_to_num(codes, nan=-1.0).astype("<i4").data)
    if not num_rows:
        raise data_error(request.path, "there are no rows.", "Choose another table.")
    findings = (*roles.findings, *source.oddities(), *_misfits(features, label))
    facts = {
        "num_rows": num_rows,
        "columns": [asdict(feature.final) for feature in features],
        "label_names": list(label.final.categories) if roles.label else [],
        "label_fields": list(roles.label_fields),
        "findings": [
            [str(finding.severity), finding.text, finding.next_step] for finding in findings
        ],
    }
    (folder / _FACTS).write_text(json.dumps(facts), encoding="utf-8")


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


def _dataset(request: Request, entry: Path, source: BlockSource) -> Dataset:
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
        findings=(*source.findings, *findings),
        source=str(request.path),
        reader=source.reader,
        read_as=source.said,
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
