"""Handwritten digits, 8 x 8 pixels.

E. Alpaydin & C. Kaynak, "Optical Recognition of Handwritten Digits", UCI Machine Learning
Repository, 1998, https://doi.org/10.24432/C50P49 (the 1,797 of its test part).
"""

from __future__ import annotations

import numpy as np

from aestudio.data.dataset import Dataset, Kind
from aestudio.data.samples.bundled import bundled_file
from aestudio.data.samples.registry import sample

#: The brightest value that the file can hold.
_BRIGHTEST = 16


@sample(
    name="digits",
    title="Handwritten digits",
    description="1,797 real digits of 8 x 8 pixels; trains in seconds.",
    kind=Kind.IMAGES,
)
def load() -> Dataset:
    rows = np.loadtxt(bundled_file("data/digits.csv.gz"), delimiter=",", dtype=np.uint8)
    # Spread to the whole byte, so that white is white; 17 grey levels stay 17 grey levels.
    pixels = np.rint(rows[:, :-1] * (255 / _BRIGHTEST)).astype(np.uint8)
    return Dataset(
        name="digits",
        kind=Kind.IMAGES,
        x=pixels.reshape(-1, 1, 8, 8),
        labels=rows[:, -1].astype(np.int64),
        label_names=tuple(str(digit) for digit in range(10)),
        source="digits",
        reader="sample",
    )
