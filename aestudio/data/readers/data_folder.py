"""A folder of data files without pictures: the only one, or all of the same kind as one."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from aestudio.data.arrays.array_files import dataset_of_array_files
from aestudio.data.dataset import Dataset, Finding, Severity
from aestudio.data.files.doors import Glimpse, look
from aestudio.data.files.folder_listing import is_clutter, list_files
from aestudio.data.files.part_reading import read_parts
from aestudio.data.files.plain_words import printable
from aestudio.data.images.picture_files import named, promises_picture
from aestudio.data.readers.registry import find_reader, reader, readers
from aestudio.data.refusals import refuse_by_name
from aestudio.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from aestudio.data.request import Request

#: What the reader of such folders is called.
DATA_FOLDER = "data-folder"
#: A folder of more files is an archive of something, not a data set in a few parts.
_MOST_FILES = 1000
#: What a folder is called that is one array or a group of them.
_ZARR = ".zarr"
#: What people write beside their data.
_NOTES = re.compile(
    r"(read.?me|licen[cs]e|copying|citation|changelog)([ _-][^.]*)?(\.(txt|text|md|rst))?",
    re.IGNORECASE,
)


def _recognises(glimpse: Glimpse) -> bool:
    """Whether a file is named like data and none like a picture; what is in them comes later."""
    if not glimpse.is_folder:
        return False
    names = [name for name in (*glimpse.names, *glimpse.below) if not is_clutter(name)]
    suffixes = (_ZARR, *(suffix for known in readers() for suffix in known.suffixes))
    return not any(map(promises_picture, names)) and any(
        name.casefold().endswith(suffixes) for name in names
    )


@reader(
    name=DATA_FOLDER,
    title="folders of data files of one kind",
    suffixes=(),
    recognises=_recognises,
    # Above folders of pictures, which are the last that any folder is taken for.
    priority=-9,
)
def read(request: Request) -> Dataset:
    """Read every file that some reader knows, and join what they hold.

    Raises
    ------
    DataError
        No file can be read, or they hold data of different kinds or shapes; the latter is a
        :class:`~aestudio.errors.SeveralDatasetsError`.
    """
    found = data_files_of(request.path, request.check_cancelled)
    if not found.parts:
        raise DataError(
            f"none of the {found.num_files:,} files is readable: {named(found.skipped)}.",
            subject=printable(request.path),
            next_step="Choose a folder of pictures, or one data file.",
        )
    inside = replace(request, glimpse=replace(request.glimpse, parts=found.parts))
    dataset = dataset_of_array_files(inside, DATA_FOLDER) or read_parts(inside)
    return replace(
        dataset,
        name=printable(request.path.name),
        source=str(request.path),
        reader=DATA_FOLDER,
        findings=(*found.findings, *dataset.findings),
    )


@dataclass(frozen=True, slots=True)
class DataFiles:
    """The files of a folder that some reader knows, and why the others were skipped."""

    parts: tuple[Glimpse, ...]
    #: (name within the folder, reason)
    skipped: tuple[tuple[str, str], ...]

    @property
    def num_files(self) -> int:
        return len(self.parts) + len(self.skipped)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What is told of the files that no reader knows."""
        if not self.skipped:
            return ()
        counts = f"{len(self.skipped):,} of {self.num_files:,} files"
        were = "was" if len(self.skipped) == 1 else "were"
        return (Finding(Severity.NOTE, f"{counts} {were} skipped: {named(self.skipped)}."),)


def data_files_of(folder: Path, check_cancelled: Callable[[], None]) -> DataFiles:
    """Look at the first bytes of every file below ``folder``.

    Raises
    ------
    DataError
        The folder is not readable, or holds too many files.
    """
    listed = list_files(folder, check_cancelled).files
    files = list(dict.fromkeys(map(_whole, listed)))
    if len(files) > _MOST_FILES:
        raise DataError(
            f"the folder holds {len(files):,} files and no pictures.",
            subject=printable(folder),
            next_step=f"Choose one file, or a folder of at most {_MOST_FILES:,}.",
        )
    parts, skipped = [], []
    for file in files:
        check_cancelled()
        if _NOTES.fullmatch(os.path.basename(file)):
            skipped.append((file, "notes, by its name"))
            continue
        try:
            parts.append(_looked_at(folder / file))
        except DataError as error:
            skipped.append((file, error.reason))
    return DataFiles(tuple(parts), tuple(skipped))


def _whole(file: str) -> str:
    """Return the Zarr store that a file belongs to, or else the file itself."""
    for end in (place for place, letter in enumerate(file) if letter == os.sep):
        if file[:end].casefold().endswith(_ZARR):
            return file[:end]
    return file


def _looked_at(path: Path) -> Glimpse:
    refuse_by_name(path)
    part = look(path)
    find_reader(part)
    return part
