"""From the values of one column of a file to a :class:`Column` and its cells as floats."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from aestudio.data.columns import Column, ColumnKind
from aestudio.data.tables.raw_table import Values, is_number, is_text, is_time

Cells = npt.NDArray[np.floating[Any]]

#: Texts with more different values than this are names or sentences, not categories.
MAX_CATEGORIES = 1_000
#: More categories than this have to come back often, so that something can be learned of each.
FEW_CATEGORIES = 100
_ROWS_PER_CATEGORY = 10
#: A column of texts counts as numbers when this share of what is there is.
_NUMBERS_FROM = 0.9
_NANOSECONDS_PER_DAY = 86_400_000_000_000
_TRUE_AND_FALSE = (
    ("true", "false"), ("yes", "no"), ("t", "f"), ("y", "n"), ("ja", "nein"), ("wahr", "falsch"),
    ("oui", "non"), ("vrai", "faux"), ("on", "off"),
)  # fmt: skip
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_NOT_FINITE = {"inf": np.inf, "+inf": np.inf, "-inf": -np.inf, "infinity": np.inf, "nan": np.nan}


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """One column as floats, and what did not fit."""

    column: Column
    #: (N,), NaN where missing.
    cells: Cells
    #: Some of the texts that were no numbers and count as missing.
    misfits: tuple[str, ...] = ()
    num_misfits: int = 0


def read_cells(name: str, values: Values) -> Reading | None:
    """Return a column as floats; None for texts that are neither numbers nor categories."""
    if is_number(values):
        return Reading(Column(name), values)
    if values.dtype == np.bool_:
        return Reading(Column(name, ColumnKind.BOOLEAN), values.astype(np.float64))
    if is_time(values):
        return Reading(Column(name, ColumnKind.DATE), days(values))
    check_text(values)
    return _from_texts(name, values)


def read_cells_as(column: Column, values: Values) -> Reading:
    """Return a column as another table has it; what does not fit counts as missing and is told."""
    if column.kind is ColumnKind.CATEGORICAL:
        texts = as_texts(values)
        return _told(column, texts, coded(texts, column.categories))
    if column.kind is ColumnKind.BOOLEAN and is_text(values):
        truth = {
            word: float(place == 0) for both in _TRUE_AND_FALSE for place, word in enumerate(both)
        }
        cells = [np.nan if one is None else truth.get(one.casefold(), np.nan) for one in values]
        return _told(column, values, np.array(cells, dtype=np.float64))
    if column.kind is ColumnKind.DATE and is_time(values):
        return Reading(column, days(values))
    if column.kind is ColumnKind.NUMERIC and is_text(values):
        numbers = [np.nan if one is None else number_of(one) for one in values]
        return _told(column, values, np.array(numbers, dtype=np.float64))
    if is_number(values) or values.dtype == np.bool_:
        return Reading(column, values.astype(np.float64))
    return _told(column, as_texts(values), np.full(len(values), np.nan))


def as_texts(values: Values) -> Values:
    """Return what the cells would be called as categories."""
    if is_text(values):
        return values
    if is_number(values):
        texts = [None if np.isnan(one) else f"{one + 0.0:.17g}" for one in values.tolist()]
    else:
        texts = [None if text in ("NaT", "nan") else text for text in values.astype(str).tolist()]
    found = np.empty(len(values), dtype=object)
    found[:] = texts
    return found


def _told(column: Column, texts: Values, cells: Cells) -> Reading:
    """Count the texts of which nothing became."""
    lost = [text for text in texts[np.isnan(cells)] if text is not None]
    return Reading(column, cells, tuple(dict.fromkeys(lost))[:3], len(lost))


def check_text(values: Values) -> None:
    """Raise a TypeError for a column of a type that a :class:`RawTable` may not hold."""
    if not is_text(values):
        raise TypeError(f"a column of a raw table cannot be of the type {values.dtype}")


def days(times: Values) -> npt.NDArray[np.float64]:
    """Return datetime64 as days since 1970-01-01, NaN where there is none."""
    nanoseconds = times.astype("datetime64[ns]").astype(np.int64)
    return np.where(np.isnat(times), np.nan, nanoseconds / _NANOSECONDS_PER_DAY)


def distinct_texts(values: Values, most: int) -> tuple[str, ...] | None:
    """Return the different texts, sorted as people would; None when there are more than ``most``."""
    found: set[str] = set()
    for start in range(0, len(values), 4096):
        found.update(value for value in values[start : start + 4096] if value is not None)
        if len(found) > most:
            return None
    return tuple(sorted(found, key=natural))


def natural(text: str) -> tuple[tuple[int, int, str], ...]:
    """Return the key that sorts "item 2" before "item 10".

    >>> sorted(["b", "item 10", "item 2"], key=natural)
    ['b', 'item 2', 'item 10']
    """
    parts = re.split(r"([0-9]{1,18})", text)
    return tuple(
        (0, int(part), "") if place % 2 else (1, 0, part) for place, part in enumerate(parts)
    )


def coded(values: Values, categories: tuple[str, ...]) -> npt.NDArray[np.float64]:
    """Return each text's place in ``categories``, NaN for None and for what is not among them."""
    place = {category: float(index) for index, category in enumerate(categories)}
    return np.fromiter(
        (place.get(value, np.nan) for value in values), dtype=np.float64, count=len(values)
    )


