"""What a generative model makes when nobody gives it a sample."""

from __future__ import annotations

import numpy as np

from aestudio.workflows.insights.figures import Samples
from aestudio.workflows.insights.registry import Finding, Material, insight
from aestudio.workflows.models.trained_model import TrainedModel

_ROWS, _COLUMNS = 6, 9
#: More rows than this are not looked at.
_MOST_LABELS = 20


def is_told_labels(model: TrainedModel) -> bool:
    return model.is_generative and model.num_labels > 0


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
    codes = _drawn_codes(_ROWS * _COLUMNS, material.model.code_size)
    return Finding(
        sentence=f"{len(codes)} samples that the model has made up.",
        figure=Samples(
            samples=material.model.decode(codes),
            columns=_COLUMNS,
            names=tuple(f"drawn sample {number + 1}" for number in range(len(codes))),
        ),
    )


@insight(
    "drawn_by_label",
    title="New samples of each label",
    explanation=(
        "One row for each label, one column for each code drawn at random: the same codes in every "
        "row, decoded with another label. If a column keeps its style while the rows change what is "
        "shown, the code holds what the labels do not say. If rows look alike, the label is ignored."
    ),
    order=31,
    applies=is_told_labels,
)
def drawn_by_label(material: Material) -> Finding:
    model = material.model
    rows = list(range(min(model.num_labels, _MOST_LABELS)))
    codes = _drawn_codes(_COLUMNS, model.code_size)
    titles = model.label_names or tuple(str(place) for place in range(model.num_labels))
    shown = (
        f"the {len(rows)} labels"
        if len(rows) == model.num_labels
        else f"the first {len(rows)} of {model.num_labels} labels"
    )
    return Finding(
        sentence=f"{len(codes)} codes drawn at random, decoded with each of {shown}.",
        figure=Samples(
            samples=model.decode(
                np.tile(codes, (len(rows), 1)), labels=np.repeat(rows, len(codes))
            ),
            columns=_COLUMNS,
            names=tuple(
                f"label {titles[row]}, drawn code {number + 1}"
                for row in rows
                for number in range(len(codes))
            ),
        ),
    )


def _drawn_codes(count: int, code_size: int) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    # The same draws for every epoch and every run of one code size, so that they can be compared.
    return np.random.default_rng(0).standard_normal((count, code_size), np.float32)
