"""The runs in a folder, newest first."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from aestudio.errors import RunError
from aestudio.runs.info_file import INFO_NAME, read_info
from aestudio.runs.location import default_runs_folder
from aestudio.runs.lock import is_in_use
from aestudio.runs.schema import RunInfo, RunStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSummary:
    """One line of the list; ``info`` is None when the run cannot be read, ``problem`` says why."""

    path: Path
    name: str
    info: RunInfo | None
    status: RunStatus | None
    problem: str = ""


def list_runs(folder: str | os.PathLike[str] | None = None) -> list[RunSummary]:
    """List the runs directly inside ``folder`` (the default folder when None).

    Of each run only ``run.json`` is read. Links are not followed; a damaged run is listed with what
    is wrong with it. Raises :class:`RunError` when a named folder cannot be listed.
    """
    root = default_runs_folder() if folder is None else Path(folder)
    try:
        with os.scandir(root) as entries:
            names = [entry.name for entry in entries if entry.is_dir(follow_symlinks=False)]
    except FileNotFoundError:
        if folder is None:
            return []
        raise RunError(
            "there is no such folder.", subject=root, next_step="Name the folder that holds runs."
        ) from None
    except OSError as error:
        raise RunError(
            f"the folder cannot be listed: {error.strerror}.",
            subject=root,
            next_step="Name the folder that holds runs.",
        ) from None
    summaries = [_summarize(root / name) for name in names if not name.startswith(".")]
    found = [summary for summary in summaries if summary is not None]
    return sorted(found, key=_age, reverse=True)


def _summarize(path: Path) -> RunSummary | None:
    try:
        info = read_info(path)
    except RunError as error:
        if not os.path.lexists(path / INFO_NAME):
            return None
        return RunSummary(path=path, name=path.name, info=None, status=None, problem=error.reason)
    status = info.status
    # Only runs that claim to be running are worth the question whether somebody works on them.
    if status is RunStatus.RUNNING and not is_in_use(path):
        status = RunStatus.INTERRUPTED
    return RunSummary(path=path, name=info.name, info=info, status=status)


def _age(summary: RunSummary) -> tuple[str, str]:
    return (summary.info.created_at if summary.info else "", summary.path.name)
