"""The rate that is suggested teaches; the network of the preparation is left alone."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from aestudio.data.reading import read
from aestudio.errors import OptionError
from aestudio.experiment import Experiment
from aestudio.training.control import Control
from aestudio.training.events import EpochDone
from aestudio.training.fit import fit
from aestudio.training.rate_range import growing_rates
from aestudio.workflows.planning.learning_rate_range import (
    find_learning_rate,
    smooth_both_ways,
    suggest_rate,
)
from aestudio.workflows.reporting import WorkCancelledError
from aestudio.workflows.training import Preparation, prepare

DIGITS = read("digits")


def prepared(**values: Any) -> Preparation:
    fixed = {"network.hidden": [32], "network.code_size": 8, "training.batch_size": 64}
    named = {f"training.{name}": value for name, value in values.items()}
    return prepare(Experiment().with_values({**fixed, **named}), DIGITS)


def loss_after_training(rate: float, **values: Any) -> float:
    preparation = prepared(learning_rate=rate, epochs=2, map_samples=10, **values)
    events = fit(
        preparation.autoencoder,
        preparation.arrays,
        preparation.experiment.training,
        Control(),
        run_id="r",
    )
    losses = [event.train["loss"] for event in events if isinstance(event, EpochDone)]
    return losses[-1] if losses else float("inf")


def test_rates_grow_by_a_constant_factor() -> None:
    rates = growing_rates(1e-4, 1e-1, 4)
    np.testing.assert_allclose(rates, [1e-4, 1e-3, 1e-2, 1e-1])


@pytest.mark.parametrize("optimizer", ["adamw", "sgd", "muon"])
def test_the_suggestion_teaches_more_than_rates_far_from_it(optimizer: str) -> None:
    found = find_learning_rate(prepared(optimizer=optimizer))
    assert found.suggestion is not None
    best = loss_after_training(found.suggestion, optimizer=optimizer)
    assert best < loss_after_training(found.suggestion / 30, optimizer=optimizer)
    too_high = loss_after_training(min(10.0, found.suggestion * 30), optimizer=optimizer)
    assert not too_high < best


def test_a_curve_with_a_known_valley_gives_a_third_of_its_place() -> None:
    rates = np.array(growing_rates(1e-6, 1.0, 121))
    losses = 5 + (np.log10(rates) + 2) ** 2
    suggestion, lowest = suggest_rate(rates, losses, smooth_both_ways(losses))
    assert lowest == pytest.approx(1e-2, rel=0.2)
    assert suggestion == pytest.approx(lowest / 3, rel=0.05)


def test_a_flat_curve_gives_no_suggestion() -> None:
    rates = np.array(growing_rates(1e-6, 1.0, 100))
    for seed in range(20):
        losses = 5 + np.random.default_rng(seed).normal(0, 0.1, 100)
        assert suggest_rate(rates, losses, smooth_both_ways(losses))[0] is None


def test_losses_without_measure_do_not_lift_the_curve() -> None:
    losses = np.array([5.0] * 20 + [3.0] * 20 + [1e30] * 5)
    smoothed = smooth_both_ways(losses)
    assert smoothed.max() <= 7.0
    assert smoothed[30] < 4.0


def test_it_ends_where_the_loss_has_no_hope_and_reports_finite_numbers() -> None:
    # A sigmoid at the end would bound the loss.
    linear = {"network.output": "linear", "network.code_size": 8, "training.batch_size": 64}
    preparation = prepare(Experiment().with_values(linear), DIGITS)
    found = find_learning_rate(preparation, high=10.0)
    assert found.breaks_at is not None
    assert len(found.rates) == len(found.losses) == len(found.smoothed) < 200
    assert np.isfinite(found.losses).all()
    values = json.loads(json.dumps(found.to_json(), allow_nan=False))
    assert values["suggestion"] == found.suggestion
    assert f"from {found.breaks_at:.2g} on nothing can be learned" in found.meaning
    assert f"{found.suggestion:g}, learns fast" in found.meaning
    nothing = replace(found, suggestion=None)
    assert "fell at no rate" in nothing.meaning
    assert nothing.lines()[-1] == nothing.meaning
    assert found.lines()[-1] == f"Suggested: --set training.learning_rate={found.suggestion:g}"


def test_the_network_of_the_preparation_stays_as_it_is_and_two_tests_agree() -> None:
    preparation = prepared(shift_pixels=1)
    before = {name: value.clone() for name, value in preparation.autoencoder.state_dict().items()}
    first = find_learning_rate(preparation, num_steps=30)
    for name, value in preparation.autoencoder.state_dict().items():
        assert value.equal(before[name]), name
    assert find_learning_rate(preparation, num_steps=30).losses == first.losses


def test_it_reports_progress_and_can_be_cancelled() -> None:
    seen: list[tuple[int, int]] = []
    preparation = prepared()
    find_learning_rate(
        preparation,
        num_steps=25,
        high=1e-3,
        progress=lambda done, total: seen.append((done, total)),
    )
    assert seen == [(10, 25), (20, 25), (25, 25)]
    with pytest.raises(WorkCancelledError):
        find_learning_rate(preparation, is_cancelled=lambda: True)


@pytest.mark.parametrize(
    "values", [{"low": 0.0}, {"low": 1.0, "high": 0.1}, {"num_steps": 3}, {"num_steps": 9999}]
)
def test_a_range_that_is_none_is_refused(values: dict[str, Any]) -> None:
    with pytest.raises(OptionError):
        find_learning_rate(prepared(), **values)


def test_an_optimiser_that_finds_its_own_steps_has_no_rate_to_look_for() -> None:
    with pytest.raises(OptionError, match="no rate to look for") as caught:
        find_learning_rate(prepared(optimizer="lbfgs"))
    assert caught.value.subject == "training.optimizer"
