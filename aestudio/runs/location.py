"""Where runs are kept."""

from __future__ import annotations

import os
import re
from datetime import datetime
from pathlib import Path

import platformdirs

from aestudio.errors import OutputError
from aestudio.runs import atomic

VARIABLE = "AESTUDIO_RUNS"


def default_runs_folder() -> Path:
    """The platform's folder for a program's data, or what ``AESTUDIO_RUNS`` names."""
    named = os.environ.get(VARIABLE)
    if named:
        return Path(named).expanduser().absolute()
    return platformdirs.user_data_path("aestudio", appauthor=False) / "runs"


def claim_run_folder(title: str, parent: Path | None = None, now: datetime | None = None) -> Path:
    """Make an empty folder with a new name in ``parent`` (the default folder when None).

    The name tells the title and the time; of two processes asking at once each gets its own.
    """
    parent = parent or default_runs_folder()
    atomic.make_folder(parent, parents=True, exist_ok=True)
    moment = (now or datetime.now()).strftime("%Y-%m-%d-%H%M%S")
    stem = f"{slug(title)}-{moment}"
    for number in range(1, 1000):
        path = parent / (stem if number == 1 else f"{stem}-{number}")
        try:
            atomic.make_folder(path)
        except OutputError:
            if not os.path.lexists(path):
                raise
        else:
            return path
    raise OutputError(
        f"there are a thousand runs named {stem}.",
        subject=parent,
        next_step="Give the new run another folder.",
    )


def slug(title: str) -> str:
    """Small letters, digits and hyphens: a name that every file system takes."""
    return re.sub(r"[^a-z0-9]+", "-", title.lower())[:48].strip("-") or "run"
