"""How an encoder stretches small changes of a sample."""

from __future__ import annotations

import numpy as np

from aestudio.analysis.jacobian import singular_values
from aestudio.autoencoders.contractive import Contractive
from aestudio.workflows.insights.figures import Lines
from aestudio.workflows.insights.registry import Finding, Material, insight

_NUM_SAMPLES = 16
#: Directions stretched less than this share of the most stretched one are flattened.
_FLAT = 0.1


@insight(
    "stretching",
    title="Stretching of the encoder",
    explanation=(
        "By which factor the encoder stretches small changes of a sample, direction by direction, for "
        "samples and on average (the singular values of its Jacobian). A contractive encoder keeps "
        "the few directions in which the data varies and flattens all others: a steep fall is good."
    ),
    order=6,
    applies=lambda model: isinstance(model.autoencoder, Contractive),
)
def stretching(material: Material) -> Finding:
    model = material.model
    chosen = model.to_model_scale(material.samples[:_NUM_SAMPLES])
    values_NK = singular_values(model.autoencoder.encode, chosen).astype(np.float64)
    mean_K = values_NK.mean(axis=0)
    num_kept = int(np.count_nonzero(mean_K > _FLAT * max(mean_K[0], 1e-12)))
    series = {"mean": mean_K}
    series.update({f"sample {place + 1}": values_NK[place] for place in range(3)})
    return Finding(
        sentence=(
            f"{num_kept} of {len(mean_K)} directions are stretched by more than a tenth of the "
            f"strongest ({mean_K[0]:.3g})."
        ),
        figure=Lines(
            x=np.arange(1.0, len(mean_K) + 1),
            series=series,
            across="direction, most stretched first",
            up="factor",
        ),
    )
