"""What a denoising model makes of damaged samples."""

from __future__ import annotations

import numpy as np

from aestudio.workflows.insights.figures import Samples
from aestudio.workflows.insights.registry import Finding, Material, insight
from aestudio.workflows.models.damaging import damaged_as_learned, learned_damage

_SHOWN = 12


@insight(
    "restoration",
    title="Clean, damaged, restored",
    explanation=(
        "The upper row shows samples as they are, the middle row the same damaged as in training, "
        "the lower row what the model gives back. It never sees the upper row: whatever is right "
        "below comes from what it has learned about such samples."
    ),
    order=5,
    applies=lambda model: bool(learned_damage(model)),
)
def restoration(material: Material) -> Finding:
    model = material.model
    clean = model.to_model_scale(material.samples[:_SHOWN])
    # The same damage at every look, so that epochs can be compared.
    damaged = damaged_as_learned(model, clean)
    restored = model.reconstruct_scaled(damaged)
    before, after = (float(np.square(one - clean).mean()) for one in (damaged, restored))
    rows = [model.scaling.inverse(row) for row in (clean, damaged, restored)]
    return Finding(
        sentence=(
            f"The damage is a mean squared error of {before:.3g}; after the repair {after:.3g} is left."
        ),
        figure=Samples(
            samples=np.concatenate(rows),
            columns=len(clean),
            names=tuple(
                f"sample {number + 1}, {what}"
                for what in ("as it is", "damaged", "restored")
                for number in range(len(clean))
            ),
        ),
    )
