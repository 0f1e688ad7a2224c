"""Several files or folders at once: pictures, arrays by their names, or more of the same."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

from aestudio.data.arrays.array_files import dataset_of_array_files
from aestudio.data.dataset import Dataset
from aestudio.data.files.doors import Glimpse
from aestudio.data.files.folder_listing import list_files
from aestudio.data.files.part_reading import read_parts
from aestudio.data.files.path_text import as_text
from aestudio.data.files.plain_words import printable
from aestudio.data.images.folder_labels import labels_of_paths
from aestudio.data.images.magic import image_format
from aestudio.data.images.picture_files import PictureFiles
from aestudio.data.images.picture_set import read_picture_set, read_whole_set
from aestudio.data.readers.registry import find_reader, reader
from aestudio.errors import DataError

if TYPE_CHECKING:
    from aestudio.data.images.pictures import Pictures
    from aestudio.data.request import Request

_NAME = "several-files"
_FOLDERS = "image-folder"


def _recognises(glimpse: Glimpse) -> bool:
    return bool(glimpse.parts)


def _read_pictures(request: Request) -> Pictures:
    files = _picture_files(request)
    if files is None:
        raise DataError(
            "patches are cut out of pictures, and these are other files.",
            subject=printable(request.path),
            next_step="Leave 'Patch side' empty, or choose pictures.",
        )
    return replace(
        read_whole_set(request, _NAME, files), name=_title(request), source=_source(request)
    )


@reader(
    name=_NAME,
    title="several files at once, of the same kind",
    suffixes=(),
    recognises=_recognises,
    priority=100,
    read_pictures=_read_pictures,
)
def read(request: Request) -> Dataset:
    """Read pictures as one set, arrays by their names (x.npy, y.npy), else one after the other.

    Raises
    ------
    DataError
        One of them cannot be read, or they are of different kinds.
    """
    files = _picture_files(request)
    if files is not None:
        dataset = read_picture_set(request, _NAME, files)
    else:
        dataset = dataset_of_array_files(request, _NAME) or read_parts(request)
    return replace(dataset, name=_title(request), source=_source(request), reader=_NAME)


def _title(request: Request) -> str:
    return f"{len(request.glimpse.parts):,} files"


def _source(request: Request) -> str:
    return "\n".join(as_text(part.path) for part in request.glimpse.parts)


def _picture_files(request: Request) -> PictureFiles | None:
    """Return the pictures that were chosen, and those in chosen folders; None for anything else."""
    parts = request.glimpse.parts
    if not all(_is_picture(part) or _is_picture_folder(part) for part in parts):
        return None
    base = os.fspath(request.path)
    paths = []
    for part in parts:
        path = os.fspath(part.path)
        below = list_files(part.path, request.check_cancelled).files if part.is_folder else ()
        paths += [os.path.join(path, name) for name in below] if part.is_folder else [path]
    paths = list(dict.fromkeys(paths))
    names = [os.path.relpath(path, base) for path in paths]
    return PictureFiles(
        names=names,
        addresses=paths,
        labels=labels_of_paths(names, os.sep),
        none="none of the folders holds a file.",
    )


def _is_picture(part: Glimpse) -> bool:
    return not part.is_folder and image_format(part.head) is not None


def _is_picture_folder(part: Glimpse) -> bool:
    return part.is_folder and find_reader(part).name == _FOLDERS
