"""The one place where a foreign file is opened.

Nothing here trusts a name, a size or a header. What a file claims is compared with what is there
before memory is reserved for it; links inside a folder are not followed; pipes and devices are
never opened; compressed content is bounded absolutely and by its ratio. Everything that can go
wrong becomes a :class:`~aestudio.errors.DataError` with the file, the reason and the next step.
"""

from __future__ import annotations

import gzip
import math
import os
import stat
import struct
import zipfile
import zlib
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Literal, cast

import numpy as np
import numpy.typing as npt

from aestudio.data.files.folder_listing import glimpse_below
from aestudio.data.files.mapped_file import map_array
from aestudio.data.files.plain_words import data_error, in_plain_words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from aestudio.errors import DataError

#: Compressed content may grow to this many times its size once it is larger than the free part.
MAX_EXPANSION = 250
FREE_EXPANSION_BYTES = 64 * 2**20
MAX_ARCHIVE_MEMBERS = 1024
#: Of an archive of pictures: what the format counts without its extension for more.
MAX_ARCHIVE_FILES = 65_534
#: In the directory of an archive, for each member that is allowed.
_MEMBER_BYTES = 1024
MAX_MEMBER_BYTES = 2**30
#: Plain arrays of this size, or half of what the memory takes, stay in their file: no smaller ones,
#: because a program cannot survive that such a file is cut off in the middle of reading.
MAP_FROM_BYTES = 2 * 2**30
MAX_DIMENSIONS = 32

_GZIP_MAGIC = b"\x1f\x8b"
_HEAD_BYTES = 512
_CHUNK_BYTES = 2**22
_ZIP_END_BYTES = 22 + 2**16
_SAFE_COMPRESSION = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
#: What Python's decompressors let out on damaged input: more than their manuals say.
_DAMAGED = (
    EOFError,
    OverflowError,
    RuntimeError,
    ValueError,
    gzip.BadGzipFile,
    struct.error,
    zipfile.BadZipFile,
    zlib.error,
)
# Without O_NONBLOCK, opening a pipe that took the place of a file would wait for ever.
_OPEN_FLAGS = (
    os.O_RDONLY
    | getattr(os, "O_BINARY", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)
)


@dataclass(frozen=True, slots=True)
class Glimpse:
    """What a first look shows: enough to tell formats apart without reading a source."""

    path: Path
    is_folder: bool
    #: The first bytes of a file, compression undone.
    head: bytes = b""
    is_gzip: bool = False
    #: Names in a folder, or members of a zip archive, sorted.
    names: tuple[str, ...] = ()
    #: Files one and two folders further down, relative to the folder; none where there are many.
    below: tuple[str, ...] = ()
    #: First looks at several files that were chosen together; ``path`` is then the folder of all.
    parts: tuple[Glimpse, ...] = ()


def exists(source: str) -> bool:
    """Whether something of that name is on the disk, even a link that leads nowhere."""
    return "\0" not in source and os.path.lexists(source)


def local_path(source: str) -> Path:
    """Return the real path of a file or folder that the person named.

    The person's own choice may be a link; links *inside* what was chosen are not followed.

    Raises
    ------
    DataError
        It is an address, does not exist, leads nowhere, or is neither a file nor a folder.
    """
    if "\0" in source:
        raise data_error(
            source.replace("\0", "?"), "the name holds a NUL character.", "Choose a file."
        )
    if "://" in source or source.startswith(("data:", "\\\\")):
        raise data_error(
            source,
            "only files on this computer are read.",
            "Save it first, then open the saved file.",
        )
    with in_plain_words(source):
        path = Path(os.path.realpath(source, strict=True))
        mode = path.stat().st_mode
    if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
        raise data_error(
            source, "this is a pipe, a device or a socket.", "Choose a file or a folder."
        )
    return path


def look(path: Path) -> Glimpse:
    """Take a first look at a path from :func:`local_path`."""
    if path.is_dir():
        with in_plain_words(path):
            names = tuple(sorted(os.listdir(path)))
        return Glimpse(path, is_folder=True, names=names, below=glimpse_below(path, levels=2))
    with open_file(path) as stream:
        head = stream.read(_HEAD_BYTES)
        is_gzip = head.startswith(_GZIP_MAGIC)
        if is_gzip:
            stream.seek(0)
            with intact(path):
                head = gzip.GzipFile(fileobj=stream).read(_HEAD_BYTES)
    names = ()
    if head.startswith(b"PK") and not is_gzip:
        with open_archive(path, MAX_ARCHIVE_FILES) as archive:
            names = tuple(sorted(archive.names))
    return Glimpse(path, is_folder=False, head=head, is_gzip=is_gzip, names=names)


