"""Weka's attribute-relation files: a header that declares the columns, then rows of text.

The format is described at https://waikato.github.io/weka-wiki/formats_and_processing/arff_stable/.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from aestudio.data.files.plain_words import data_error
from aestudio.data.tables.arrow_columns import from_texts
from aestudio.data.tables.cells import number_of
from aestudio.data.tables.column_names import unique_names
from aestudio.data.tables.raw_table import RawTable, Values

if TYPE_CHECKING:
    from pathlib import Path

    from aestudio.data.request import Request
    from aestudio.errors import DataError

_ATTRIBUTE = re.compile(
    r"@attribute\s+('(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"|\S+)\s+(.+)", re.IGNORECASE
)
_CELL = re.compile(r"\s*('(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"|[^,]*?)\s*(,|$)")
_NUMERIC = ("numeric", "real", "integer")
_ROWS_AT_ONCE = 10_000


@dataclass(frozen=True, slots=True)
class Attribute:
    """One declared column."""

    name: str
    #: "number", "text", "date", or "choice" of ``choices``.
    kind: str
    choices: tuple[str, ...] = ()


def read_arff(request: Request, lines: Iterator[str]) -> RawTable:
    """Read a whole file, given as lines without their ends.

    Raises
    ------
    DataError
        A line is not what the format allows; it is named.
    """
    path = request.path
    numbered_lines = _meaningful(lines)
    attributes = _header(numbered_lines, path)
    if not attributes:
        raise data_error(path, "no column is declared before '@data'.", "Get the file again.")
    if len(attributes) > request.options.max_columns:
        raise data_error(
            path,
            f"the table has {len(attributes):,} columns, and {request.options.max_columns:,} are allowed.",
            "Raise 'Most columns' (data.max_columns) if that is meant.",
        )
    columns: list[list[float | str | None]] = [[] for _ in attributes]
    for count, (line, text) in enumerate(numbered_lines):
        if count % _ROWS_AT_ONCE == 0:
            request.check_cancelled()
        row = _row(text, line, attributes, path)
        for cells, cell, attribute in zip(columns, row, attributes, strict=True):
            cells.append(_cell(cell, attribute, line, path))
    names, findings = unique_names([attribute.name for attribute in attributes])
    values: list[Values] = []
    for name, attribute in zip(names, attributes, strict=True):
        column, columns = columns[0], columns[1:]
        values.append(_values(name, attribute, column))
    said = (("Format", "attributes declared in the header"),)
    return RawTable(names, tuple(values), findings, said)


def _meaningful(lines: Iterable[str]) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(lines, start=1):
        text = line.strip()
        if text and not text.startswith("%"):
            yield number, text


def _header(lines: Iterator[tuple[int, str]], path: Path) -> list[Attribute]:
    attributes: list[Attribute] = []
    for number, text in lines:
        word = text.split(None, 1)[0].casefold()
        if word == "@data":
            return attributes
        if word == "@attribute":
            found = _ATTRIBUTE.fullmatch(text)
            if found is None:
                raise _wrong(path, number, "is no declaration of a column")
            attributes.append(_attribute(found[1], found[2], number, path))
        elif word != "@relation":
            raise _wrong(path, number, "belongs to no header of this format")
    raise data_error(path, "the file ends before '@data'.", "Get or save the file again.")


def _attribute(name: str, type_: str, number: int, path: Path) -> Attribute:
    name = _unquoted(name)
    word = type_.split(None, 1)[0].casefold()
    if type_.startswith("{"):
        body = type_.partition("{")[2].rpartition("}")[0]
        return Attribute(name, "choice", tuple(_split(body)))
    if word in _NUMERIC:
        return Attribute(name, "number")
    if word == "string":
        return Attribute(name, "text")
    if word == "date":
        return Attribute(name, "date")
    raise _wrong(path, number, f"declares a column of the type '{word}', which is not read")


def _row(text: str, line: int, attributes: list[Attribute], path: Path) -> list[str | None]:
    if text.startswith("{"):
        return _sparse(text, line, attributes, path)
    row = _split(text)
    # An instance may have a weight in braces behind its last cell.
    if len(row) == len(attributes) + 1 and re.fullmatch(r"\{.*\}", row[-1]):
        row = row[:-1]
    if len(row) != len(attributes):
        raise _wrong(path, line, f"has {len(row):,} cells, and {len(attributes):,} are expected")
    return list(row)


def _sparse(text: str, line: int, attributes: list[Attribute], path: Path) -> list[str | None]:
    """Read ``{place value, ...}``; what is not named is zero, the first choice, or missing."""
    row: list[str | None] = [
        {"number": "0", "choice": attribute.choices[0] if attribute.choices else None}.get(
            attribute.kind
        )
        for attribute in attributes
    ]
    for part in _split(text.strip("{} \t")):
        place, _, value = part.strip().partition(" ")
        if not place.isdecimal() or int(place) >= len(row):
            raise _wrong(path, line, f"names column {place[:20]}, which is not declared")
        row[int(place)] = _unquoted(value.strip())
    return row


def _cell(cell: str | None, attribute: Attribute, line: int, path: Path) -> float | str | None:
    text = (cell or "").strip()
    if text in ("?", ""):
        return None
    if attribute.kind != "number":
        return text
    number = number_of(text)
    if number is None:
        raise _wrong(path, line, f"has '{text[:40]}' in '{attribute.name}', which is no number")
    return number


def _values(name: str, attribute: Attribute, cells: list[float | str | None]) -> Values:
    if attribute.kind == "number":
        return np.array([np.nan if cell is None else cell for cell in cells], dtype=np.float64)
    if attribute.kind == "date":
        return from_texts(name, pa.chunked_array([pa.array(cells, pa.string())])).values
    texts = np.empty(len(cells), dtype=object)
    texts[:] = cells
    return texts


def _split(text: str) -> list[str]:
    """Return the cells of a line; either kind of quote may enclose one that holds a comma."""
    cells: list[str] = []
    place = 0
    while True:
        found = _CELL.match(text, place)
        if found is None:  # a quote that is never closed: the rest is one cell
            return [*cells, text[place:].strip()]
        cells.append(_unquoted(found[1]))
        if not found[2]:
            return cells
        place = found.end()


def _unquoted(text: str) -> str:
    if len(text) > 1 and text[0] == text[-1] and text[0] in "'\"":
        return re.sub(r"\\(.)", r"\1", text[1:-1])
    return text


def _wrong(path: Path, line: int, what: str) -> DataError:
    return data_error(path, f"line {line:,} {what}.", "Correct the line, or save the file again.")
