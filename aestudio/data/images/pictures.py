"""Whole pictures, each in its own size, before patches are cut out of them.

Shapes: C channels, H height, W width; the pictures of one set share C and the number type.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from aestudio.data.dataset import Finding, Kind
from aestudio.data.files.plain_words import printable
from aestudio.errors import OptionError

if TYPE_CHECKING:
    from aestudio.data.dataset import Dataset

Array = npt.NDArray[Any]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pictures:
    """Pictures as stored, (C, H, W) each, with their names and labels."""

    name: str
    source: str
    reader: str
    images: tuple[Array, ...]
    names: tuple[str, ...]
    #: One for each picture, -1 without one.
    labels: npt.NDArray[np.int64] | None = None
    label_names: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    #: The part that the source itself sets aside for testing, if it has one.
    test: Pictures | None = None


def pictures_of(dataset: Dataset) -> Pictures:
    """Return the samples of a dataset of images as whole pictures; nothing is copied.

    Raises
    ------
    OptionError
        The samples are no images.
    """
    if dataset.kind is not Kind.IMAGES:
        raise OptionError(
            f"patches are cut out of images, and {printable(dataset.name)} holds {dataset.kind}.",
            subject="data.patch_size",
            next_step="Leave it empty for this data.",
        )
    return Pictures(
        name=dataset.name,
        source=dataset.source,
        reader=dataset.reader,
        images=tuple(dataset.x),
        names=dataset.sample_names or tuple(f"image {i}" for i in range(dataset.num_samples)),
        labels=dataset.labels,
        label_names=dataset.label_names,
        findings=dataset.findings,
        test=None if dataset.test is None else pictures_of(dataset.test),
    )
