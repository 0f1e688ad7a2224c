"""Reading what a command is given as DATA."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from aestudio.cli.progress import ProgressDisplay
from aestudio.errors import InputError, RunError

if TYPE_CHECKING:
    from aestudio.data.dataset import Dataset
    from aestudio.workflows.planning.given import Given


def read_data(data: list[str], given: Given) -> Dataset:
    """Read one data set, showing progress on stderr."""
    from aestudio.data.reading import read

    source = source_of(data)
    with ProgressDisplay("Reading") as progress:
        return read(source, given.data_options(source), progress=progress)


def source_of(data: list[str]) -> str:
    """Return the source that DATA names.

    Raises :class:`InputError` for a run: the codes and pictures in it could be read as data, which
    nobody means who names one.
    """
    from aestudio.data.files.source_text import together

    for name in data:
        _refuse_run(Path(name))
    return together(data)


def _refuse_run(path: Path) -> None:
    from aestudio.runs.info_file import INFO_NAME, read_info

    if not os.path.isfile(path / INFO_NAME):
        return
    try:
        info = read_info(path)
    except RunError:
        # Another program may call a file so.
        return
    raise InputError(
        f"this is a run, not data; it has learned from {info.data.source}.",
        subject=path,
        next_step="Give that, or go on with the run: aestudio resume.",
    )
