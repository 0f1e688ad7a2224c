"""Which units of a sparse code work, and what each of them draws."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from aestudio.analysis.activations import (
    ActivationStatistics,
    activation_statistics,
    unit_directions,
)
from aestudio.autoencoders.sparse import Sparse
from aestudio.autoencoders.top_k import TopK
from aestudio.workflows.insights.figures import Bars, Lines, Samples
from aestudio.workflows.insights.registry import Finding, Material, insight
from aestudio.workflows.models.trained_model import TrainedModel

#: A unit that ends in a sigmoid is never quite at rest: active is what exceeds its target so far.
_TIMES_TARGET = 2.0
_MOST_UNITS = 60
_UNIT_COLUMNS = 12


def is_sparse(model: TrainedModel) -> bool:
    return isinstance(model.autoencoder, Sparse | TopK)


def _statistics(material: Material) -> tuple[ActivationStatistics, npt.NDArray[np.intp]]:
    """Measure every unit; return its figures and the units' order, the busiest first."""
    autoencoder = material.model.autoencoder
    active_above = 0.0
    if isinstance(autoencoder, Sparse) and autoencoder.options.penalty == "kl":
        active_above = _TIMES_TARGET * autoencoder.options.rho
    statistics = activation_statistics(material.codes, active_above=active_above)
    return statistics, np.argsort(-statistics.active_share, kind="stable")


@insight(
    "active_share",
    title="Active units",
    explanation=(
        "In how many of the samples each unit of the code is active, the busiest first. A sparse code "
        "wants few active units for a sample and none that never is: units at zero are dead and could "
        "as well not be there."
    ),
    order=2,
    applies=is_sparse,
)
def active_share(material: Material) -> Finding:
    statistics, order = _statistics(material)
    num_dead = len(statistics.never_active)
    return Finding(
        sentence=(
            f"{statistics.mean_active:.1f} of {len(order)} units are active for a sample, on average; "
            f"{num_dead} {'is' if num_dead == 1 else 'are'} never active."
        ),
        figure=Bars(
            values=100.0 * statistics.active_share[order].astype(np.float64),
            names=tuple(str(unit + 1) for unit in order),
            across="unit of the code",
            up="active in % of the samples",
        ),
    )


@insight(
    "activation_histogram",
    title="Strength of activations",
    explanation=(
        "How strongly units are activated: all units together, and the five busiest alone. In a sparse "
        "code nearly everything lies at the left end, and the few strong activations to the right "
        "carry the sample."
    ),
    order=3,
    applies=is_sparse,
)
def activation_histogram(material: Material) -> Finding:
    statistics, order = _statistics(material)
    middles = 0.5 * (statistics.edges[1:] + statistics.edges[:-1]).astype(np.float64)
    shares = statistics.counts / statistics.counts.sum(axis=1, keepdims=True)
    series = {"all units": 100.0 * shares.mean(axis=0)}
    series.update({f"unit {unit + 1}": 100.0 * shares[unit] for unit in order[:5]})
    in_first = float(series["all units"][0])
    return Finding(
        sentence=f"{in_first:.0f} % of all activations lie in the lowest of {len(middles)} bins.",
        figure=Lines(x=middles, series=series, across="activation", up="% of the samples"),
    )


@insight(
    "unit_directions",
    title="What units draw",
    explanation=(
        "What each unit adds to the sample when it is active as strongly as it ever is, the busiest "
        "first. Units of a good sparse code draw parts: strokes, edges, spots. Grey is no change."
    ),
    order=4,
    applies=is_sparse,
)
def unit_draws(material: Material) -> Finding:
    model = material.model
    statistics, order = _statistics(material)
    order = order[:_MOST_UNITS]
    directions = unit_directions(model.decode, model.code_size, statistics.largest)[order]
    low, high = model.display_range
    reach = max(float(np.abs(directions).max()), 1e-12)
    # Drawn around the middle of what the data can be, so that less is darker and more is brighter.
    samples = 0.5 * (low + high) + directions * (0.5 * (high - low) / reach)
    return Finding(
        sentence=f"The {len(order)} busiest of {model.code_size} units.",
        figure=Samples(
            samples=samples.astype(np.float32),
            columns=_UNIT_COLUMNS,
            names=tuple(f"unit {unit + 1}" for unit in order),
        ),
    )
