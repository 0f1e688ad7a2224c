"""A zip archive of pictures, read in place; folders in it are classes."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from aestudio.data.files.folder_listing import is_clutter
from aestudio.data.images.folder_labels import labels_of_paths
from aestudio.data.images.picture_files import PictureFiles, member_address, promises_picture
from aestudio.data.images.picture_set import read_picture_set, read_whole_set
from aestudio.data.readers.registry import reader

if TYPE_CHECKING:
    from aestudio.data.dataset import Dataset
    from aestudio.data.files.doors import Glimpse
    from aestudio.data.images.pictures import Pictures
    from aestudio.data.request import Request

_NAME = "image-archive"
_SEPARATOR = "/"


def _recognises(glimpse: Glimpse) -> bool:
    return not glimpse.is_folder and any(promises_picture(name) for name in glimpse.names)


def _read_pictures(request: Request) -> Pictures:
    return read_whole_set(request, _NAME, _files(request))


@reader(
    name=_NAME,
    title="zip archives of pictures (.zip)",
    suffixes=(".zip",),
    recognises=_recognises,
    # Archives of arrays, and documents that are archives, may hold pictures too.
    priority=-5,
    read_pictures=_read_pictures,
)
def read(request: Request) -> Dataset:
    return read_picture_set(request, _NAME, _files(request))


def _files(request: Request) -> PictureFiles:
    names = [name for name in request.glimpse.names if _counts(name)]
    archive = os.fspath(request.path)
    return PictureFiles(
        names=names,
        addresses=[member_address(archive, name) for name in names],
        labels=labels_of_paths(names, _SEPARATOR),
        none="the archive holds no files (hidden files do not count).",
    )


def _counts(name: str) -> bool:
    is_folder = name.endswith(_SEPARATOR)
    return not is_folder and not any(is_clutter(part) for part in name.split(_SEPARATOR))
