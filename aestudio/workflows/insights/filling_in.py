"""What follows from the rest of a row: hidden cells, filled in."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from aestudio.analysis.imputation import GapCheck
from aestudio.data.dataset import Kind
from aestudio.preprocess.table import TableScaling
from aestudio.workflows.insights.figures import Bars
from aestudio.workflows.insights.registry import Finding, Material, insight
from aestudio.workflows.judging.gap_trial import try_filling
from aestudio.workflows.models.trained_model import TrainedModel

#: What fits below the bars: columns, letters of one name, and letters in all.
_MOST_COLUMNS, _MOST_NAME, _MOST_LETTERS = 24, 16, 130

Doubles = npt.NDArray[np.float64]


@insight(
    "filling_in",
    title="Filling in what is missing",
    explanation=(
        "A fifth of the cells of samples is hidden, and the model fills them in from the others. The "
        "bars say by how much its error is lower than that of the column's mean, in percent: 100 is "
        "perfect, at 0 the column does not follow from the others, or the model has not learned "
        "how. 'Export, Data with its gaps filled in' does this with what is really missing."
    ),
    order=5,
    applies=lambda model: (
        model.kind is Kind.TABLE and model.experiment.preprocess.missing != "refuse"
    ),
)
def filling_in(material: Material) -> Finding:
    model = material.model
    check = try_filling(model, np.asarray(material.samples))
    gains = _by_column(model, check)
    names = [_shortened(name) for name in material.feature_names]
    if len(names) != len(gains):
        names = [str(place + 1) for place in range(len(gains))]
    num_shown = min(_MOST_COLUMNS, _MOST_LETTERS // max(map(len, names)))
    order = np.argsort(-gains, kind="stable")[:num_shown]
    return Finding(
        sentence=_sentence(check),
        figure=Bars(
            values=gains[order],
            names=tuple(names[place] for place in order),
            across="column, the best first",
            up="error below the mean's (%)",
            reference=0.0,
        ),
    )


def _by_column(model: TrainedModel, check: GapCheck | None) -> Doubles:
    """Return the gain of each column, in percent; 0 where nothing was hidden."""
    scaling = model.scaling
    widths = [1] * model.shape[0]
    if isinstance(scaling, TableScaling):
        widths = list(scaling.widths)
    gains = np.zeros(len(widths))
    if check is not None:
        starts = np.cumsum([0, *widths[:-1]], dtype=np.int64)
        errors, of_means = (
            np.sqrt(np.add.reduceat(squares, starts))
            for squares in (check.squares, check.squares_of_means)
        )
        gains = 100.0 * (1.0 - errors / np.where(of_means > 0, of_means, np.inf))
        gains[of_means == 0] = 0.0
    return gains


def _shortened(name: str) -> str:
    return name if len(name) <= _MOST_NAME else f"{name[: _MOST_NAME - 1]}…"


def _sentence(check: GapCheck | None) -> str:
    if check is None:
        return "There are too few values to hide any."
    if check.gain_percent <= 0:
        return "Hidden cells are filled in no better than by the means of their columns."
    return (
        f"Hidden cells are filled in with an error {check.gain_percent:.0f} % below that of the means "
        "of their columns."
    )
