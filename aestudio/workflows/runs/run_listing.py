"""Finding runs: by path, by name, and all of them as a list."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aestudio.errors import RunError
from aestudio.options import suggest
from aestudio.runs.listing import RunSummary, list_runs
from aestudio.runs.location import default_runs_folder


@dataclass(frozen=True, slots=True)
class RunListing:
    """The runs of one folder, the newest first."""

    folder: Path
    runs: tuple[RunSummary, ...]

    def rows(self) -> list[tuple[str, ...]]:
        """Return one line of text cells per run: name, status, recipe, progress, place."""
        return [_row(run) for run in self.runs]

    def to_json(self) -> dict[str, Any]:
        return {"folder": str(self.folder), "runs": [_to_json(run) for run in self.runs]}


def list_of_runs(folder: str | os.PathLike[str] | None = None) -> RunListing:
    """List the runs directly inside ``folder``, or inside the default folder."""
    root = default_runs_folder() if folder is None else Path(folder)
    return RunListing(root, tuple(list_runs(folder)))


def find_run(text: str) -> Path:
    """Return the run folder that ``text`` means: a path, or a run's name in the default folder.

    Raises :class:`RunError` when there is none, with the nearest name where one is similar.
    """
    path = Path(text)
    if os.path.lexists(path):
        return path
    runs = list_runs() if os.sep not in text else []
    named = [run.path for run in runs if text in (run.path.name, run.name)]
    if len(named) == 1:
        return named[0]
    if named:
        raise RunError(
            f"{len(named)} runs are called that.",
            subject=text,
            next_step=f"Give the folder: {named[0]} or {named[1]}.",
        )
    next_step = "'aestudio runs' lists what there is."
    if runs:
        nearest = suggest(text, [run.path.name for run in runs])
        next_step = f"{nearest} {next_step}" if nearest.startswith("Did") else next_step
    raise RunError("there is no such run folder.", subject=text, next_step=next_step)


def _row(run: RunSummary) -> tuple[str, ...]:
    if run.info is None:
        return run.name, "unreadable", "", "", f"{run.path}  ({run.problem})"
    recipe = run.info.recipe
    progress = run.info.progress
    terms = progress.validation or progress.train
    loss = terms.get("loss")
    return (
        run.name,
        str(run.status),
        f"{recipe.autoencoder}, {recipe.network}, {recipe.code_size} numbers",
        f"{progress.epoch}/{recipe.epochs} epochs" + (f", loss {loss:.4g}" if loss else ""),
        str(run.path),
    )


def _to_json(run: RunSummary) -> dict[str, Any]:
    info = run.info
    return {
        "run": str(run.path),
        "name": run.name,
        "status": str(run.status) if run.status else None,
        "problem": run.problem,
        **(
            {
                "created_at": info.created_at,
                "data": info.data.model_dump(mode="json"),
                "recipe": info.recipe.model_dump(mode="json"),
                "progress": info.progress.model_dump(mode="json"),
            }
            if info is not None
            else {}
        ),
    }
