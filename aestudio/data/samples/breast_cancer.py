"""Measurements of cell nuclei, 30 columns.

W. Wolberg, O. Mangasarian, N. Street & W. Street, "Breast Cancer Wisconsin (Diagnostic)", UCI
Machine Learning Repository, 1995, https://doi.org/10.24432/C5DW2B.
"""

from __future__ import annotations

import numpy as np

from aestudio.data.dataset import Dataset, Kind
from aestudio.data.samples.bundled import bundled_file
from aestudio.data.samples.registry import sample

_MEASURES = (
    "radius",
    "texture",
    "perimeter",
    "area",
    "smoothness",
    "compactness",
    "concavity",
    "concave points",
    "symmetry",
    "fractal dimension",
)
#: The mean over the nuclei of one image, its standard error, and the mean of the three largest.
_FEATURES = (
    *(f"mean {measure}" for measure in _MEASURES),
    *(f"{measure} error" for measure in _MEASURES),
    *(f"worst {measure}" for measure in _MEASURES),
)


@sample(
    name="breast-cancer",
    title="Breast cancer",
    description="569 biopsies with 30 measurements each, malignant or benign; a table to learn on.",
    kind=Kind.TABLE,
)
def load() -> Dataset:
    rows = np.loadtxt(bundled_file("data/breast_cancer.csv"), delimiter=",", skiprows=1)
    return Dataset(
        name="breast-cancer",
        kind=Kind.TABLE,
        x=np.ascontiguousarray(rows[:, :-1]),
        labels=rows[:, -1].astype(np.int64),
        label_names=("malignant", "benign"),
        feature_names=_FEATURES,
        source="breast-cancer",
        reader="sample",
    )
