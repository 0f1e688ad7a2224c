"""Weka's attribute-relation files (.arff)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from aestudio.data.files.byte_stream import open_bytes
from aestudio.data.files.plain_words import data_error
from aestudio.data.readers.registry import reader
from aestudio.data.tables.arff import read_arff
from aestudio.data.tables.registry import dataset_from_table
from aestudio.data.tables.text_encoding import chosen_encoding, decoded

if TYPE_CHECKING:
    from aestudio.data.dataset import Dataset
    from aestudio.data.files.doors import Glimpse
    from aestudio.data.request import Request

_BEGINNING = re.compile(rb"(\s|%[^\n]*\n)*@relation\b", re.IGNORECASE)


def _recognises(glimpse: Glimpse) -> bool:
    if glimpse.is_folder:
        return False
    name = glimpse.path.name.casefold()
    is_named = name.endswith((".arff", ".arff.gz")) and not glimpse.head.startswith(b"PK")
    return is_named or _BEGINNING.match(glimpse.head) is not None


@reader(
    name="arff",
    title="Weka table (.arff)",
    suffixes=(".arff", ".arff.gz"),
    recognises=_recognises,
)
def read(request: Request) -> Dataset:
    with open_bytes(request.path, request.check_cancelled) as stream:
        beginning = stream.read()
        encoding = chosen_encoding(
            request.options.encoding,
            beginning,
            is_whole=len(beginning) == stream.stored_bytes,
            path=request.path,
        )
        pieces = decoded(_pieces(beginning, stream.read), encoding.name, request.path)
        table = read_arff(request, _lines(request, pieces))
    findings = (*encoding.findings, *table.findings)
    return dataset_from_table(request, "arff", replace(table, findings=findings))


def _lines(request: Request, pieces: Iterator[bytes]) -> Iterator[str]:
    """Yield the lines of the file, none of them longer than is allowed."""
    most = request.options.max_line_mib * 2**20
    rest = b""
    for piece in pieces:
        *lines, rest = (rest + piece).split(b"\n")
        if len(rest) > most:
            raise data_error(
                request.path,
                f"a line is longer than {request.options.max_line_mib:,} MiB.",
                "Raise 'Longest line' (data.max_line_mib) if that is meant.",
            )
        yield from (line.decode("utf-8", "replace") for line in lines)
    if rest:
        yield rest.decode("utf-8", "replace")


def _pieces(first: bytes, read: Callable[[], bytes]) -> Iterator[bytes]:
    while first:
        yield first
        first = read()
