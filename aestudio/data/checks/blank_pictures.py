"""Pictures without anything on them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from aestudio.data.arrays.slicing import slices
from aestudio.data.checks.registry import Examination, check
from aestudio.data.dataset import Finding, Kind, Remedy, Severity
from aestudio.data.sample_choice import numbers_of, written_numbers

_MOST_BYTES = 2**30
_SHOWN = 3


@check(name="blank_pictures", title="Empty pictures", kinds=(Kind.IMAGES,))
def look(examination: Examination) -> Iterator[Finding]:
    dataset = examination.dataset
    if dataset.x.nbytes > _MOST_BYTES:
        return
    blank: list[int] = []
    start = 0
    for part in slices(dataset.x):
        examination.check_cancelled()
        pixels = part.reshape(*part.shape[:2], -1)
        is_blank = (pixels == pixels[:, :, :1]).all(axis=(1, 2))
        blank += (start + np.flatnonzero(is_blank)).tolist()
        start += len(part)
    if not blank:
        return
    names = [dataset.sample_names[row] for row in blank[:_SHOWN]] if dataset.sample_names else []
    shown = f", such as {', '.join(names)}" if names else ""
    yield Finding(
        Severity.NOTE,
        f"{len(blank):,} of {dataset.num_samples:,} pictures are of one colour all over{shown}.",
        "They teach nothing about the others.",
        Remedy(
            "Leave them out",
            "data.exclude",
            written_numbers(numbers_of(dataset, np.array(blank))),
            adds=True,
        )
        if len(blank) < dataset.num_samples
        else None,
    )
