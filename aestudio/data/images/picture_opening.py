"""Opening a picture that lies in a file or in a zip archive; for decoding processes.

An archive is opened once for all of its members, and closes with the process.
"""

from __future__ import annotations

import io
from contextlib import AbstractContextManager, ExitStack
from functools import lru_cache
from pathlib import Path
from typing import IO

from aestudio.data.files.doors import MAX_ARCHIVE_FILES, Archive, open_archive, open_file

_open_archives = ExitStack()


def open_picture(path: str, member: str = "") -> AbstractContextManager[IO[bytes]]:
    """Open a file, or unpack the member of an archive, for reading."""
    return io.BytesIO(_archive(path).content(member)) if member else open_file(path)


@lru_cache(maxsize=1)
def _archive(path: str) -> Archive:
    return _open_archives.enter_context(open_archive(Path(path), MAX_ARCHIVE_FILES))
