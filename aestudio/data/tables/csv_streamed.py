"""A text table too large for the memory, block by block."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pyarrow as pa

from aestudio.data.files.byte_stream import open_bytes
from aestudio.data.tables import streamed_table
from aestudio.data.tables.csv_blocks import TEXTS, BlockParser, DoesNotFit
from aestudio.data.tables.csv_table import about_ragged, raw_table, record_blocks, sniff_csv

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from aestudio.data.dataset import Finding
    from aestudio.data.request import Request
    from aestudio.data.tables import csv_records
    from aestudio.data.tables.raw_table import RawTable
    from aestudio.data.tables.streamed_table import Block

#: Files from this size on; compressed ones unpack to about five times as much.
STREAM_FROM_BYTES = 256 * 2**20
STREAM_FROM_COMPRESSED_BYTES = 64 * 2**20
_UNPACKED_TIMES = 6


def is_too_large(request: Request) -> bool:
    """Whether a text table is read into a cache rather than into memory."""
    if request.options.kind not in ("auto", "table"):
        return False
    size = request.path.stat().st_size
    return size >= (STREAM_FROM_COMPRESSED_BYTES if request.glimpse.is_gzip else STREAM_FROM_BYTES)


class CsvBlocks:
    """A :class:`~aestudio.data.tables.streamed_table.BlockSource`; its beginning is looked at."""

    reader = "csv"
    key_options: tuple[str, ...] = (
        "columns", "leave_out", "label_field", "delimiter", "decimal", "encoding", "header",
        "quotes", "skip_lines", "ragged", "max_columns", "max_line_mib",
    )  # fmt: skip

    def __init__(self, request: Request) -> None:
        sniffed = sniff_csv(request)
        self._request = request
        self._form = sniffed.format
        self.decimal = sniffed.format.decimal
        self.findings = sniffed.findings
        self.said = sniffed.format.said
        stored_bytes = request.path.stat().st_size
        self.expected_bytes = stored_bytes * (_UNPACKED_TIMES if request.glimpse.is_gzip else 1)
        self._types: dict[str, pa.DataType] = {}
        self._parser = self._parser_of(self._form.names)

    def sample(self) -> RawTable:
        """Read the first blocks, and what each column is by the look of them."""
        return raw_table(
            self._request,
            self._parser_of(self._form.names),
            self._types,
            lambda: itertools.islice(self._records(), streamed_table.SAMPLE_BLOCKS),
        )

    def blocks(self, names: tuple[str, ...], label: str) -> Generator[Block]:
        """Parse some columns of every block."""
        types = {name: TEXTS if name == label else self._types[name] for name in names}
        self._parser = self._parser_of(names)
        for block in self._records():
            table = _parsed(self._parser, block, types)
            yield dict(zip(table.column_names, table.columns, strict=True))

    def oddities(self) -> Iterator[Finding]:
        """Tell of lines that were left out."""
        return about_ragged(self._parser)

    def _parser_of(self, wanted: tuple[str, ...]) -> BlockParser:
        skips = self._request.options.ragged == "skip"
        return BlockParser(self._request.path, self._form, wanted, skips_ragged=skips)

    def _records(self) -> Iterator[csv_records.Block]:
        with open_bytes(self._request.path, self._request.check_cancelled) as stream:
            yield from record_blocks(self._request, stream, self._form)


def _parsed(
    parser: BlockParser, block: csv_records.Block, types: dict[str, pa.DataType]
) -> pa.Table:
    """Parse a block; a column with cells that do not fit comes as texts, in this block only."""
    now = dict(types)
    while True:
        try:
            return parser.parse(block, now)
        except DoesNotFit as misfit:
            now[misfit.name] = TEXTS
