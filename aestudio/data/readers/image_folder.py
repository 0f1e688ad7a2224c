"""A folder of pictures; subfolders are classes."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from aestudio.data.dataset import Finding, Severity
from aestudio.data.files.folder_listing import Listing, list_files
from aestudio.data.images.folder_labels import labels_of_paths
from aestudio.data.images.picture_files import PictureFiles, named
from aestudio.data.images.picture_set import read_picture_set, read_whole_set
from aestudio.data.readers.registry import reader

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aestudio.data.dataset import Dataset
    from aestudio.data.files.doors import Glimpse
    from aestudio.data.images.pictures import Pictures
    from aestudio.data.request import Request

_NAME = "image-folder"


def _recognises(glimpse: Glimpse) -> bool:
    return glimpse.is_folder


def _read_pictures(request: Request) -> Pictures:
    return read_whole_set(request, _NAME, _files(request))


@reader(
    name=_NAME,
    title="folders of pictures (PNG, JPEG, WebP, BMP, GIF, TIFF)",
    suffixes=(),
    recognises=_recognises,
    priority=-10,
    read_pictures=_read_pictures,
)
def read(request: Request) -> Dataset:
    return read_picture_set(request, _NAME, _files(request))


def _files(request: Request) -> PictureFiles:
    listing = list_files(
        request.path, request.check_cancelled, lambda found: request.progress(found, 0)
    )
    folder = os.path.join(request.path, "")
    return PictureFiles(
        names=listing.files,
        addresses=[folder + file for file in listing.files],
        labels=labels_of_paths(listing.files, os.sep),
        findings=tuple(_findings(listing)),
        none="the folder holds no files (hidden files and links do not count).",
    )


def _findings(listing: Listing) -> Iterator[Finding]:
    if listing.num_links or listing.num_special:
        yield Finding(
            Severity.NOTE,
            f"{listing.num_links:,} links and {listing.num_special:,} pipes or devices were not followed.",
            "Copy the files into the folder if they belong to it.",
        )
    if listing.unreadable:
        shown = named([(folder, "") for folder in listing.unreadable])
        yield Finding(
            Severity.WARNING,
            f"{len(listing.unreadable):,} subfolders are not readable: {shown}.",
            "Change their permissions and read again.",
        )
