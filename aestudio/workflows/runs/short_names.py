"""Names of runs, short enough for a column's head and still different from each other."""

from __future__ import annotations

import re
from collections.abc import Sequence

#: The time at the end of the names that runs get by themselves.
_STAMP = re.compile(r"-\d{4}-\d{2}-\d{2}-(\d{6}(?:-\d+)?)$")


def short_names(names: Sequence[str]) -> tuple[str, ...]:
    """Leave out what all names begin with, and the time at the end where it is not needed.

    >>> short_names(["digits-sparse-2026-11-22-135804", "digits-deep-2026-11-22-135757"])
    ('sparse', 'deep')
    """
    stamps = [_STAMP.search(name) for name in names]
    clocks = ["" if stamp is None else stamp[1] for stamp in stamps]
    without_time = [_STAMP.sub("", name) for name in names]
    for tried in (_without_beginning(without_time), without_time):
        told = tuple(
            name if tried.count(name) == 1 else f"{name} {clock}".rstrip()
            for name, clock in zip(tried, clocks, strict=True)
        )
        if all(tried) and len(set(told)) == len(names):
            return told
    return tuple(names)


def _without_beginning(names: Sequence[str]) -> list[str]:
    """Drop the words that all have in common at the beginning."""
    words = [name.split("-") for name in names]
    most = min(map(len, words))
    common = next(
        (place for place in range(most) if len({parts[place] for parts in words}) > 1), most
    )
    return ["-".join(parts[common:]) for parts in words]