def open_file(path: str | os.PathLike[str]) -> IO[bytes]:
    """Open one regular file for reading; anything else, a link included, is refused."""
    with in_plain_words(path):
        descriptor = os.open(path, _OPEN_FLAGS)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise data_error(path, "this is not a regular file.", "Choose a file.")
    return os.fdopen(descriptor, "rb")


class Payload:
    """A stream of bytes of which an array is expected, plain or compressed.

    ``num_bytes`` is how many there are, where that is known before reading them (not for gzip);
    ``stored_bytes`` is how many there are on the disk; only plain files can be mapped.
    """

    def __init__(
        self,
        path: Path,
        stream: IO[bytes] | gzip.GzipFile,
        *,
        num_bytes: int | None,
        stored_bytes: int,
        is_plain: bool,
        check_cancelled: Callable[[], None],
    ) -> None:
        self.path = path
        self._stream = stream
        self._num_bytes = num_bytes
        self._stored_bytes = stored_bytes
        self._is_plain = is_plain
        self._check_cancelled = check_cancelled
        self._position = 0

    def read(self, num_bytes: int) -> bytes:
        """Read exactly ``num_bytes`` of a header."""
        content = self._some(num_bytes)
        self._position += len(content)
        if len(content) < num_bytes:
            raise self.error("the file ends in the middle of its header.")
        return content

    def array(
        self, dtype: np.dtype[Any], shape: tuple[int, ...], order: str = "C"
    ) -> npt.NDArray[Any]:
        """Read the rest of the stream, which has to be exactly one array.

        Large plain arrays are mapped into memory, copy on write, so that the file stays as it is.

        Raises
        ------
        DataError
            The claimed size is not what is there, or does not fit the memory.
        """
        if len(shape) > MAX_DIMENSIONS:
            raise self.error(f"its header claims {len(shape)} dimensions.")
        num_bytes = math.prod(shape) * dtype.itemsize
        if num_bytes == 0:
            raise self.error(f"it holds no values (shape {shape}).", "Choose data with a sample.")
        self._check_size(num_bytes)
        layout: Literal["C", "F"] = "F" if order == "F" else "C"
        if self._is_plain and num_bytes >= min(MAP_FROM_BYTES, memory_limit() // 2):
            stream = cast(IO[bytes], self._stream)
            return map_array(self.path, stream, dtype, shape, self._position, layout)
        content = np.empty(num_bytes, np.uint8)
        self._fill(content.data)
        return content.view(dtype).reshape(shape, order=layout)

    def error(self, reason: str, next_step: str = "Get or save the file again.") -> DataError:
        """Return the error to raise about this file."""
        return data_error(self.path, reason, next_step)

    def _check_size(self, num_bytes: int) -> None:
        claimed = self._position + num_bytes
        if self._num_bytes is not None and claimed != self._num_bytes:
            raise self.error(
                f"its header claims {claimed:,} bytes but there are {self._num_bytes:,}."
            )
        if self._is_plain:
            return
        if claimed > max(FREE_EXPANSION_BYTES, MAX_EXPANSION * self._stored_bytes):
            raise self.error(
                f"{self._stored_bytes:,} bytes would unpack to {claimed:,}.",
                "Unpack it yourself if you trust it.",
            )
        if num_bytes > memory_limit():
            raise self.error(
                f"its {num_bytes:,} bytes do not fit the memory.",
                "Save it as a plain .npy file, which is read piece by piece.",
            )

    def _fill(self, target: memoryview) -> None:
        filled = 0
        while filled < len(target):
            self._check_cancelled()
            with intact(self.path):
                num_read = self._stream.readinto(target[filled : filled + _CHUNK_BYTES])  # type: ignore[union-attr] # every binary file can
            if not num_read:
                raise self.error("the file ends before its last value.")
            filled += num_read
        # Reading on to the end also makes zip and gzip compare their checksums.
        if self._some(1):
            raise self.error("there are more bytes than its header claims.")

    def _some(self, num_bytes: int) -> bytes:
        with intact(self.path):
            return self._stream.read(num_bytes)


@contextmanager
def open_payload(
    path: Path, check_cancelled: Callable[[], None] = lambda: None
) -> Iterator[Payload]:
    """Open a file that holds one array, gzip undone."""
    with open_file(path) as stream:
        stored_bytes = os.fstat(stream.fileno()).st_size
        is_gzip = stream.read(2) == _GZIP_MAGIC
        stream.seek(0)
        yield Payload(
            path,
            gzip.GzipFile(fileobj=stream) if is_gzip else stream,
            num_bytes=None if is_gzip else stored_bytes,
            stored_bytes=stored_bytes,
            is_plain=not is_gzip,
            check_cancelled=check_cancelled,
        )


class Archive:
    """A zip archive whose directory has been checked."""

    def __init__(self, path: Path, content: zipfile.ZipFile, stored_bytes: int) -> None:
        self._path = path
        self._content = content
        self._stored_bytes = stored_bytes
        self.names = [member.filename for member in content.infolist()]
        #: What the members claim to unpack to; none of them gives more than it claims.
        self.unpacked_bytes = sum(member.file_size for member in content.infolist())

    @contextmanager
    def payload(
        self, name: str, check_cancelled: Callable[[], None] = lambda: None
    ) -> Iterator[Payload]:
        """Open one member, which holds one array."""
        member = self._content.getinfo(name)
        with intact(self._path):
            stream = self._content.open(member)
        with stream:
            yield Payload(
                self._path,
                stream,
                num_bytes=member.file_size,
                # The directory may claim any size; there cannot be more than the file has.
                stored_bytes=min(member.compress_size, self._stored_bytes),
                is_plain=False,
                check_cancelled=check_cancelled,
            )

    def content(self, name: str) -> bytes:
        """Unpack one member into memory; its decoder looks after what that claims."""
        member = self._content.getinfo(name)
        if member.file_size > MAX_MEMBER_BYTES:
            raise data_error(
                self._path, f"member '{name}' is too large.", "Unpack it yourself if you trust it."
            )
        with intact(self._path), self._content.open(member) as stream:
            return stream.read(MAX_MEMBER_BYTES)


@contextmanager
def open_archive(path: Path, most_members: int = MAX_ARCHIVE_MEMBERS) -> Iterator[Archive]:
    """Open a zip archive after checking its directory; nothing is ever unpacked to the disk."""
    with open_file(path) as stream:
        stored_bytes = os.fstat(stream.fileno()).st_size
        _check_directory_size(path, stream, stored_bytes, most_members)
        with intact(path):
            content = zipfile.ZipFile(stream)
        with content:
            _check_members(path, content.infolist())
            yield Archive(path, content, stored_bytes)


def _check_directory_size(
    path: Path, stream: IO[bytes], stored_bytes: int, most_members: int
) -> None:
    # zipfile reads the whole directory at once, so its size is looked up first.
    stream.seek(max(0, stored_bytes - _ZIP_END_BYTES))
    tail = stream.read()
    end = tail[tail.rfind(b"PK\x05\x06") :]
    stream.seek(0)
    count = int.from_bytes(end[10:12], "little")
    directory_bytes = int.from_bytes(end[12:16], "little")
    if count > most_members or directory_bytes > most_members * _MEMBER_BYTES:
        raise data_error(
            path,
            f"the archive has too many members (at most {most_members:,}).",
            "Save only what is needed, or unpack it and choose the folder.",
        )


def _check_members(path: Path, members: Sequence[zipfile.ZipInfo]) -> None:
    names = [member.filename for member in members]
    if len(set(names)) < len(names):
        raise data_error(
            path, "two members of the archive have the same name.", "Save the file again."
        )
    for member in members:
        name = member.filename
        is_plain = name == member.orig_filename and not name.startswith("/")
        if not is_plain or "\\" in name or ":" in name or ".." in name.split("/"):
            raise data_error(
                path,
                f"the archive has a member with the unsafe name {name!r}.",
                "Save the file again.",
            )
        if member.flag_bits & 0x1:
            raise data_error(path, "the archive is encrypted.", "Save it without a password.")
        if member.compress_type not in _SAFE_COMPRESSION:
            raise data_error(
                path, f"member '{name}' has an unusual compression.", "Save it with numpy.savez."
            )


def memory_limit() -> int:
    """Bytes that one array may take: half of the computer's memory."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2
    except (AttributeError, ValueError, OSError):
        return 8 * 2**30  # Windows has no sysconf; eight GiB is half of a common laptop.


@contextmanager
def intact(path: Path) -> Iterator[None]:
    """Translate what the decompressors raise about damaged content."""
    try:
        yield
    except _DAMAGED as error:
        raise data_error(
            path,
            f"the compressed content is damaged or cut off ({error}).",
            "Get or save the file again.",
        ) from None
    except OSError as error:
        reason = f"reading failed ({error.strerror})."
        raise data_error(path, reason, "Copy the file and try again.") from None
