"""Finding rows of a table by what stands in their cells, in the table's own terms.

What is looked for is one word or number anywhere, or a condition on one column:

==============  ==================================================================================
``dark``        a category in which these letters occur, a truth value that is called so
``12.5``        a number that is written so
``2024-02``     a date in that year, month, day, hour, minute or second
``age > 40``    numbers and dates beyond a limit; also ``<``
``shade=dark``  exactly this cell
``shade=``      no cell: a missing value
==============  ==================================================================================

Shapes: N rows, D columns.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from aestudio.data.arrays.slicing import slices
from aestudio.data.columns import Column, ColumnKind
from aestudio.data.missing_values import is_missing

Mask = npt.NDArray[np.bool_]
Cells = npt.NDArray[np.float64]

_CONDITION = re.compile(r"\s*(.+?)\s*([=<>])\s*(.*?)\s*")
#: Numbers are written with so many digits where they are no whole numbers.
_DIGITS = 6
_DAY_S = 86_400.0
_BESIDE = 0.5 / _DAY_S
#: A year and, as far as is wanted, what comes after it.
_DATE = re.compile(r"\d{4}(-\d\d(-\d\d([ t]\d\d(:\d\d(:\d\d)?)?)?)?)?")


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What is looked for, letters in one case; ``sign`` is empty where any column will do."""

    text: str
    sign: str = ""


def rows_with(x_ND: npt.NDArray[Any], columns: Sequence[Column], words: str) -> Mask:
    """Return (N,) whether each row has what ``words`` say; see the head of this file."""
    wanted, places = _understood(columns, words)
    found = [
        np.logical_or.reduce(
            [
                _is_found(columns[place], part[:, place].astype(np.float64), wanted)
                for place in places
            ]
        )
        for part in slices(x_ND)
    ]
    return np.concatenate(found) if found else np.zeros(0, np.bool_)


def sort_keys(x_ND: npt.NDArray[Any], column: Column, place: int) -> Cells:
    """Return (N,) numbers by which rows are put in order: categories by name; NaN where missing."""
    cells = np.concatenate([part[:, place].astype(np.float64) for part in slices(x_ND)])
    cells[is_missing(cells)] = np.nan
    if column.kind is not ColumnKind.CATEGORICAL or not column.categories:
        return cells
    ranks = np.empty(len(column.categories) + 1)
    ranks[-1] = np.nan
    in_order = sorted(
        range(len(column.categories)), key=lambda one: column.categories[one].casefold()
    )
    ranks[in_order] = np.arange(len(in_order))
    return np.asarray(ranks[_categories(cells, len(in_order))])


def _understood(columns: Sequence[Column], words: str) -> tuple[_Wanted, Sequence[int]]:
    """Return what is looked for, and in which columns."""
    condition = _CONDITION.fullmatch(words.casefold())
    if condition is not None:
        name, sign, text = condition.groups()
        places = [place for place, one in enumerate(columns) if one.name.casefold() == name]
        if places:
            return _Wanted(text, sign), places
    return _Wanted(words.casefold().strip()), range(len(columns))


def _is_found(column: Column, cells: Cells, wanted: _Wanted) -> Mask:
    missing = is_missing(cells)
    if wanted.sign == "=" and not wanted.text:
        return missing
    if column.kind is ColumnKind.CATEGORICAL:
        found = _in_categories(column, cells, wanted)
    elif column.kind is ColumnKind.BOOLEAN:
        is_true = {"true": True, "false": False}.get(wanted.text)
        found = (cells >= 0.5) == is_true if is_true is not None else np.zeros_like(missing)
    elif column.kind is ColumnKind.DATE:
        found = _in_dates(cells, wanted)
    else:
        found = _in_numbers(cells, wanted)
    return np.asarray(found & ~missing)


def _in_categories(column: Column, cells: Cells, wanted: _Wanted) -> Mask:
    names = [name.casefold() for name in column.categories]
    fits = {
        "": lambda name: wanted.text in name,
        "=": lambda name: wanted.text == name,
        "<": lambda name: name < wanted.text,
        ">": lambda name: name > wanted.text,
    }[wanted.sign]
    chosen = np.array([*map(fits, names), False])
    return np.asarray(chosen[_categories(cells, len(names))])


def _categories(cells: Cells, num: int) -> npt.NDArray[np.int64]:
    """Return the places of categories, ``num`` for what is none of them."""
    is_one = (cells > -0.5) & (cells < num - 0.5)
    return np.where(is_one, np.rint(np.where(is_one, cells, 0.0)), num).astype(np.int64)


def _in_numbers(cells: Cells, wanted: _Wanted) -> Mask:
    number = _number(wanted.text)
    if number is None:
        return np.zeros(len(cells), np.bool_)
    if wanted.sign in ("<", ">"):
        return np.asarray(cells < number if wanted.sign == "<" else cells > number)
    # What rounds to the same digits is written the same.
    digits = math.floor(math.log10(abs(number))) - _DIGITS + 1 if number else 0
    half = 0.5 * 10.0**digits * (1 + 1e-9) if number else 0.0
    if number == round(number):
        half = min(half, 0.5)
    return np.asarray(np.abs(cells - number) <= half)


def _in_dates(cells: Cells, wanted: _Wanted) -> Mask:
    span = _span(wanted.text)
    if span is None:
        return np.zeros(len(cells), np.bool_)
    begin, end = span
    if wanted.sign == "<":
        return np.asarray(cells < begin)
    is_after = cells >= end
    return np.asarray(is_after if wanted.sign == ">" else (cells >= begin) & ~is_after)


def _number(text: str) -> float | None:
    try:
        number = float(text.replace(",", "."))
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _span(text: str) -> tuple[float, float] | None:
    """Return when a year, month, day, hour, minute or second begins and ends, in days from 1970."""
    if not _DATE.fullmatch(text):
        return None
    try:
        moment = np.datetime64(text.replace(" ", "T").upper())
    except ValueError:
        return None
    ends = np.array([moment, moment + 1]).astype("datetime64[s]").astype(np.float64) / _DAY_S
    # Dates in 32 bits lie a little beside what was written.
    begin, end = ends.tolist()
    return begin - _BESIDE, end - _BESIDE
