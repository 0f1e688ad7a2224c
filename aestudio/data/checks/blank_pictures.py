"""Pictures without anything on them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

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
    is_blank: list[npt.NDArray[np.bool_]] = []
    for part in slices(dataset.x):
        examination.check_cancelled()
        pixels = part.reshape(*part.shape[:2], -1)
        is_blank.append((pixels == pixels[:, :, :1]).all(axis=(1, 2)))
    blank = np.flatnonzero(np.concatenate(is_blank))
    if not len(blank):
        return
    shown_rows = blank[:_SHOWN].tolist() if dataset.sample_names else []
    names = [dataset.sample_names[row] for row in shown_rows]
    shown = f", such as {', '.join(names)}" if names else ""
    yield Finding(
        Severity.NOTE,
        f"{len(blank):,} of {dataset.num_samples:,} pictures are of one colour all over{shown}.",
        "They teach nothing about the others.",
        Remedy(
            "Leave them out",
            "data.exclude",
            written_numbers(numbers_of(dataset, blank)),
            adds=True,
        )
        if len(blank) < dataset.num_samples
        else None,
    )
