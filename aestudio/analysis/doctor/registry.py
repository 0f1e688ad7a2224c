"""The verdicts: a new one is a new file in this folder with one decorated function."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from aestudio.analysis.doctor.evidence import RunEvidence
from aestudio.discovery import import_neighbours


class Severity(StrEnum):
    """A note is worth knowing; a warning costs quality; a fault makes the model useless."""

    NOTE = "note"
    WARNING = "warning"
    FAULT = "fault"


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One thing that is wrong, in one sentence, and what to try.

    ``settings`` holds the part of the advice that is definite: options, by their dotted keys, and
    the values to try for them. Which of them the recipe takes, the recipe knows.
    """

    name: str
    sentence: str
    try_this: str
    severity: Severity = Severity.WARNING
    settings: Mapping[str, Any] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """The name in words."""
        return self.name.replace("_", " ").capitalize()


def rounded(value: float) -> float:
    """Return a value to suggest: two digits are as exact as such advice is."""
    return float(f"{value:.2g}")


Verdict = Callable[[RunEvidence], Diagnosis | None]
_VERDICTS: dict[str, Verdict] = {}
_ORDER = (Severity.FAULT, Severity.WARNING, Severity.NOTE)


def verdict(name: str) -> Callable[[Verdict], Verdict]:
    """Register a function that looks for the fault called ``name``."""

    def register(function: Verdict) -> Verdict:
        if name in _VERDICTS:
            raise ValueError(f"two verdicts are called '{name}'")
        _VERDICTS[name] = function
        return function

    return register


def diagnose(evidence: RunEvidence) -> tuple[Diagnosis, ...]:
    """Return what is wrong, the worst first; empty for a healthy run."""
    import_neighbours(__name__, __file__)
    found = (look(evidence) for _, look in sorted(_VERDICTS.items()))
    return tuple(
        sorted(
            (diagnosis for diagnosis in found if diagnosis is not None),
            key=lambda diagnosis: _ORDER.index(diagnosis.severity),
        )
    )


def verdict_names() -> tuple[str, ...]:
    """The names of everything that is looked for."""
    import_neighbours(__name__, __file__)
    return tuple(sorted(_VERDICTS))
