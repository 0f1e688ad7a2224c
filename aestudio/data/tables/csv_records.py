"""Cutting the text of a table into blocks that end where a record ends, with their line numbers.

A line break between double quotes belongs to the cell. Quotes only enclose where a cell begins with
one, as in RFC 4180; elsewhere they are letters.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from aestudio.data.files.plain_words import data_error

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Block:
    """Whole records as UTF-8, and the number of the line with which they begin, from 1."""

    content: bytes
    first_line: int


def blocks(
    pieces: Iterable[bytes], delimiter: str, *, is_quoted: bool, max_line_mib: int, path: Path
) -> Iterator[Block]:
    """Put the pieces together and cut them at the ends of records.

    Raises
    ------
    DataError
        A quote is never closed, or a record is longer than ``max_line_mib``.
    """
    rest, line, most = b"", 1, max_line_mib * 2**20
    for piece in pieces:
        rest += piece
        end = _end_of_records(rest, delimiter, is_quoted=is_quoted)
        if end:
            if end > most:
                _check_lines(rest[:end], line, max_line_mib, path)
            yield Block(rest[:end], line)
            line += rest.count(b"\n", 0, end)
            rest = rest[end:]
        if len(rest) > most:
            raise _too_long(rest, line, delimiter, is_quoted, max_line_mib, path)
    if rest:
        opened = _unclosed(rest, delimiter) if is_quoted else None
        if opened is not None:
            raise _never_closed(rest, line, opened, path)
        yield Block(rest, line)


def lines_of_records(
    content: bytes, delimiter: str, *, is_quoted: bool
) -> Iterator[tuple[int, bytes]]:
    """Yield (lines before it, the record without its end) for every record of a block."""
    start = line = 0
    inside = iter(_quoted_spans(content, delimiter)) if is_quoted and b'"' in content else iter(())
    span = next(inside, None)
    place = content.find(b"\n")
    while place >= 0:
        while span is not None and span[1] <= place:
            span = next(inside, None)
        if span is None or place < span[0]:
            yield line, content[start:place]
            line += content.count(b"\n", start, place + 1)
            start = place + 1
        place = content.find(b"\n", place + 1)
    if start < len(content):
        yield line, content[start:]


def _end_of_records(content: bytes, delimiter: str, *, is_quoted: bool) -> int:
    """Return where the last whole record ends; 0 where none does."""
    if not is_quoted or b'"' not in content:
        return content.rfind(b"\n") + 1
    end = after = 0
    for start, stop in _quoted_spans(content, delimiter):
        end = content.rfind(b"\n", after, start) + 1 or end
        after = stop
        if stop == len(content):  # open still, or closed by what may be half of a doubled quote
            return end
    return content.rfind(b"\n", after) + 1 or end


def _unclosed(content: bytes, delimiter: str) -> int | None:
    """Return where a quote opens that is not closed by the end of the content."""
    last = None
    for found in _quoted_cell(delimiter).finditer(content):
        last = found
    return None if last is None or last[1] else last.start()


def _quoted_spans(content: bytes, delimiter: str) -> Iterator[tuple[int, int]]:
    for found in _quoted_cell(delimiter).finditer(content):
        yield found.span()


@cache
def _quoted_cell(delimiter: str) -> re.Pattern[bytes]:
    # Possessive, so that a quote that is never closed costs one pass and no way back.
    before = rb"(?:^|(?<=[\n" + re.escape(delimiter.encode()) + rb"]))"
    return re.compile(before + rb'"(?:[^"]++|"")*+("|\Z)')


def _too_long(
    rest: bytes, line: int, delimiter: str, is_quoted: bool, max_line_mib: int, path: Path
) -> Exception:
    opened = _unclosed(rest, delimiter) if is_quoted else None
    if opened is not None and rest.count(b"\n", opened):
        return _never_closed(rest, line, opened, path)
    return _long_line(line, max_line_mib, path)


def _check_lines(content: bytes, line: int, max_line_mib: int, path: Path) -> None:
    ends = np.flatnonzero(np.frombuffer(content, np.uint8) == ord("\n"))
    too_long = np.flatnonzero(np.diff(ends, prepend=-1) > max_line_mib * 2**20)
    if len(too_long):
        raise _long_line(line + int(too_long[0]), max_line_mib, path)


def _long_line(line: int, max_line_mib: int, path: Path) -> Exception:
    return data_error(
        path,
        f"line {line:,} is longer than {max_line_mib:,} MiB.",
        "Choose a table with shorter lines, or raise 'Longest line' (data.max_line_mib).",
    )


def _never_closed(rest: bytes, line: int, opened: int, path: Path) -> Exception:
    newlines = rest.count(b"\n", 0, opened)
    return data_error(
        path,
        f"the quote that opens on line {line + newlines:,} is never closed.",
        "Correct that line, or set 'Quotes' to 'none' (data.quotes) if quotes are plain letters.",
    )
