"""Text files (.txt, also packed), one text a line: names, sentences, messages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from aestudio.data.files.byte_stream import open_bytes
from aestudio.data.files.plain_words import data_error
from aestudio.data.readers.registry import reader
from aestudio.data.tables.raw_table import RawTable
from aestudio.data.tables.registry import dataset_from_table
from aestudio.data.tables.text_encoding import Encoding, chosen_encoding, decoded

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from aestudio.data.dataset import Dataset
    from aestudio.data.files.doors import Glimpse
    from aestudio.data.request import Request

#: What the only column of such a file is called.
COLUMN = "text"
#: Texts are held in memory, as Python's own, which take several times their size on the disk.
MAX_BYTES = 2**29
#: A line beyond this is no text among others but a file without line breaks.
MAX_LINE_BYTES = 2**20
MAX_LINES = 20_000_000
_SUFFIXES = (".txt", ".text")


def _recognises(glimpse: Glimpse) -> bool:
    if glimpse.is_folder or not glimpse.head:
        return False
    return glimpse.path.name.lower().removesuffix(".gz" * glimpse.is_gzip).endswith(_SUFFIXES)


@reader(
    name="text",
    title="Text, one a line (.txt)",
    suffixes=(*_SUFFIXES, ".txt.gz"),
    recognises=_recognises,
    # Whatever its content tells, it is that: of a text file, a table if it has columns.
    priority=-20,
)
def read(request: Request) -> Dataset:
    """Read each line as one text.

    Raises
    ------
    DataError
        The file is no text, too large, or has too long a line.
    """
    chunks = list(_chunks(request))
    encoding = _encoding(request, chunks)
    lines = _lines(request, decoded(chunks, encoding.name, request.path))
    values = np.empty(len(lines), object)
    # None is what a table has for a cell without a text.
    values[:] = [line or None for line in lines]
    table = RawTable((COLUMN,), (values,), encoding.findings, (("Encoding", encoding.name),))
    return dataset_from_table(request, "text", table)


def _chunks(request: Request) -> Iterator[bytes]:
    num_bytes = 0
    with open_bytes(request.path, request.check_cancelled) as stream:
        while chunk := stream.read():
            num_bytes += len(chunk)
            if max(num_bytes, stream.stored_bytes) > MAX_BYTES:
                raise data_error(
                    request.path,
                    f"it has more than {MAX_BYTES:,} bytes, which is the most that is read of texts.",
                    "Split the file, or take a part of it.",
                )
            request.progress(stream.stored_position, stream.stored_bytes)
            yield chunk


def _encoding(request: Request, chunks: list[bytes]) -> Encoding:
    # What is not ASCII may come late, as in a list of names with few accents.
    place = next((place for place, chunk in enumerate(chunks) if not chunk.isascii()), 0)
    return chosen_encoding(
        request.options.encoding,
        chunks[place],
        is_whole=len(chunks) == 1,
        path=request.path,
        position=sum(map(len, chunks[:place])),
    )


def _lines(request: Request, blocks: Iterator[bytes]) -> list[str]:
    lines: list[str] = []
    begun = b""
    for block in blocks:
        request.check_cancelled()
        *whole, begun = (begun + block).split(b"\n")
        _check(request.path, len(lines), [*whole, begun])
        lines += [line.decode() for line in whole]
    # What ends the last line begins no other.
    return [*lines, begun.decode()] if begun else lines


def _check(path: Path, num_before: int, lines: list[bytes]) -> None:
    if num_before + len(lines) > MAX_LINES:
        raise data_error(
            path,
            f"it has more than {MAX_LINES:,} lines, which is the most that is read.",
            "Split the file, or take a part of it.",
        )
    longest = max(range(len(lines)), key=lambda place: len(lines[place]))
    if len(lines[longest]) > MAX_LINE_BYTES:
        raise data_error(
            path,
            f"line {num_before + longest + 1:,} has more than {MAX_LINE_BYTES:,} bytes; a line is "
            "one text.",
            "Put a line break behind every text.",
        )
