"""The samples by which a run is judged: such as it has not learned from, where there are any."""

from __future__ import annotations

import os
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from aestudio.data.dataset import Dataset
from aestudio.data.dataset_splitting import split_dataset
from aestudio.runs.folder import RunFolder
from aestudio.workflows.runs.run_data import read_data_for

_PARTS = {
    "test": "test samples",
    "validation": "samples held back for validation",
    "train": "training samples (nothing was held back)",
    "all": "samples of other data",
}


@dataclass(frozen=True, slots=True, eq=False)
class JudgedSamples:
    """Stored samples, (N, *shape), which part of which data they are."""

    x: npt.NDArray[np.generic]
    #: "test", "validation", "train", or "all" for data given from outside.
    part: str
    data: str


def samples_to_judge(
    folder: RunFolder, own: Dataset, data: str | os.PathLike[str] | None
) -> JudgedSamples:
    """Return the test part of the run's ``own`` data, else what it held back, else all.

    Other ``data`` is judged by its own test part, else as a whole. Raises :class:`DataError` when
    its samples have another shape.
    """
    if data is not None:
        other = read_data_for(folder, data)
        if other.fingerprint != own.fingerprint:
            chosen, part = (other.test, "test") if other.test else (other, "all")
            return JudgedSamples(chosen.x, part, other.name)
    if own.test is not None:
        return JudgedSamples(own.test.x, "test", own.name)
    parts = split_dataset(own, folder.experiment.data)
    if len(parts.validation):
        return JudgedSamples(own.x[parts.validation], "validation", own.name)
    return JudgedSamples(own.x, "train", own.name)


def describe_judged(num_samples: int, part: str, data: str) -> str:
    """Return what was judged in words."""
    return f"{num_samples:,} {_PARTS[part]} of {data}"
