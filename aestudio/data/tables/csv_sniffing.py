"""Finding out how a text file of a table is written, from its beginning; the person's word wins.

A delimiter is good if it cuts all lines into equally many cells and leaves no other delimiter
behind in them; a comma within a number is none behind.
"""

from __future__ import annotations

import csv
import io
import itertools
import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aestudio.data.tables.cells import number_of
from aestudio.data.tables.column_names import numbered, unique_names
from aestudio.data.tables.csv_format import (
    COLONS,
    DELIMITERS,
    MISSING,
    NO_DELIMITER,
    CsvFormat,
    sign_of,
    with_signs,
)

if TYPE_CHECKING:
    from aestudio.data.dataset import Finding
    from aestudio.data.options import DataOptions

_ROWS = 200
_CELLS = 4000
_GOOD_ENOUGH = 0.5
_LONGEST_NAME = 64
_DECIMAL_COMMA = re.compile(r"[+-]?(\d+|\d{1,3}(\.\d{3})+),\d+([eE][+-]?\d+)?")
_DECIMAL_POINT = re.compile(r"[+-]?(\d*|\d{1,3}(,\d{3})+)\.\d+([eE][+-]?\d+)?")
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(,\d{3})+")
_DECLARED = re.compile(r"sep=(.)\s*", re.IGNORECASE)
_MISSING = frozenset(MISSING)

Rows = list[list[str]]


@dataclass(frozen=True, slots=True)
class _Cut:
    """The beginning of a table as one delimiter cuts it."""

    delimiter: str
    rows: Rows
    score: float


def sniff(
    text: str, *, is_whole: bool, encoding: str, suffix: str, options: DataOptions
) -> tuple[CsvFormat, tuple[Finding, ...]]:
    r"""Return how a table is written whose text begins like this; lines end with \n.

    ``suffix`` is that of the file's name; ``is_whole`` says that nothing comes after ``text``.
    """
    text, num_skipped, declared, comment = _without_preamble(text, options.skip_lines)
    if not is_whole:
        text = text[: text.rfind("\n") + 1] or text
    wanted = DELIMITERS.get(options.delimiter) or declared
    cut = _best_cut(text, options.quotes != "none", wanted, suffix)
    # Files that are cut at colons know no quotes.
    is_quoted = options.quotes != "none" and cut.delimiter != COLONS
    if options.quotes == "auto" and cut.delimiter == "\t":
        is_quoted = _encloses(text, cut.delimiter)
        cut = _cut(text, cut.delimiter, is_quoted)
    decimal = {"point": ".", "comma": ","}.get(options.decimal) or _decimal(cut)
    width = _width(cut.rows)
    first = cut.rows[0] if cut.rows else []
    has_header = {"yes": True, "no": False}.get(options.header, _has_header(cut.rows, decimal))
    has_empty_end = _has_empty_end(cut.rows, width)
    named = first if has_header else _commented_names(comment, cut.delimiter, width)
    names, findings = _names(named, width - has_empty_end)
    return (
        CsvFormat(
            encoding=encoding,
            delimiter=cut.delimiter,
            is_quoted=is_quoted,
            decimal=decimal,
            num_skipped=num_skipped,
            has_header=has_header,
            names=names,
            has_empty_end=has_empty_end,
        ),
        findings,
    )


def has_columns(text: str) -> bool:
    """Whether a delimiter cuts the beginning of a text into columns, or every line is a number."""
    text = _without_preamble(text[: text.rfind("\n") + 1] or text, 0)[0]
    cut = _best_cut(text, True, None, "")
    if cut.delimiter != NO_DELIMITER:
        return len(cut.rows) > 1 and cut.score > 0.9
    cells = [row[0] for row in cut.rows if row]
    return len(cells) > 1 and all(number_of(cell) is not None for cell in cells[1:])


def _without_preamble(text: str, skip_lines: int) -> tuple[str, int, str | None, str]:
    """Pass over lines that the person skips, comments, and the line that tells Excel the delimiter.

    Returns the rest, the number of lines passed over, the delimiter told, and the last comment.
    """
    num_skipped = 0
    while num_skipped < skip_lines and text:
        text, num_skipped = text.partition("\n")[2], num_skipped + 1
    declared, comment = None, ""
    while text:
        line, _, rest = text.partition("\n")
        found = _DECLARED.fullmatch(line)
        if found is not None and num_skipped == skip_lines:
            declared = found[1]
        elif line.startswith("#"):
            comment = line
        elif line.strip():
            break
        text, num_skipped = rest, num_skipped + 1
    return text, num_skipped, declared, comment


def _commented_names(comment: str, delimiter: str, width: int) -> list[str]:
    """Return the names in the comment above the rows, as numpy.savetxt writes them, if they are such."""
    line = comment.lstrip("# \t")
    if delimiter == " ":
        line = collapsed(line)
    names = [name.strip() for name in line.split(delimiter)]
    is_named = len(names) == width > 1 and all(number_of(name) is None for name in names)
    return names if is_named else []


def _best_cut(text: str, is_quoted: bool, wanted: str | None, suffix: str) -> _Cut:
    if wanted is not None:
        return _cut(text, wanted, is_quoted)
    cuts = [_cut(text, delimiter, is_quoted) for delimiter in (",", ";", "\t", "|", COLONS)]
    best = max(cuts, key=lambda cut: cut.score + 0.2 * _is_suffix_of(cut.delimiter, suffix))
    if best.score < _GOOD_ENOUGH:
        spaced = _cut(text, " ", is_quoted)
        if spaced.score >= _GOOD_ENOUGH and _share_of_numbers(spaced.rows) > _GOOD_ENOUGH:
            return spaced
    return best if best.score > 0 else _cut(text, NO_DELIMITER, is_quoted)


