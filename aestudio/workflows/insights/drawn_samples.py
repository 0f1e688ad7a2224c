"""What a generative model makes when nobody gives it a sample."""

from __future__ import annotations

import numpy as np

from aestudio.workflows.insights.figures import Samples
from aestudio.workflows.insights.registry import Finding, Material, insight

_ROWS, _COLUMNS = 6, 9


@insight(
    "drawn_samples",
    title="New samples",
    explanation=(
        "Codes drawn at random from the unit Gaussian, decoded. If they look like the data, the "
        "clouds of codes fill the space without gaps; smears between two things mean gaps or too "
        "strong a pull to the centre."
    ),
    order=30,
    applies=lambda model: model.is_generative,
)
def drawn_samples(material: Material) -> Finding:
    # The same draws for every epoch and every run of one code size, so that they can be compared.
    codes = np.random.default_rng(0).standard_normal(
        (_ROWS * _COLUMNS, material.model.code_size), np.float32
    )
    return Finding(
        sentence=f"{len(codes)} samples that the model has made up.",
        figure=Samples(
            samples=material.model.decode(codes),
            columns=_COLUMNS,
            names=tuple(f"drawn sample {number + 1}" for number in range(len(codes))),
        ),
    )
