"""A text file of a table, sniffed and read block by block into memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pyarrow as pa

from aestudio.data.dataset import Finding, Severity
from aestudio.data.files.byte_stream import ByteStream, open_bytes
from aestudio.data.files.plain_words import data_error
from aestudio.data.tables.arrow_columns import Converted, from_texts, table_of
from aestudio.data.tables.csv_blocks import NUMBERS, TEXTS, TIMES, BlockParser, DoesNotFit
from aestudio.data.tables.csv_format import CsvFormat
from aestudio.data.tables.csv_records import Block, blocks, lines_of_records
from aestudio.data.tables.csv_sniffing import sniff
from aestudio.data.tables.raw_table import RawTable
from aestudio.data.tables.text_encoding import chosen_encoding, decoded

if TYPE_CHECKING:
    from aestudio.data.request import Request
    from aestudio.errors import DataError

#: What is looked at to tell the encoding, and to tell everything else.
_BEGINNING_BYTES = 2**24
_SNIFFED_BYTES = 2**20
_MIB = 2**20
_LINES_COUNTED = 200


@dataclass(frozen=True, slots=True)
class SniffedCsv:
    """How a file is written, and what was odd about its beginning."""

    format: CsvFormat
    findings: tuple[Finding, ...]


def sniff_csv(request: Request) -> SniffedCsv:
    """Look at the beginning of a file, whatever its size.

    Raises
    ------
    DataError
        It is empty, no text, or has more columns than are allowed.
    """
    path, options = request.path, request.options
    with open_bytes(path, request.check_cancelled) as stream:
        beginning = _beginning(stream)
        is_whole = not stream.read(1)
    encoding = chosen_encoding(options.encoding, beginning, is_whole=is_whole, path=path)
    pieces = (
        beginning[at : at + _SNIFFED_BYTES] for at in range(0, len(beginning), _SNIFFED_BYTES)
    )
    text, is_all = b"", is_whole
    for piece in decoded(pieces, encoding.name, path, is_whole=is_whole):
        text += piece
        if len(text) >= _SNIFFED_BYTES and text.count(b"\n") > 2:
            is_all = False
            break
    if not text.strip():
        raise data_error(path, "the file holds no text.", "Choose another file.")
    _check_width(text, request)
    found, findings = sniff(
        text.decode("utf-8", "replace"),
        is_whole=is_all,
        encoding=encoding.name,
        suffix=_suffix(request),
        options=options,
    )
    if len(found.names) > options.max_columns:
        raise _too_wide(request, len(found.names))
    return SniffedCsv(found, (*encoding.findings, *findings))


def _check_width(text: bytes, request: Request) -> None:
    """Refuse lines of very many cells before any is cut."""
    most = request.options.max_columns
    for line in text.split(b"\n", _LINES_COUNTED)[:_LINES_COUNTED]:
        width = max(map(line.count, (b",", b";", b"\t", b"|"))) + 1
        if width > 2 * most:
            raise _too_wide(request, width)


def _too_wide(request: Request, width: int) -> DataError:
    return data_error(
        request.path,
        f"the table has {width:,} columns, and {request.options.max_columns:,} are allowed.",
        "Raise 'Most columns' (data.max_columns) if that is meant, or check the delimiter.",
    )


def read_csv(request: Request) -> RawTable:
    """Read the whole table into memory.

    Raises
    ------
    DataError
        A line has another number of cells than the header, a quote is never closed, a line is too
        long, or a byte means nothing in the encoding.
    """
    sniffed = sniff_csv(request)
    form = sniffed.format
    parser = BlockParser(
        request.path, form, form.names, skips_ragged=request.options.ragged == "skip"
    )
    table = raw_table(request, parser, {}, lambda: _rows(request, form))
    return replace(
        table,
        findings=(*sniffed.findings, *about_ragged(parser), *table.findings),
        said=form.said,
    )


def raw_table(
    request: Request,
    parser: BlockParser,
    types: dict[str, pa.DataType],
    rows: Callable[[], Iterator[Block]],
) -> RawTable:
    """Read the blocks that ``rows`` gives, anew each time it is called, into memory.

    ``types`` holds the type of every column afterwards.
    """
    columns = None
    while columns is None:
        columns = _read_columns(parser, types, rows())
    converted = {}
    for name in parser.wanted:
        request.check_cancelled()
        # One column is converted and forgotten before the next.
        converted[name] = _converted(name, columns.pop(name), parser.format.decimal)
    return table_of(converted)


def record_blocks(request: Request, stream: ByteStream, form: CsvFormat) -> Iterator[Block]:
    """Yield the rows below the header, block by block, and tell of the progress."""
    pieces = decoded(_chunks(request, stream), form.encoding, request.path)
    if form.num_skipped:
        pieces = _without_lines(pieces, form.num_skipped)
    found = blocks(
        pieces,
        form.delimiter,
        is_quoted=form.is_quoted,
        max_line_mib=request.options.max_line_mib,
        path=request.path,
    )
    needs_header = form.has_header
    for block in found:
        request.check_cancelled()
        block = replace(block, first_line=block.first_line + form.num_skipped)
        if needs_header:
            rest = _below_header(block, form)
            needs_header = rest is None
            if rest is None:
                continue
            block = rest
        if block.content:
            yield block


def _rows(request: Request, form: CsvFormat) -> Iterator[Block]:
    with open_bytes(request.path, request.check_cancelled) as stream:
        yield from record_blocks(request, stream, form)


def _read_columns(
    parser: BlockParser, types: dict[str, pa.DataType], rows: Iterator[Block]
) -> dict[str, pa.ChunkedArray] | None:
    """Read every column; None where a type had to be changed after the first block."""
    parser.ragged.count = parser.ragged.first = 0
    tables: list[pa.Table] = []
    for block in rows:
        if not types:
            types.update(parser.guess_types(block))
        try:
            tables.append(parser.parse(block, types))
        except DoesNotFit as misfit:
            types[misfit.name] = TEXTS
            fitting = _widened(parser, block, types)
            if tables:  # they hold the column as something else
                return None
            tables.append(fitting)
    if not tables:
        return {name: pa.chunked_array([], NUMBERS) for name in parser.wanted}
    whole = pa.concat_tables(tables)
    return dict(zip(whole.column_names, whole.columns, strict=True))


def _widened(parser: BlockParser, block: Block, types: dict[str, pa.DataType]) -> pa.Table:
    """Parse a block with every column that does not fit taken for texts."""
    while True:
        try:
            return parser.parse(block, types)
        except DoesNotFit as misfit:
            types[misfit.name] = TEXTS


def _converted(name: str, column: pa.ChunkedArray, decimal: str) -> Converted:
    if column.type == TEXTS:
        return from_texts(name, column, decimal)
    if column.type == TIMES:
        return Converted(column.to_numpy().astype("datetime64[ns]"))
    return Converted(column.to_numpy())


def _chunks(request: Request, stream: ByteStream) -> Iterator[bytes]:
    total = max(1, stream.stored_bytes // _MIB)
    while chunk := stream.read():
        request.progress(min(total, stream.stored_position // _MIB), total)
        yield chunk


def _without_lines(pieces: Iterator[bytes], count: int) -> Iterator[bytes]:
    for piece in pieces:
        while count and (end := piece.find(b"\n")) >= 0:
            piece, count = piece[end + 1 :], count - 1
        if not count:
            yield piece
            yield from pieces


def _below_header(block: Block, form: CsvFormat) -> Block | None:
    """Return what follows the header; None if the block ends with it or before it."""
    records = lines_of_records(block.content, form.delimiter, is_quoted=form.is_quoted)
    for _before, record in records:
        if not record.strip():
            continue
        end = block.content.index(record) + len(record) + 1
        line = block.first_line + block.content.count(b"\n", 0, end)
        return Block(block.content[end:], line)
    return None


def _beginning(stream: ByteStream) -> bytes:
    content = b""
    while len(content) < _BEGINNING_BYTES and (more := stream.read(_BEGINNING_BYTES)):
        content += more
    return content


def _suffix(request: Request) -> str:
    suffixes = [suffix.lower() for suffix in request.path.suffixes]
    return next((suffix for suffix in reversed(suffixes) if suffix != ".gz"), "")


def about_ragged(parser: BlockParser) -> Iterator[Finding]:
    """Tell of lines that were left out."""
    if parser.ragged.count:
        yield Finding(
            Severity.WARNING,
            f"{parser.ragged.count:,} lines with another number of cells than the header were left out, the first of them line {parser.ragged.first:,}.",
        )