def _is_suffix_of(delimiter: str, suffix: str) -> bool:
    return delimiter == "\t" and suffix in (".tsv", ".tab")


def _cut(text: str, delimiter: str, is_quoted: bool) -> _Cut:
    if delimiter == " ":
        text = collapsed(text)
    quote = '"' if is_quoted and delimiter != COLONS else None
    text = with_signs(text.encode("utf-8", "surrogatepass"), delimiter).decode(
        "utf-8", "surrogatepass"
    )
    rows: Rows = []
    try:
        for row in csv.reader(io.StringIO(text), delimiter=sign_of(delimiter), quotechar=quote):
            if row:
                rows.append(row)
            if len(rows) == _ROWS:
                break
    except csv.Error:  # a cell longer than the module allows
        pass
    return _Cut(delimiter, rows, _score(rows, delimiter))


def collapsed(text: str) -> str:
    """Return lines whose runs of blanks are one space each, and none at the ends."""
    return re.sub(r"^ | $", "", re.sub(r"[ \t]+", " ", text), flags=re.MULTILINE)


def _score(rows: Rows, delimiter: str) -> float:
    width = _width(rows)
    if width < 2:
        return 0.0
    share = sum(len(row) == width for row in rows) / len(rows)
    cells = [cell for row in rows for cell in row][:_CELLS]
    others = {",", ";", "\t", "|"} - {delimiter}
    left = sum(
        any(other in cell for other in others) and not _DECIMAL_COMMA.fullmatch(cell.strip())
        for cell in cells
    )
    return share - 0.4 * left / max(1, len(cells))


def _width(rows: Rows) -> int:
    """How many cells most lines have."""
    counts = Counter(len(row) for row in rows)
    return counts.most_common(1)[0][0] if counts else 0


def _share_of_numbers(rows: Rows) -> float:
    cells = [cell for row in rows[1:] for cell in row][:_CELLS]
    return sum(number_of(cell) is not None or cell in _MISSING for cell in cells) / max(
        1, len(cells)
    )


def _encloses(text: str, delimiter: str) -> bool:
    """Whether quotes at the beginning of a cell are always closed at an end of a cell."""
    edge = re.escape(delimiter)
    opening = len(re.findall(rf'(?:^|(?<={edge}))"', text, re.MULTILINE))
    closing = len(re.findall(rf'"(?={edge}|$)', text, re.MULTILINE))
    return opening > 0 and opening == closing


def _decimal(cut: _Cut) -> str:
    cells = [cell.strip() for row in cut.rows for cell in row][:_CELLS]
    points = sum(_DECIMAL_POINT.fullmatch(cell) is not None for cell in cells)
    commas = sum(
        _DECIMAL_COMMA.fullmatch(cell) is not None
        and not (cut.delimiter == "," and _THOUSANDS.fullmatch(cell))
        for cell in cells
    )
    return "," if commas > points else "."


def _number(cell: str, decimal: str) -> float | None:
    return number_of(cell.replace(",", ".") if decimal == "," else cell)


def _has_header(rows: Rows, decimal: str) -> bool:
    if not rows:
        return False
    first, rest = rows[0], rows[1:51]
    numbers = [_number(cell, decimal) for cell in first]
    if not rest:
        return all(number is None for number in numbers)
    named = unnamed = 0
    for place, cell in enumerate(first):
        below = [row[place] for row in rest if place < len(row) and row[place] not in _MISSING]
        is_numeric = below and sum(_number(c, decimal) is not None for c in below) > 0.8 * len(
            below
        )
        if is_numeric and cell not in _MISSING:
            named += numbers[place] is None
            unnamed += numbers[place] is not None
    if named or unnamed:
        return named >= unnamed or _counts_up(first, rest)
    return _reads_like_names(first, rest)


def _counts_up(first: list[str], rest: Rows) -> bool:
    """Whether the first line counts, as 1990, 1991, ... or 0, 1, 2, ..., and no other line does."""
    return _is_count(first) and not any(_is_count(row) for row in rest)


def _is_count(row: list[str]) -> bool:
    numbers = [int(cell) for cell in row if re.fullmatch(r"\d{1,9}", cell)]
    steps = {after - before for before, after in itertools.pairwise(numbers)}
    return len(numbers) >= 3 and len(numbers) >= len(row) - 3 and steps == {1}


def _reads_like_names(first: list[str], rest: Rows) -> bool:
    """Whether the first of lines of texts is unlike the others: short, distinct, and not repeated."""
    if len(set(first)) < len(first) or any(len(cell) > _LONGEST_NAME for cell in first):
        return False
    repeated = any(
        cell == row[place] for place, cell in enumerate(first) for row in rest if place < len(row)
    )
    return not repeated and all(cell.strip() for cell in first[1:])


def _has_empty_end(rows: Rows, width: int) -> bool:
    """Whether every line ends with a delimiter."""
    whole = [row for row in rows if len(row) == width]
    return width > 1 and len(whole) > 1 and all(row[-1] == "" for row in whole)


def _names(header: list[str], width: int) -> tuple[tuple[str, ...], tuple[Finding, ...]]:
    if not header:
        return numbered(width), ()
    if len(header) == width + 1 and not header[-1].strip():
        header = header[:-1]
    if len(header) == width - 1:
        # R writes no name above the names of the rows.
        header = ["row", *header]
    # A header of another width than most lines is told of when the lines are read.
    return unique_names(header)
