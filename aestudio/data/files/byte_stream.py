"""The bytes of one file in order, gzip undone, with nothing known of how many there will be."""

from __future__ import annotations

import gzip
import os
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING

from aestudio.data.files.doors import FREE_EXPANSION_BYTES, MAX_EXPANSION, intact, open_file
from aestudio.data.files.plain_words import data_error

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

_GZIP_MAGIC = b"\x1f\x8b"
CHUNK_BYTES = 2**22


class ByteStream:
    """Gives the content piece by piece, bounded by what the stored bytes can honestly hold."""

    def __init__(
        self,
        path: Path,
        file: IO[bytes],
        stream: IO[bytes] | gzip.GzipFile,
        check_cancelled: Callable[[], None],
    ) -> None:
        self.path = path
        #: Bytes on the disk.
        self.stored_bytes = os.fstat(file.fileno()).st_size
        self.is_compressed = stream is not file
        self._file = file
        self._stream = stream
        self._check_cancelled = check_cancelled
        self._num_read = 0

    @property
    def stored_position(self) -> int:
        """How many of the stored bytes have been used, to tell of progress."""
        return min(self._file.tell(), self.stored_bytes)

    def read(self, num_bytes: int = CHUNK_BYTES) -> bytes:
        """Return the next bytes, at most ``num_bytes``; none at the end.

        Raises
        ------
        DataError
            The file cannot be read on, or unpacks to far more than any text does.
        """
        self._check_cancelled()
        with intact(self.path):
            content = self._stream.read(num_bytes)
        self._num_read += len(content)
        most = max(FREE_EXPANSION_BYTES, MAX_EXPANSION * self.stored_bytes)
        if self.is_compressed and self._num_read > most:
            raise data_error(
                self.path,
                f"{self.stored_bytes:,} bytes unpack to more than {most:,}.",
                "Unpack it yourself if you trust it.",
            )
        return content


@contextmanager
def open_bytes(
    path: Path, check_cancelled: Callable[[], None] = lambda: None
) -> Iterator[ByteStream]:
    """Open a file to be read from its beginning to its end."""
    with open_file(path) as file:
        is_gzip = file.read(2) == _GZIP_MAGIC
        file.seek(0)
        stream = gzip.GzipFile(fileobj=file) if is_gzip else file
        yield ByteStream(path, file, stream, check_cancelled)