def _from_texts(name: str, values: Values) -> Reading | None:
    distinct = distinct_texts(values, MAX_CATEGORIES)
    if distinct is not None and (both := _true_and_false(distinct)) is not None:
        return Reading(Column(name, ColumnKind.BOOLEAN), 1.0 - coded_folded(values, both))
    numbers = _mostly_numbers(name, values)
    if numbers is not None:
        return numbers
    if distinct is None or _tells_rows_apart(len(distinct), values):
        return None
    return Reading(Column(name, ColumnKind.CATEGORICAL, distinct), coded(values, distinct))


def coded_folded(values: Values, words: tuple[str, ...]) -> npt.NDArray[np.float64]:
    """Return each text's place in ``words``, the case of letters aside."""
    folded = np.array([None if value is None else value.casefold() for value in values], object)
    return coded(folded, words)


def _true_and_false(distinct: tuple[str, ...]) -> tuple[str, str] | None:
    folded = {value.casefold() for value in distinct}
    return next((both for both in _TRUE_AND_FALSE if folded == set(both)), None)


def _mostly_numbers(name: str, values: Values) -> Reading | None:
    """Read texts of which nearly all are numbers; the others count as missing and are told of."""
    # A look at the beginning spares most columns of texts the whole way.
    if _share_of_numbers(values[:1000]) < _NUMBERS_FROM / 2:
        return None
    cells = np.full(len(values), np.nan)
    misfits: dict[str, int] = {}
    num_present = 0
    for row, value in enumerate(values):
        if value is None:
            continue
        num_present += 1
        number = number_of(value)
        if number is None:
            misfits[value] = misfits.get(value, 0) + 1
        else:
            cells[row] = number
    num_misfits = sum(misfits.values())
    if not num_present or num_misfits > (1 - _NUMBERS_FROM) * num_present:
        return None
    return Reading(Column(name), cells, tuple(misfits)[:3], num_misfits)


def _share_of_numbers(values: Values) -> float:
    present = [value for value in values if value is not None]
    return sum(number_of(value) is not None for value in present) / max(1, len(present))


def number_of(text: str) -> float | None:
    """Return the number that a text is; None for all that Python alone would take for one.

    >>> number_of(" 1e3 "), number_of("1_000"), number_of("-inf")
    (1000.0, None, -inf)
    """
    text = text.strip()
    if _NUMBER.fullmatch(text) is not None:
        return float(text)
    return _NOT_FINITE.get(text.casefold())


def _tells_rows_apart(num_distinct: int, values: Values) -> bool:
    """Whether texts hardly come back, so that they name rows and not what rows have in common."""
    num_present = sum(value is not None for value in values)
    if num_distinct > FEW_CATEGORIES:
        return num_distinct > num_present / _ROWS_PER_CATEGORY
    return num_distinct > 2 and num_distinct > num_present / 2
