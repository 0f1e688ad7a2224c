"""Names for columns: every column has one, none has two, and all of them can be shown."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from aestudio.data.dataset import Finding, Severity

if TYPE_CHECKING:
    from collections.abc import Sequence

_LONGEST = 200
# Would move the cursor of a terminal, or end the line of a list.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]+")


def unique_names(given: Sequence[str]) -> tuple[tuple[str, ...], tuple[Finding, ...]]:
    """Return a different name for each column, and findings on those that had to be made up.

    >>> unique_names(["a", " a ", ""])[0]
    ('a', 'a (2)', 'column 3')
    """
    names: list[str] = []
    taken: set[str] = set()
    counts: Counter[str] = Counter()
    num_empty = num_twice = 0
    for place, raw in enumerate(given, start=1):
        name = clean_name(raw)
        if not name:
            num_empty += 1
            name = f"column {place}"
        base = name
        while name in taken:
            counts[base] += 1
            name = f"{base} ({counts[base] + 1})"
        num_twice += name != base
        taken.add(name)
        names.append(name)
    return tuple(names), tuple(_findings(num_empty, num_twice))


def clean_name(raw: str) -> str:
    """Return a name on one line, without what only a terminal would notice."""
    return _CONTROL.sub(" ", raw).strip().strip('"').strip()[:_LONGEST]


def numbered(count: int) -> tuple[str, ...]:
    """Return names for columns that have none."""
    return tuple(f"column {place}" for place in range(1, count + 1))


def _findings(num_empty: int, num_twice: int) -> list[Finding]:
    found = []
    if num_empty:
        are = "column has" if num_empty == 1 else "columns have"
        text = f"{num_empty:,} {are} no name and are called by their number."
        found.append(Finding(Severity.NOTE, text))
    if num_twice:
        text = (
            f"{num_twice:,} column names occur more than once; the later ones have a number added."
        )
        found.append(Finding(Severity.NOTE, text))
    return found
