"""The likelihood that recipes aim at: against the closed form, and refused where it has no meaning."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
import torch

from aestudio.data.reading import read
from aestudio.errors import OptionError
from aestudio.runs.folder import RunFolder
from aestudio.workflows.models.trained_model import TrainedModel
from aestudio.workflows.recipes import recipe_metrics
from aestudio.workflows.recipes.recipe_card import find_recipe
from aestudio.workflows.recipes.recipe_metrics import Finished, find_metric
from tests.workflows.conftest import train


def finished(run: Path, data: Path) -> Finished:
    return Finished(
        run=RunFolder.open(run), model=TrainedModel.open(run), dataset=read(data), shared={}
    )


def test_a_decoder_that_ignores_the_code_has_the_likelihood_of_coins(
    tested_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recipe_metrics, "_NUM_DRAWS", 20)
    run = train(
        str(tested_data),
        tmp_path / "run",
        "variational",
        autoencoder__likelihood="bernoulli",
        training__binarise=True,
    )
    measured = finished(run, tested_data)
    autoencoder = measured.model.autoencoder
    # All weights zero: every cloud is the prior, every pixel a coin of one probability.
    with torch.no_grad():
        for parameter in autoencoder.parameters():
            parameter.zero_()
        autoencoder.output_centre.fill_(1.0)
    found = find_metric("negative_log_likelihood")(measured)
    test = measured.dataset.test
    assert test is not None
    grey = measured.model.to_model_scale(test.x)
    is_white = np.random.default_rng(0).random(grey.shape, np.float32) < grey
    p = 1 / (1 + math.exp(-1.0))
    nats = -np.where(is_white, math.log(p), math.log(1 - p)).reshape(len(grey), -1).sum(1)
    assert found.value == pytest.approx(nats.mean(), rel=1e-5)
    assert found.details["standard_error"] == pytest.approx(
        nats.std() / math.sqrt(len(grey)), rel=1e-4
    )


@pytest.mark.parametrize(
    ("name", "given"),
    [("undercomplete", {}), ("variational", {"autoencoder__likelihood": "gaussian"})],
)
def test_other_models_have_no_such_number(
    name: str, given: dict[str, object], tested_data: Path, tmp_path: Path
) -> None:
    run = train(str(tested_data), tmp_path / "run", name, **given)
    with pytest.raises(OptionError, match="black and white"):
        find_metric("negative_log_likelihood")(finished(run, tested_data))


@pytest.mark.parametrize("name", ["vae-likelihood", "sparse-features"])
def test_a_short_form_differs_in_length_and_target_only(name: str) -> None:
    long = find_recipe(name)
    short = find_recipe(long.card.short_form)
    assert short.experiment.training.epochs < long.experiment.training.epochs
    epochs = {"training.epochs": 1}
    assert short.experiment.with_values(epochs) == long.experiment.with_values(epochs)
    assert short.card.published == long.card.published
    # What a short form asks for is less.
    is_below = long.card.direction == "below"
    assert (short.card.target > long.card.target) == is_below
