"""Append-only lines that say of themselves whether they are whole.

Each line is one JSON object that begins with its sequence number and ends with the CRC-32 of all
that stands before it::

    {"seq":7,"kind":"step","epoch":1,"step":70,"terms":{"loss":0.5},"crc":"8c736521"}

A line cut short by a power loss, or changed later, is recognised and left out; the lines before it
stay usable. Order is that of the sequence numbers, never that of a clock.
"""

from __future__ import annotations

import json
import os
import re
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aestudio.errors import StorageError
from aestudio.runs import atomic

_LINE = re.compile(rb'(\{"seq":([0-9]{1,15}),.*),"crc":"([0-9a-f]{8})"\}', re.DOTALL)


@dataclass(frozen=True, slots=True)
class Position:
    """A place between two lines: bytes before it, and lines before it."""

    offset: int = 0
    sequence: int = 0


@dataclass(frozen=True, slots=True)
class Lines:
    """The whole lines of a file, the position behind them, and what was left out."""

    lines: tuple[bytes, ...]
    end: Position
    num_damaged: int
    is_torn: bool

    @property
    def notes(self) -> tuple[str, ...]:
        found = []
        if self.num_damaged:
            found.append(f"{self.num_damaged} damaged lines were left out.")
        if self.is_torn:
            found.append("The last line was cut short and was left out.")
        return tuple(found)


def encode_line(sequence: int, content: Mapping[str, Any]) -> bytes:
    """One line with its line end; numbers that are not finite have to be None."""
    text = json.dumps({"seq": sequence, **content}, separators=(",", ":"), allow_nan=False)
    body = text[:-1].encode()
    return body + b',"crc":"%08x"}\n' % zlib.crc32(body)


def sequence_of(line: bytes) -> int | None:
    """Return the line's sequence number, or None when the line is not whole."""
    found = _LINE.fullmatch(line)
    if found is None or zlib.crc32(found[1]) != int(found[3], 16):
        return None
    return int(found[2])


def split_lines(content: bytes) -> Lines:
    """Keep the whole lines in order of rising sequence numbers.

    A damaged last line counts as torn. ``end`` is the place where writing may go on: right behind
    the last whole line.
    """
    kept: list[bytes] = []
    end = Position()
    damaged_before_end = 0
    damaged = 0
    start = 0
    while start < len(content):
        stop = content.find(b"\n", start)
        if stop < 0:
            break
        line = content[start:stop]
        start = stop + 1
        sequence = sequence_of(line)
        if sequence is None or sequence <= end.sequence:
            damaged += 1
            continue
        kept.append(line)
        end = Position(start, sequence)
        damaged_before_end = damaged
    return Lines(tuple(kept), end, damaged_before_end, is_torn=end.offset < len(content))


class Appender:
    """Adds lines to a file; cuts the file to ``position`` first.

    Raises :class:`StorageError` when the file is shorter than ``position``.
    """

    def __init__(self, path: Path, position: Position) -> None:
        self._path = path
        self._descriptor = atomic.open_in_place(path)
        try:
            length = os.fstat(self._descriptor).st_size
            if length < position.offset:
                raise StorageError(
                    f"{position.offset - length} bytes are missing at the end of the file.",
                    subject=path,
                    next_step="Restore the file from a copy, or start a new run.",
                )
            if length > position.offset:
                atomic.cut(path, self._descriptor, position.offset)
        except BaseException:
            os.close(self._descriptor)
            raise
        self.position = position

    def append(self, contents: Iterable[Mapping[str, Any]]) -> None:
        """Add one line for each content, in one write."""
        sequence = self.position.sequence
        lines = []
        for content in contents:
            sequence += 1
            lines.append(encode_line(sequence, content))
        data = b"".join(lines)
        atomic.append(self._path, self._descriptor, data, start=self.position.offset)
        self.position = Position(self.position.offset + len(data), sequence)

    def sync(self) -> None:
        """Force what has been added to the disk."""
        atomic.sync(self._path, self._descriptor)

    def close(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1
