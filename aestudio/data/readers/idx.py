"""IDX files, plain or .gz: one file of images with its twin of labels, or a folder with both parts.

Programs that fetch MNIST leave its files one or two folders down (``MNIST/raw``); where the folder
that was chosen holds nothing else to read, they are found there.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from aestudio.data.arrays.array_dataset import dataset_from_arrays
from aestudio.data.arrays.idx_format import has_idx_name, is_idx, read_idx
from aestudio.data.files.doors import Glimpse, exists, local_path, open_payload
from aestudio.data.files.plain_words import printable
from aestudio.data.images.magic import IMAGE_SUFFIXES
from aestudio.data.readers.registry import reader
from aestudio.errors import DataError

if TYPE_CHECKING:
    from pathlib import Path

    from aestudio.data.dataset import Dataset
    from aestudio.data.request import Request


def _recognises(glimpse: Glimpse) -> bool:
    if glimpse.is_folder:
        return _holds_images(glimpse) or (
            not any(_is_picture(name) for name in glimpse.names)
            and any(_is_images_name(name) for name in glimpse.below)
        )
    return is_idx(glimpse.head) or has_idx_name(glimpse.path.name)


@reader(
    name="idx",
    title="IDX files as of MNIST (.gz or plain, or their folder)",
    suffixes=(".idx", "-ubyte", ".gz"),
    recognises=_recognises,
    priority=10,
)
def read(request: Request) -> Dataset:
    images = _images_in(request.glimpse) if request.glimpse.is_folder else request.path
    test_images = _test_part_of(images)
    test = None if test_images is None else _read_pair(request, test_images, None)
    return _read_pair(request, images, test)


def _read_pair(request: Request, images: Path, test: Dataset | None) -> Dataset:
    request.check_cancelled()
    with open_payload(images, request.check_cancelled) as payload:
        x = read_idx(payload)
    twin = _twin(images, "images", "labels")
    labels = None
    if twin is not None:
        with open_payload(twin) as payload:
            labels = read_idx(payload)
    elif x.ndim == 1:
        raise DataError(
            "this IDX file holds one number per sample, as files of labels do.",
            subject=printable(images),
            next_step="Choose the file of images, or the folder that holds both.",
        )
    name = request.path.name if test is not None else images.name
    return dataset_from_arrays(request, "idx", x, labels, name=name, test=test)


def _images_in(glimpse: Glimpse) -> Path:
    names = [
        name
        for name in (glimpse.names if _holds_images(glimpse) else _only_folder_below(glimpse))
        if _is_images_name(name)
    ]
    training = [name for name in names if "train" in name]
    chosen = training or names
    # Folders often keep a file both packed and unpacked; the same file twice is no ambiguity.
    if len({name.removesuffix(".gz") for name in chosen}) > 1:
        raise DataError(
            f"there are several sets of images: {', '.join(chosen)}.",
            subject=printable(glimpse.path),
            next_step="Choose one of these files.",
        )
    return glimpse.path / chosen[0]


def _only_folder_below(glimpse: Glimpse) -> tuple[str, ...]:
    """Return the files below, when only one folder there holds data.

    Raises
    ------
    DataError
        Several folders hold IDX files, or others hold pictures.
    """
    folders = {
        os.path.dirname(name)
        for name in glimpse.below
        if _is_images_name(name) or _is_picture(name)
    }
    if len(folders) > 1:
        raise DataError(
            f"several of its folders hold data: {', '.join(map(printable, sorted(folders)))}.",
            subject=printable(glimpse.path),
            next_step="Choose one of these folders.",
        )
    return glimpse.below


def _holds_images(glimpse: Glimpse) -> bool:
    return any(_is_images_name(name) for name in glimpse.names)


def _is_picture(name: str) -> bool:
    return name.lower().endswith(IMAGE_SUFFIXES)


def _test_part_of(images: Path) -> Path | None:
    return _twin(images, "train", "t10k") or _twin(images, "train", "test")


def _twin(path: Path, part: str, other: str) -> Path | None:
    """Return the file whose name says ``other`` where this one says ``part``, packed or not."""
    if part not in path.name:
        return None
    name = path.name.replace(part, other)
    if other == "labels":
        name = re.sub(r"idx\d", "idx1", name)
    stem = name.removesuffix(".gz")
    for candidate in (name, stem, f"{stem}.gz"):
        if exists(str(path.with_name(candidate))):
            return local_path(str(path.with_name(candidate)))
    return None


def _is_images_name(path: str) -> bool:
    name = os.path.basename(path)
    return has_idx_name(name) and "images" in name and not name.startswith(".")
