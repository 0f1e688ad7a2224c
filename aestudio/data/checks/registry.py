"""Every check of data, found by looking into this package.

A new check is one new file: a function ``(Examination) -> Iterator[Finding]`` under the
:func:`check` decorator. Reading says what reading met with; these look at the samples themselves,
which takes longer, and are asked when a person wants to know. Nothing is changed: a finding may
carry a remedy, which is a setting that the person accepts or not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from aestudio.data.dataset import Dataset, Finding
from aestudio.discovery import import_neighbours

if TYPE_CHECKING:
    from aestudio.data.dataset import Kind


@dataclass(frozen=True, slots=True)
class Examination:
    """A dataset that is looked at, and whether to go on."""

    dataset: Dataset
    #: Raises when the person has asked to stop.
    check_cancelled: Callable[[], None] = field(default=lambda: None)


Look = Callable[[Examination], Iterator[Finding]]


@dataclass(frozen=True, slots=True)
class Check:
    """One thing to look for."""

    name: str
    title: str
    kinds: tuple[Kind, ...]
    look: Look


_checks: dict[str, Check] = {}


def check(*, name: str, title: str, kinds: tuple[Kind, ...]) -> Callable[[Look], Look]:
    """Register the decorated function; ``kinds`` are the kinds of data that it can look at."""

    def register(look: Look) -> Look:
        if name in _checks:
            raise ValueError(f"two checks are called '{name}'")
        _checks[name] = Check(name, title, kinds, look)
        return look

    return register


def checks() -> tuple[Check, ...]:
    """Every check, by name."""
    import_neighbours(__name__, __file__)
    return tuple(_checks[name] for name in sorted(_checks))


def examine(
    dataset: Dataset, check_cancelled: Callable[[], None] = lambda: None
) -> tuple[Finding, ...]:
    """Return what all checks find in the samples that are there to be trained on."""
    examination = Examination(dataset, check_cancelled)
    found: list[Finding] = []
    for known in checks():
        if dataset.kind in known.kinds:
            check_cancelled()
            found += known.look(examination)
    return tuple(found)
