"""The part for testing that archives of time series keep beside the part for training."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from aestudio.data.files.doors import exists, local_path

if TYPE_CHECKING:
    from pathlib import Path

_PART = re.compile(r"_(TRAIN|TEST)(?=\.)", re.IGNORECASE)
_TRAIN = re.compile(r"_TRAIN(?=\.)", re.IGNORECASE)


def is_archive_part(path: Path) -> bool:
    """Whether a file is called NAME_TRAIN or NAME_TEST."""
    return _PART.search(path.name) is not None


def test_part_of(path: Path) -> Path | None:
    """Return NAME_TEST.ts beside NAME_TRAIN.ts, if it is there."""
    if _TRAIN.search(path.name) is None:
        return None
    for part in ("_TEST", "_test", "_Test"):
        twin = path.with_name(_TRAIN.sub(part, path.name))
        if exists(str(twin)):
            return local_path(str(twin))
    return None
