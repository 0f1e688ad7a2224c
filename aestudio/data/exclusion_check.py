"""Whether the numbers of ``data.exclude`` still name the samples that they were written for.

Numbers say nothing about a sample. Beside them stands a mark of the samples that they named, so that
they are refused where the data has changed, and not other samples left out instead.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, cast

import numpy as np
import numpy.typing as npt

from aestudio.data.arrays.chosen_rows import ChosenRows
from aestudio.data.arrays.slicing import slices
from aestudio.errors import OptionError

if TYPE_CHECKING:
    from aestudio.data.dataset import Dataset
    from aestudio.data.options import DataOptions

Rows = npt.NDArray[np.int64]

#: Options that change what is read of each sample, and not which samples there are.
_OF_CONTENT = (
    "columns",
    "leave_out",
    "label_field",
    "series_scale",
    "image_size",
    "image_fit",
    "color",
    "background",
)
_LENGTH = 16


def exclusion_mark(dataset: Dataset, rows: Rows, options: DataOptions) -> str:
    """Return the mark of the samples in ``rows`` of the whole dataset; empty where there are none.

    Its first part says what it was made for: the numbers and, where samples have no names, the
    options on which their content depends. The second is of the names, or else of the content.
    """
    if not len(rows):
        return ""
    return f"{_purpose(dataset, rows, options)}-{_samples(dataset, rows)}"


def check_exclusion(dataset: Dataset, rows: Rows, options: DataOptions) -> None:
    """Raise an OptionError where ``rows`` are others than those that were to be left out.

    Numbers that somebody has written by hand, or has read under other options, are taken as they are.
    """
    purpose, _, samples = options.exclude_check.partition("-")
    if not len(rows) or purpose != _purpose(dataset, rows, options):
        return
    if samples != _samples(dataset, rows):
        raise OptionError(
            "its numbers name other samples now than those that were chosen: the data, or how it "
            "is read, has changed.",
            subject="data.exclude",
            next_step="Choose the samples again; or empty data.exclude_check to leave out what "
            "stands at these numbers now.",
        )


def _purpose(dataset: Dataset, rows: Rows, options: DataOptions) -> str:
    digest = hashlib.sha256(np.ascontiguousarray(rows).tobytes())
    if not dataset.sample_names:
        digest.update(repr([getattr(options, name) for name in _OF_CONTENT]).encode())
    return digest.hexdigest()[:_LENGTH]


def _samples(dataset: Dataset, rows: Rows) -> str:
    digest = hashlib.sha256()
    if dataset.sample_names:
        for row in rows.tolist():
            digest.update(f"{dataset.sample_names[row]}\0".encode("utf-8", "surrogatepass"))
    else:
        digest.update(f"{dataset.x.dtype.str}{dataset.shape}".encode())
        # In slices: there may be more of them than fit the memory.
        for part in slices(cast("npt.NDArray[np.generic]", ChosenRows(dataset.x, rows))):
            digest.update(np.ascontiguousarray(part).data)
    return digest.hexdigest()[:_LENGTH]
