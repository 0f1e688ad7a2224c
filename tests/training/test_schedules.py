"""Learning rates against closed forms, and against torch's own schedulers step by step."""

from __future__ import annotations

import json
import math
import warnings
from itertools import pairwise

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.optim import lr_scheduler

from aestudio.training.options import TrainingOptions
from aestudio.training.schedules import LearningRate, rate_factor

PER_EPOCH = 10


def rates(num_epochs: int = 10, **values: object) -> list[float]:
    options = TrainingOptions(epochs=num_epochs, **values)
    schedule = LearningRate(options, PER_EPOCH)
    return [schedule.at(step) for step in range(num_epochs * PER_EPOCH)]


def sgd(rate: float) -> torch.optim.SGD:
    return torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=rate)


def followed(scheduler: lr_scheduler.LRScheduler, num_steps: int) -> list[float]:
    """The rates that torch's own scheduler sets."""
    found = []
    for _ in range(num_steps):
        found.append(float(scheduler.get_last_lr()[0]))
        scheduler.optimizer.step()
        with warnings.catch_warnings():
            # The last call is one beyond the end of the schedule.
            warnings.simplefilter("ignore")
            scheduler.step()
    return found


def test_a_constant_rate_is_exactly_the_rate_of_the_recipe() -> None:
    assert set(rates(learning_rate=0.0123)) == {0.0123}


def test_warm_up_rises_in_equal_steps_and_stays() -> None:
    found = rates(learning_rate=2.0, warmup_epochs=2.0)
    np.testing.assert_allclose(found[:20], 2.0 * np.arange(1, 21) / 20)
    assert set(found[19:]) == {2.0}


def test_cosine_is_the_closed_form_and_torchs() -> None:
    found = rates(learning_rate=0.5, schedule="cosine")
    expected = [0.5 * (1 + math.cos(math.pi * step / 100)) / 2 for step in range(100)]
    np.testing.assert_allclose(found, expected, rtol=1e-12)
    torchs = followed(lr_scheduler.CosineAnnealingLR(sgd(0.5), T_max=100), 100)
    np.testing.assert_allclose(found, torchs, rtol=1e-6, atol=1e-12)


def test_cosine_has_the_steps_that_the_warm_up_leaves() -> None:
    found = rates(learning_rate=1.0, schedule="cosine", warmup_epochs=3.0)
    expected = [(1 + math.cos(math.pi * step / 70)) / 2 for step in range(70)]
    np.testing.assert_allclose(found[30:], expected, rtol=1e-12)
    assert found[29] == 1.0


@pytest.mark.parametrize("num_epochs", [1, 4, 10])
@pytest.mark.parametrize("warmup_epochs", [0.0, 0.5])
def test_one_cycle_is_torchs(num_epochs: int, warmup_epochs: float) -> None:
    num_steps = num_epochs * PER_EPOCH
    found = rates(num_epochs, learning_rate=0.3, schedule="one_cycle", warmup_epochs=warmup_epochs)
    share = warmup_epochs * PER_EPOCH / num_steps or 0.3
    torchs = lr_scheduler.OneCycleLR(sgd(0.3), 0.3, total_steps=num_steps, pct_start=share)
    torchs.cycle_momentum = False
    np.testing.assert_allclose(found, followed(torchs, num_steps), rtol=1e-6, atol=1e-12)


def test_one_cycle_ends_where_the_paper_puts_it() -> None:
    found = rates(learning_rate=1.0, schedule="one_cycle")
    assert found[0] == pytest.approx(1 / 25)
    assert max(found) == pytest.approx(1.0)
    assert found[-1] == pytest.approx(1 / 250_000)
    peak = int(np.argmax(found))
    assert all(a < b for a, b in pairwise(found[: peak + 1]))
    assert all(a > b for a, b in pairwise(found[peak:]))


LOSSES = [5.0, 4.0, 4.1, 3.99999, 4.2, 3.0, 3.0, 3.0, 3.0, 2.0, 9.0, 9.0, 9.0, 9.0, 1.0]


def test_plateau_cuts_when_torch_cuts() -> None:
    options = TrainingOptions(
        learning_rate=0.7, schedule="plateau", plateau_patience=2, plateau_factor=0.25
    )
    mine = LearningRate(options, PER_EPOCH)
    optimizer = sgd(0.7)
    torchs = lr_scheduler.ReduceLROnPlateau(optimizer, factor=0.25, patience=2)
    seen = []
    for loss in LOSSES:
        mine.end_epoch(loss)
        torchs.step(loss)
        seen.append(mine.at(0))
        assert seen[-1] == pytest.approx(optimizer.param_groups[0]["lr"])
    assert len(set(seen)) == 4


@pytest.mark.parametrize("cut", range(len(LOSSES)))
def test_plateau_goes_on_from_what_was_saved(cut: int) -> None:
    options = TrainingOptions(schedule="plateau", plateau_patience=1)
    whole, first, second = (LearningRate(options, PER_EPOCH) for _ in range(3))
    for loss in LOSSES[:cut]:
        first.end_epoch(loss)
    second.restore(json.loads(json.dumps(first.state(), allow_nan=False)))
    for loss in LOSSES[:cut]:
        whole.end_epoch(loss)
    for loss in LOSSES[cut:]:
        whole.end_epoch(loss)
        second.end_epoch(loss)
        assert second.at(3) == whole.at(3)


def test_only_plateau_listens_to_the_loss() -> None:
    schedule = LearningRate(TrainingOptions(schedule="cosine"), PER_EPOCH)
    before = schedule.at(50)
    for _ in range(20):
        schedule.end_epoch(1.0)
    assert schedule.at(50) == before
    assert schedule.state() == {}


@given(
    schedule=st.sampled_from(["constant", "cosine", "one_cycle", "plateau"]),
    warmup_epochs=st.floats(0, 20),
    num_steps=st.integers(1, 40),
    per_epoch=st.integers(1, 9),
)
def test_a_factor_is_never_below_zero_nor_above_one(
    schedule: str, warmup_epochs: float, num_steps: int, per_epoch: int
) -> None:
    options = TrainingOptions(schedule=schedule, warmup_epochs=warmup_epochs)
    for step in range(num_steps + 1):
        assert 0.0 <= rate_factor(step, num_steps, per_epoch, options) <= 1.0


def test_more_epochs_stretch_the_curve() -> None:
    short = rates(4, learning_rate=1.0, schedule="cosine")
    longer = rates(8, learning_rate=1.0, schedule="cosine")
    np.testing.assert_allclose(longer[::2], short, rtol=1e-12)
