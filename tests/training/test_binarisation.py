"""Black and white copies: drawn anew at each step, the same for the same step, refused elsewhere."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from aestudio.autoencoders.base import FINISHED, Batch
from aestudio.errors import OptionError
from aestudio.experiment import Experiment
from aestudio.networks.noise import NoiseSource
from aestudio.training.arrays import TrainingArrays
from aestudio.training.batches import epoch_order
from aestudio.training.binarisation import binarised
from aestudio.training.options import TrainingOptions
from aestudio.workflows.training import prepare
from tests.training.conftest import Train, new_model

ON = TrainingOptions(binarise=True)


def drawn(x: torch.Tensor, step: int = 0) -> torch.Tensor:
    noise = NoiseSource()
    noise.reseed(0, step)
    return binarised(Batch(x), ON, noise).x


def test_values_are_black_or_white_with_themselves_as_probabilities() -> None:
    grey = torch.linspace(0, 1, 11).expand(20_000, 11)
    found = drawn(grey)
    assert set(found.unique().tolist()) == {0.0, 1.0}
    # Six standard errors of a share of twenty thousand.
    assert (found.mean(0) - grey[0]).abs().max() < 6 * 0.5 / math.sqrt(20_000)
    assert found[:, 0].sum() == 0
    assert found[:, -1].min() == 1


def test_each_step_draws_anew_and_the_same_step_the_same() -> None:
    grey = torch.full((4, 1, 5, 5), 0.5)
    assert torch.equal(drawn(grey, 3), drawn(grey, 3))
    assert not torch.equal(drawn(grey, 3), drawn(grey, 4))


def test_labels_stay_and_nothing_is_drawn_unless_asked_for() -> None:
    batch = Batch(torch.rand(3, 2), torch.tensor([1, 0, 1]))
    assert binarised(batch, TrainingOptions(), NoiseSource()) is batch
    assert binarised(batch, ON, NoiseSource()).labels is batch.labels


def test_black_and_white_is_what_is_learned_and_validated_on(
    train: Train, arrays: TrainingArrays
) -> None:
    settings = ["training.loss=bce", "training.binarise=true"]
    settings += ["training.epochs=1", "training.batch_size=1000"]
    trained = train(settings)
    (epoch,) = trained.epochs
    # Written out: the loss before the only step, and that of the model after it.
    small = ["network.hidden=[32]", "network.code_size=4", *settings]
    first = new_model(Experiment().with_settings(small), arrays).train()
    order = epoch_order(arrays.train_rows, seed=0, epoch=1)
    for model, rows, step, told in (
        (first, order, 0, epoch.train),
        (trained.model, arrays.validation_rows, 2**40, epoch.validation),
    ):
        grey = torch.from_numpy(arrays.x[rows] / np.float32(16))
        black = drawn(grey, step)
        with torch.no_grad():
            losses = model.terms(Batch(black), FINISHED)["reconstruction"]
            of_grey = model.terms(Batch(grey), FINISHED)["reconstruction"].mean().item()
        assert told["loss"] == pytest.approx(losses.mean().item(), rel=1e-5)
        assert told["loss"] != pytest.approx(of_grey, rel=2e-5)


def test_values_that_are_no_probabilities_are_refused() -> None:
    with pytest.raises(OptionError, match="leaves the range") as caught:
        prepare(Experiment().with_settings(["data.source=breast-cancer", "training.binarise=true"]))
    assert caught.value.subject == "training.binarise"
    prepared = prepare(Experiment().with_settings(["data.source=digits", "training.binarise=true"]))
    assert np.isfinite(prepared.scaling.scale).all()
