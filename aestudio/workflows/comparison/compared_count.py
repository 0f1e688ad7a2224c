"""How many runs can stand side by side; apart from the comparison, which brings torch along."""

from __future__ import annotations

FEWEST, MOST = 2, 6


def why_not_several(count: int) -> str:
    """Return why so many runs cannot be compared, as a sentence; empty when they can."""
    if count < FEWEST:
        return f"Choose {FEWEST} to {MOST} runs."
    return f"At most {MOST} runs can be compared at once." if count > MOST else ""
