"""The columns that a person names: a list as it is typed becomes names that the table has."""

from __future__ import annotations

import csv
from dataclasses import replace
from typing import TYPE_CHECKING

from aestudio.errors import OptionError
from aestudio.options import suggest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aestudio.data.request import Request
    from aestudio.data.tables.raw_table import RawTable

_SUGGESTED = 20


def typed_names(text: str) -> tuple[str, ...]:
    """Return the names in a list with commas; quotes enclose a name that holds one.

    >>> typed_names('age, "height, in cm"')
    ('age', 'height, in cm')
    """
    rows = csv.reader([text.replace("\n", " ")], skipinitialspace=True)
    return tuple(name.strip() for name in next(rows, []) if name.strip())


def written_names(names: Sequence[str]) -> str:
    """Return names as a list that :func:`typed_names` reads again.

    >>> written_names(["age", "height, in cm"])
    'age, "height, in cm"'
    """
    doubled = [name.replace('"', '""') for name in names]
    return ", ".join(f'"{name}"' if set(name) & set(',"') else name for name in doubled)


def names_of(text: str, known: Sequence[str], key: str) -> tuple[str, ...]:
    """Return the typed names, each of which the table has.

    Raises
    ------
    OptionError
        The table has no column of that name; the subject is ``key``.
    """
    names = typed_names(text)
    have = set(known)
    for name in names:
        if name not in have:
            raise OptionError(
                f"no column is called '{name}'.",
                subject=key,
                next_step=suggest(name, list(known[:_SUGGESTED])),
            )
    return names


def without_left_out(table: RawTable, request: Request) -> RawTable:
    """Return the table without the columns that the person leaves out.

    Raises
    ------
    OptionError
        There is no column of such a name, or none would remain.
    """
    if request.columns:  # what a model has learned from decides
        return table
    options = request.options
    dropped = set(names_of(options.leave_out, table.names, "data.leave_out"))
    if not dropped:
        return table
    kept = [place for place, name in enumerate(table.names) if name not in dropped]
    if not kept:
        raise OptionError(
            "every column would be left out.",
            subject="data.leave_out",
            next_step="Keep at least one.",
        )
    return replace(
        table,
        names=tuple(table.names[place] for place in kept),
        values=tuple(table.values[place] for place in kept),
    )
