"""The verdicts: a new one is a new file in this folder with one decorated function."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from aestudio.analysis.doctor.evidence import RunEvidence
from aestudio.discovery import import_neighbours


class Severity(StrEnum):
    """A note is worth knowing; a warning costs quality; a fault makes the model useless."""

    NOTE = "note"
    WARNING = "warning"
    FAULT = "fault"


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One thing that is wrong, in one sentence, and what to try."""

    name: str
    sentence: str
    try_this: str
    severity: Severity = Severity.WARNING


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
