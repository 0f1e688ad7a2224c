"""What is recommended for the small built-in digits leaves no type with clouds an empty code."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from aestudio.analysis.posterior import examine_posterior
from aestudio.autoencoders.gaussian_code import GaussianCode
from aestudio.data.dataset import Dataset, Kind
from aestudio.data.reading import read
from aestudio.training.control import Control
from aestudio.training.fit import fit
from aestudio.workflows.planning.recommendation import recommend
from aestudio.workflows.training import prepare


@pytest.mark.parametrize("name", ["variational", "total_correlation", "dip", "importance_weighted"])
def test_recommended_weights_keep_the_code_of_the_digits_in_use(name: str) -> None:
    digits = read("digits")
    given = {"training.epochs": 6, "training.map_samples": 10, "training.preview_samples": 1}
    preparation = prepare(recommend(digits, name, given=given), digits)
    model = preparation.autoencoder
    assert isinstance(model, GaussianCode)
    list(fit(model, preparation.arrays, preparation.experiment.training, Control(), run_id="r"))
    model.eval().cpu()
    rows = preparation.split.validation
    x = torch.from_numpy(preparation.scaling.forward(digits.x[rows]))
    with torch.no_grad():
        clouds = model.posterior(x)
        error = (model(x) - x).square().flatten(1).sum(1).mean().item()
    report = examine_posterior(*(part.numpy() for part in clouds))
    # Active in the published sense, and telling something: a nat separates about three samples.
    assert report.num_active >= 2
    assert report.kl.sum() > 2.0
    # The mean digit alone is this far from the digits.
    spread = (x - x.mean(0)).square().flatten(1).sum(1).mean().item()
    assert error < 0.6 * spread


def test_a_learned_width_is_recommended_for_few_features_unless_somebody_has_decided() -> None:
    few, many = (
        Dataset(
            name="made",
            kind=Kind.IMAGES,
            x=np.zeros((50, 1, side, side), np.uint8),
            source="made",
        )
        for side in (8, 28)
    )

    def likelihood(dataset: Dataset, **given: object) -> object:
        values = {name.replace("__", "."): value for name, value in given.items()}
        return recommend(dataset, "dip", given=values).value("autoencoder.likelihood")

    assert likelihood(few) == "gaussian"
    assert likelihood(many) == "loss"
    assert likelihood(few, training__loss="l1") == "loss"
    assert likelihood(few, autoencoder__likelihood="bernoulli") == "bernoulli"
    assert recommend(few, "dip").value("autoencoder.likelihood_scale") == 0.1
    table = Dataset(name="t", kind=Kind.TABLE, x=np.zeros((50, 9), np.float32), source="t")
    assert recommend(table, "dip").value("autoencoder.likelihood_scale") == 0.5
