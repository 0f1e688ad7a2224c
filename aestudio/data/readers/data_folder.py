"""A folder of data files without pictures: the only one, or all of the same kind as one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

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
    from aestudio.data.request import Request

_NAME = "data-folder"
#: A folder of more files is an archive of something, not a data set in a few parts.
_MOST_FILES = 1000


def _recognises(glimpse: Glimpse) -> bool:
    """Whether a file is named like data and none like a picture; what is in them comes later."""
    if not glimpse.is_folder:
        return False
    names = [name for name in (*glimpse.names, *glimpse.below) if not is_clutter(name)]
    suffixes = tuple(suffix for known in readers() for suffix in known.suffixes)
    return not any(map(promises_picture, names)) and any(
        name.casefold().endswith(suffixes) for name in names
    )


@reader(
    name=_NAME,
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
        No file can be read, or they hold data of different kinds or shapes.
    """
    files = list_files(request.path, request.check_cancelled).files
    if len(files) > _MOST_FILES:
        raise DataError(
            f"the folder holds {len(files):,} files and no pictures.",
            subject=printable(request.path),
            next_step=f"Choose one file, or a folder of at most {_MOST_FILES:,}.",
        )
    parts, skipped = [], []
    for file in files:
        request.check_cancelled()
        try:
            parts.append(_looked_at(request, file))
        except DataError as error:
            skipped.append((file, error.reason))
    if not parts:
        raise DataError(
            f"none of the {len(files):,} files is readable: {named(skipped)}.",
            subject=printable(request.path),
            next_step="Choose a folder of pictures, or one data file.",
        )
    inside = replace(request.glimpse, parts=tuple(parts))
    dataset = read_parts(replace(request, glimpse=inside))
    findings = dataset.findings
    if skipped:
        text = f"{len(skipped):,} of {len(files):,} files were skipped: {named(skipped)}."
        findings = (Finding(Severity.NOTE, text), *findings)
    return replace(
        dataset,
        name=printable(request.path.name),
        source=str(request.path),
        reader=_NAME,
        findings=findings,
    )


def _looked_at(request: Request, file: str) -> Glimpse:
    path = request.path / file
    refuse_by_name(path)
    part = look(path)
    find_reader(part)
    return part
