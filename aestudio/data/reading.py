"""``read``: from a path or a sample's name to a dataset."""

from __future__ import annotations

import difflib
import os
from pathlib import Path
from typing import TYPE_CHECKING

from aestudio.data.arrays.array_dataset import finished
from aestudio.data.files.doors import Glimpse, exists, local_path, look
from aestudio.data.files.path_text import from_text
from aestudio.data.files.plain_words import printable
from aestudio.data.files.several_files import look_at_several
from aestudio.data.files.source_text import is_several
from aestudio.data.images.magic import image_format
from aestudio.data.images.patches import dataset_of_patches
from aestudio.data.images.pictures import Pictures, pictures_of
from aestudio.data.images.tiff_stack import is_stack
from aestudio.data.label_choice import with_label_field, with_one_label
from aestudio.data.options import DataOptions
from aestudio.data.readers.registry import Reader, find_reader
from aestudio.data.refusals import refuse_by_name
from aestudio.data.request import ReadingCancelled, Request
from aestudio.data.sample_choice import with_chosen_samples
from aestudio.data.samples import find_sample, list_samples
from aestudio.data.series.windows import as_series_where_cut
from aestudio.errors import DataError, MemoryFullError

if TYPE_CHECKING:
    from collections.abc import Callable

    from aestudio.data.columns import Column
    from aestudio.data.dataset import Dataset

#: Any side of a patch does where whole pictures are wanted: it only says that they are not to be
#: brought to one size.
_SOME_SIDE = 64

__all__ = ["ReadingCancelled", "is_picture_file", "read", "read_pictures"]


def read(
    source: str | os.PathLike[str],
    options: DataOptions | None = None,
    *,
    symbols: tuple[str, ...] = (),
    columns: tuple[Column, ...] = (),
    progress: Callable[[int, int], None] | None = None,
    is_cancelled: Callable[[], bool] | None = None,
) -> Dataset:
    """Read a file, a folder or a built-in sample; what exists on the disk wins over a sample's name.

    ``symbols`` are those of the model that the samples are read for, where it has such: texts are
    then written in these; ``columns`` likewise for tables. ``progress`` is called with (items done,
    items in all, or 0 while that is unknown); ``is_cancelled`` is asked often. Both are called in
    the calling thread.

    Raises
    ------
    DataError
        The source does not exist, is damaged, or is in no known format.
    OptionError
        No sample has the label, or nothing is called like the label field, that was asked for.
    ReadingCancelled
        ``is_cancelled`` said yes.
    MemoryFullError
        The data does not fit the memory.
    """
    name = from_text(os.fsdecode(source))
    options = as_series_where_cut(_for_patches(options or DataOptions(source=name)))
    report = progress or (lambda done, total: None)
    ask = is_cancelled or (lambda: False)
    try:
        if not exists(name) and (sample := find_sample(name)) is not None:
            glimpse = Glimpse(path=Path(name), is_folder=False)
            request = Request(glimpse, options, report, ask)
            dataset = finished(sample.load(), request)
            if options.patch_size is not None:
                dataset = dataset_of_patches(pictures_of(dataset), options)
            return _chosen(dataset, options, request.check_cancelled)
        request = Request(_glimpse_of(name), options, report, ask, symbols, columns)
        request.check_cancelled()
        dataset = _read_file(request)
        if columns and options.label_field not in dataset.label_fields:
            # What the model was told of its own data, others need not know.
            options = options.changed(label_field="")
        return _chosen(dataset, options, request.check_cancelled)
    except MemoryError:
        raise MemoryFullError(
            "the data does not fit the memory.",
            subject=printable(name),
            next_step="Choose a smaller image side, or save the data as one .npy file.",
        ) from None


def _chosen(dataset: Dataset, options: DataOptions, check_cancelled: Callable[[], None]) -> Dataset:
    """Return the samples that the person wants, with the label that the person wants."""
    chosen = with_chosen_samples(dataset, options, check_cancelled)
    return with_one_label(with_label_field(chosen, options.label_field), options.only_label)


def read_pictures(
    source: str | os.PathLike[str],
    options: DataOptions,
    *,
    progress: Callable[[int, int], None] | None = None,
    is_cancelled: Callable[[], bool] | None = None,
) -> Pictures:
    """Read the whole pictures of which :func:`read` gives patches; otherwise as :func:`read`."""
    name = from_text(os.fsdecode(source))
    wanted = _for_patches(options.changed(patch_size=options.patch_size or _SOME_SIDE))
    if not exists(name) and find_sample(name) is not None:
        return pictures_of(read(source, wanted.changed(patch_size=None), is_cancelled=is_cancelled))
    request = Request(
        _glimpse_of(name),
        wanted,
        progress or (lambda done, total: None),
        is_cancelled or (lambda: False),
    )
    return _read_pictures(find_reader(request.glimpse), request)


def is_picture_file(source: str | os.PathLike[str], options: DataOptions) -> bool:
    """Whether ``source`` is a single picture, which is only ever learned from in patches.

    A TIFF file of many pages holds as many pictures.
    """
    name = from_text(os.fsdecode(source))
    if not exists(name) or image_format((glimpse := _glimpse_of(name)).head) is None:
        return False
    return not is_stack(Request(glimpse, options, lambda done, total: None, lambda: False))


def _read_file(request: Request) -> Dataset:
    found = find_reader(request.glimpse)
    if request.options.patch_size is None:
        return found.read(request)
    return dataset_of_patches(_read_pictures(found, request), request.options)


def _read_pictures(found: Reader, request: Request) -> Pictures:
    if found.read_pictures is not None:
        return found.read_pictures(request)
    return pictures_of(found.read(request))


def _for_patches(options: DataOptions) -> DataOptions:
    is_cut = options.patch_size is not None
    return options.changed(kind="images") if is_cut and options.kind == "auto" else options


def _glimpse_of(name: str) -> Glimpse:
    if is_several(name):
        return look_at_several(name)
    path = _path_of(name)
    refuse_by_name(path)
    return look(path)


def _path_of(name: str) -> Path:
    if not exists(name):
        nearest = difflib.get_close_matches(name, [sample.name for sample in list_samples()], n=1)
        if nearest:
            raise DataError(
                "there is no such file or folder, and no sample of that name.",
                subject=printable(name),
                next_step=f"Did you mean the sample '{nearest[0]}'?",
            )
    return local_path(name)
