"""Which samples are trained on and which are held back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from aestudio.errors import DataError

if TYPE_CHECKING:
    from aestudio.data.options import DataOptions

Rows = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Split:
    """Sorted row numbers of two disjoint parts.

    Together they hold every sample, but for patches and windows that overlap both parts.
    """

    train: Rows
    validation: Rows


def split(num_samples: int, options: DataOptions) -> Split:
    """Hold back ``validation_fraction`` of the samples, chosen by ``split_seed`` alone.

    At least one sample is trained on, and at least one is held back when the share is not zero and
    there are two or more. The same number of samples and seed give the same parts with every
    version of numpy, so that a run can be resumed after an update.

    Raises
    ------
    DataError
        There are no samples.
    """
    if num_samples < 1:
        raise DataError("there are no samples to split.", next_step="Choose other data.")
    share = options.validation_fraction
    num_validation = min(round(num_samples * share), num_samples - 1)
    if share > 0 and num_samples > 1:
        num_validation = max(1, num_validation)
    order = np.argsort(mixed(num_samples, options.split_seed), kind="stable")
    return Split(
        train=np.sort(order[num_validation:]).astype(np.int64),
        validation=np.sort(order[:num_validation]).astype(np.int64),
    )


def unseen_rows(parts: Split, most: int) -> Rows:
    """Return at most ``most`` rows that were held back, or of all where none were, spread evenly."""
    return evenly_spaced(parts.validation if len(parts.validation) else parts.train, most)


def evenly_spaced(rows: Rows, most: int) -> Rows:
    """Return at most ``most`` of the rows, spread evenly, the first and the last among them.

    >>> evenly_spaced(np.arange(10), 4).tolist()
    [0, 3, 6, 9]
    """
    if len(rows) <= most:
        return rows
    return rows[np.unique(np.linspace(0, len(rows) - 1, most).astype(np.int64))]


def mixed(num_samples: int, seed: int) -> npt.NDArray[np.uint64]:
    """Return one pseudo-random number per row: SplitMix64 of (seed, row).

    Steele, Lea & Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014, figure 17,
    https://doi.org/10.1145/2660193.2660195. numpy's own generators may change their sequences
    between releases, this cannot.
    """
    state = np.arange(1, num_samples + 1, dtype=np.uint64) + (np.uint64(seed) << np.uint64(32))
    state = state * np.uint64(0x9E3779B97F4A7C15)
    state = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    state = (state ^ (state >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return state ^ (state >> np.uint64(31))
