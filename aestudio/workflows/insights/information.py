"""How much each number of a variational code carries, and whether the code has collapsed."""

from __future__ import annotations

import torch

from aestudio.analysis.posterior import examine_posterior
from aestudio.autoencoders.gaussian_code import GaussianCode
from aestudio.workflows.insights.figures import Bars
from aestudio.workflows.insights.registry import Finding, Material, insight
from aestudio.workflows.models.trained_model import TrainedModel


def has_clouds(model: TrainedModel) -> bool:
    return isinstance(model.autoencoder, GaussianCode) and model.autoencoder.has_clouds


@insight(
    "information",
    title="Information per number",
    explanation=(
        "How much each number of the code tells about a sample: the divergence of its cloud from the "
        "prior, in nats (1 nat is 1.44 bits), the most telling first. Numbers at zero are copies of "
        "the prior: the decoder ignores them. That is thrift while others carry the sample, and a collapse if all are there."
    ),
    order=1,
    applies=has_clouds,
)
def information(material: Material) -> Finding:
    model, autoencoder = material.model, material.model.autoencoder
    assert isinstance(autoencoder, GaussianCode)
    with torch.inference_mode():
        clouds = autoencoder.posterior(torch.from_numpy(model.to_model_scale(material.samples)))
    report = examine_posterior(*(part.numpy() for part in clouds))
    return Finding(
        sentence=report.sentence,
        figure=Bars(
            values=report.kl[report.by_importance],
            names=tuple(str(number + 1) for number in report.by_importance),
            across="number of the code",
            up="nats",
        ),
    )
