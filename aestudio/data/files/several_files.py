"""A first look at several files or folders that a person chose together."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from aestudio.data.files.doors import Glimpse, local_path, look
from aestudio.data.files.source_text import parts_of
from aestudio.data.refusals import refuse_by_name


def look_at_several(source: str) -> Glimpse:
    """Take a first look at each of several sources; the path is that of the folder of all.

    Raises
    ------
    DataError
        One of them does not exist, or is never opened.
    """
    paths = [local_path(part) for part in parts_of(source)]
    for path in paths:
        refuse_by_name(path)
    folder = os.path.commonpath([path.parent for path in paths]) if _on_one_disk(paths) else ""
    return Glimpse(
        path=Path(folder or paths[0].parent),
        is_folder=False,
        parts=tuple(look(path) for path in paths),
    )


def _on_one_disk(paths: Iterable[Path]) -> bool:
    return len({path.anchor for path in paths}) == 1
