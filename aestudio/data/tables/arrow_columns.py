"""From arrow's columns to the columns of a raw table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa
from pyarrow import compute

from aestudio.data.dataset import Finding
from aestudio.data.tables.csv_format import MISSING
from aestudio.data.tables.dates import times_of
from aestudio.data.tables.raw_table import RawTable, Values, is_text

#: A whole number with marks between thousands, and any fraction, by decimal mark.
_THOUSANDS = {
    ".": (r"^[+-]?\d{1,3}([,' ]\d{3})+(\.\d+)?$", "[,' ]"),
    ",": (r"^[+-]?\d{1,3}([.' ]\d{3})+(,\d+)?$", "[.' ]"),
}
_PLAIN = {
    ".": r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$",
    ",": r"^[+-]?(\d+,?\d*|,\d+)([eE][+-]?\d+)?$",
}


@dataclass(frozen=True, slots=True, eq=False)
class Converted:
    """One column, and what to know about it."""

    values: Values
    findings: tuple[Finding, ...] = ()
    #: How the texts were written that were dates.
    date_form: str = ""


def from_texts(name: str, texts: pa.ChunkedArray, decimal: str = ".") -> Converted:
    """Return texts as what all of them are: numbers with thousands, dates, or texts."""
    texts = without_gaps(texts)
    if texts.null_count == len(texts):
        return Converted(np.full(len(texts), np.nan))
    if (numbers := _with_thousands(texts, decimal)) is not None:
        return Converted(numbers)
    if (times := times_of(name, texts)) is not None:
        return Converted(times.values, times.findings, times.form)
    if decimal == ",":
        texts = _with_points(texts)
    return Converted(objects(texts))


def retyped(table: RawTable) -> RawTable:
    """Return the table with the texts of each column as what all of them are."""
    converted = {
        name: from_texts(name, pa.chunked_array([pa.array(values, pa.string())]))
        if is_text(values)
        else Converted(values)
        for name, values in zip(table.names, table.values, strict=True)
    }
    return replace(table_of(converted, table.findings), said=table.said)


def table_of(columns: Mapping[str, Converted], findings: Sequence[Finding] = ()) -> RawTable:
    """Return columns by their names as a table, what was odd before them first."""
    return RawTable(
        names=tuple(columns),
        values=tuple(column.values for column in columns.values()),
        findings=(*findings, *(one for column in columns.values() for one in column.findings)),
        date_forms={name: column.date_form for name, column in columns.items() if column.date_form},
    )


def without_gaps(texts: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return texts without blanks at their ends, null where a text stands for a missing value."""
    texts = compute.utf8_trim_whitespace(texts)
    is_missing = compute.is_in(texts, value_set=pa.array([*MISSING, None], pa.string()))
    return compute.if_else(is_missing, pa.scalar(None, pa.string()), texts)


def coerced(texts: pa.ChunkedArray, decimal: str) -> tuple[Values, int]:
    """Return (N,) floats, NaN for what is no number, and how many texts were none."""
    pattern, marks = _THOUSANDS[decimal]
    has_marks = compute.match_substring_regex(texts, pattern)
    texts = compute.if_else(has_marks, compute.replace_substring_regex(texts, marks, ""), texts)
    is_number = compute.match_substring_regex(texts, _PLAIN[decimal])
    bare = compute.if_else(is_number, texts, pa.scalar(None, pa.string()))
    bare = compute.utf8_ltrim(compute.replace_substring(bare, decimal, "."), "+")
    return numbers_of(bare), bare.null_count - texts.null_count


def objects(texts: pa.ChunkedArray) -> Values:
    """Return texts as objects; equal texts are one object, so that a million rows stay small."""
    coded = texts.combine_chunks().dictionary_encode()
    known = np.array([*coded.dictionary.to_pylist(), None], dtype=object)
    places = coded.indices.fill_null(len(known) - 1).to_numpy(zero_copy_only=False)
    return np.asarray(known[places])


def numbers_of(column: Any) -> Values:
    """Return an arrow column of any kind of number as 64-bit floats, NaN where missing."""
    return np.asarray(column.cast(pa.float64()).to_numpy(zero_copy_only=False))


def _with_thousands(texts: pa.ChunkedArray, decimal: str) -> Values | None:
    pattern, marks = _THOUSANDS[decimal]
    has_marks = compute.match_substring_regex(texts, pattern)
    if not compute.any(has_marks).as_py():
        return None
    is_number = compute.or_(has_marks, compute.match_substring_regex(texts, _PLAIN[decimal]))
    if not compute.all(is_number).as_py():
        return None
    bare = compute.replace_substring_regex(texts, marks, "")
    bare = compute.replace_substring(bare, decimal, ".")
    return numbers_of(compute.utf8_ltrim(bare, "+"))


def _with_points(texts: pa.ChunkedArray) -> pa.ChunkedArray:
    """Write 1,5 as 1.5 where a text is a number, so that numbers among texts are known as such."""
    is_number = compute.match_substring_regex(texts, _PLAIN[","])
    return compute.if_else(is_number, compute.replace_substring(texts, ",", "."), texts)
