"""Which entries of a codebook are in use."""

from __future__ import annotations

import numpy as np
import torch

from aestudio.autoencoders.vector_quantised import VectorQuantised
from aestudio.objectives.quantisation import entry_counts, perplexity
from aestudio.workflows.insights.figures import Bars
from aestudio.workflows.insights.registry import Finding, Material, insight


@insight(
    "codebook_use",
    title="Use of the codebook",
    explanation=(
        "How often each entry of the codebook is chosen, the most frequent first. Many entries in even "
        "use describe the data finely; a few that take everything mean that the rest is wasted: try a "
        "smaller codebook, or a shorter time until unused entries are revived."
    ),
    order=1,
    applies=lambda model: isinstance(model.autoencoder, VectorQuantised),
)
def codebook_use(material: Material) -> Finding:
    model, autoencoder = material.model, material.model.autoencoder
    assert isinstance(autoencoder, VectorQuantised)
    with torch.inference_mode():
        samples = torch.from_numpy(model.to_model_scale(material.samples))
        chosen = autoencoder.chosen_entries(samples).flatten()
        counts_K = entry_counts(chosen, autoencoder.options.codebook_size)
        in_even_use = float(perplexity(counts_K))
    shares = counts_K.double().numpy() / len(chosen)
    order = np.argsort(-shares, kind="stable")
    return Finding(
        sentence=(
            f"{np.count_nonzero(shares)} of {len(shares)} entries are in use, as many as "
            f"{in_even_use:.1f} in even use."
        ),
        figure=Bars(
            values=100.0 * shares[order],
            names=tuple(str(entry + 1) for entry in order),
            across="entry of the codebook",
            up="% of all choices",
        ),
    )
