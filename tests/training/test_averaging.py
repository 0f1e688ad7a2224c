"""Averaged weights: the closed form, who sees them, and that training does not."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from aestudio.autoencoders.base import FINISHED, Batch
from aestudio.training.arrays import TrainingArrays
from aestudio.training.averaging import WeightAverage
from aestudio.training.events import CheckpointReady
from tests.training.conftest import Train


def test_the_average_is_the_one_written_out() -> None:
    module = nn.Linear(1, 1)
    average = WeightAverage(module, 0.5)
    expected = module.weight.item()
    for step in range(20):
        with torch.no_grad():
            module.weight.fill_(float(step**2))
        average.update(step, torch.zeros(()))
        decay = min(0.5, (1 + step) / (10 + step))
        expected = decay * expected + (1 - decay) * step**2
        assert average.weights()["weight"].item() == pytest.approx(expected, rel=1e-5)


def test_a_failed_step_is_not_averaged() -> None:
    module = nn.Linear(2, 2)
    average = WeightAverage(module, 0.9)
    with torch.no_grad():
        module.weight.add_(1.0)
    before = {name: value.clone() for name, value in average.weights().items()}
    average.update(0, torch.ones(()))
    assert all(torch.equal(value, before[name]) for name, value in average.weights().items())
    average.update(0, torch.zeros(()))
    assert not torch.equal(average.weights()["weight"], before["weight"])


def test_the_module_has_the_average_inside_the_block_only() -> None:
    module = nn.BatchNorm1d(2)
    average = WeightAverage(module, 0.9)
    with torch.no_grad():
        module.weight.fill_(3.0)
        module.running_mean.fill_(2.0)  # type: ignore[union-attr]  # there are statistics
        module.num_batches_tracked.fill_(7)  # type: ignore[union-attr]  # likewise
    own = {name: value.clone() for name, value in module.state_dict().items()}
    with average.in_place():
        assert module.weight.tolist() == [1.0, 1.0]
        assert module.running_mean.tolist() == [0.0, 0.0]  # type: ignore[union-attr]  # likewise
        # Whole numbers are counters, not weights.
        assert module.num_batches_tracked.item() == 7  # type: ignore[union-attr]  # likewise
    assert all(torch.equal(value, own[name]) for name, value in module.state_dict().items())


def test_without_a_decay_nothing_is_kept() -> None:
    average = WeightAverage(nn.Linear(2, 2), 0.0)
    average.update(0, torch.zeros(()))
    assert average.weights() == {}
    with average.in_place():
        pass


def test_previews_validation_and_the_best_weights_are_averaged(
    train: Train, arrays: TrainingArrays
) -> None:
    plain = train(["training.learning_rate=0.01"])
    trained = train(["training.learning_rate=0.01", "training.ema=0.9"])
    # The steps themselves are those of the run without an average.
    np.testing.assert_array_equal(trained.curve["loss"], plain.curve["loss"])
    for name, value in plain.weights().items():
        np.testing.assert_array_equal(trained.weights()[name], value)
    last = trained.checkpoints[-1]
    averaged = last.weights(best=True)
    own = last.weights(best=False)
    name = "encoder.1.weight"
    assert not np.array_equal(averaged[name], own[name])
    np.testing.assert_array_equal(own[name], plain.weights()[name])
    np.testing.assert_array_equal(trained.previews[-1].weights[name], averaged[name])
    # What was measured is what the averaged weights give.
    trained.model.load_state_dict({key: torch.from_numpy(value) for key, value in averaged.items()})
    x = torch.from_numpy(arrays.x[arrays.validation_rows].astype(np.float32) / 16)
    with torch.no_grad():
        expected = trained.model.terms(Batch(x), FINISHED)["reconstruction"].mean().item()
    assert trained.epochs[-1].validation["loss"] == pytest.approx(expected, rel=1e-5)
    assert expected != pytest.approx(plain.epochs[-1].validation["loss"], rel=1e-3)


def test_before_any_epoch_the_average_is_what_is_used(train: Train) -> None:
    settings = ["training.ema=0.99", "training.checkpoint_interval=0"]
    events = train(settings).events
    early = next(event.checkpoint for event in events if isinstance(event, CheckpointReady))
    assert not early.named("best/")
    averaged = early.named("average/")
    assert averaged.keys() == early.named("model/").keys()
    used = early.weights(best=True)
    assert all(np.array_equal(used[name], value) for name, value in averaged.items())
