"""A single large picture, out of which patches are cut, or a TIFF file of many pages."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from aestudio.data.arrays.array_dataset import finished
from aestudio.data.dataset import Dataset, Finding, Severity
from aestudio.data.files.plain_words import printable
from aestudio.data.images.magic import IMAGE_SUFFIXES, image_format
from aestudio.data.images.patches import dataset_of_patches
from aestudio.data.images.pictures import Pictures, pictures_of
from aestudio.data.images.tiff_stack import in_usual_size, read_stack
from aestudio.data.images.whole_pictures import decode_whole
from aestudio.data.readers.registry import reader
from aestudio.errors import DataError

if TYPE_CHECKING:
    from aestudio.data.files.doors import Glimpse
    from aestudio.data.request import Request

_NAME = "image-file"
#: The side of a patch where none is asked for, unless there would be too few.
_USUAL_SIDE = 64
_SMALLEST_SIDE = 8
#: A picture should have this many patches along its shorter side.
_ALONG_A_SIDE = 4


def _recognises(glimpse: Glimpse) -> bool:
    return not glimpse.is_folder and image_format(glimpse.head) is not None


def _pictures(request: Request) -> Pictures:
    if (stack := read_stack(request)) is not None:
        return replace(pictures_of(finished(stack, request)), reader=_NAME)
    found = decode_whole(request, [str(request.path)])
    name = printable(request.path.name)
    if not found.images:
        raise DataError(
            f"this single picture cannot be read: {found.reasons[0]}",
            subject=printable(request.path),
            next_step="Save it again, or put several pictures into one folder, then choose the folder.",
        )
    return Pictures(
        name=name,
        source=str(request.path),
        reader=_NAME,
        images=(found.images[0],),
        names=(name,),
        findings=found.findings,
    )


@reader(
    name=_NAME,
    title="one large picture, cut into patches (PNG, JPEG, WebP, BMP, GIF, TIFF), or a TIFF of many pages",
    suffixes=IMAGE_SUFFIXES,
    recognises=_recognises,
    read_pictures=_pictures,
)
def read(request: Request) -> Dataset:
    """Take the pages of a TIFF for samples; cut any other picture into patches of the usual side.

    Raises
    ------
    DataError
        The picture cannot be read, or is too small to be cut.
    """
    if (stack := read_stack(request)) is not None:
        return replace(finished(stack, in_usual_size(stack, request)), reader=_NAME)
    pictures = _pictures(request)
    height, width = pictures.images[0].shape[1:]
    shorter = min(height, width)
    side = _USUAL_SIDE
    while side > _SMALLEST_SIDE and side * _ALONG_A_SIDE > shorter:
        side //= 2
    if side * 2 > shorter:
        raise DataError(
            f"this is a single picture of {width} x {height} pixels, too small to be cut into patches; an autoencoder learns from many.",
            subject=printable(request.path),
            next_step="Put more pictures into one folder, then choose the folder.",
        )
    dataset = dataset_of_patches(pictures, request.options.changed(patch_size=side))
    note = Finding(
        Severity.NOTE,
        f"A single picture is learned from in patches; {side} x {side} was chosen for its size.",
        "Set 'Patch side' to choose another.",
    )
    return replace(dataset, findings=(note, *dataset.findings))
