"""Losses and likelihoods of samples of which something is missing: those of what is there."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from aestudio.objectives.likelihood import LIKELIHOODS
from aestudio.objectives.reconstruction import RECONSTRUCTION_LOSSES

OF_SINGLE_VALUES = ("mse", "l1", "huber", "bce")
LOG_SCALE = torch.tensor(-0.7)


def some(seed: int) -> Tensor:
    return torch.rand(5, 3, 4, 2, generator=torch.Generator().manual_seed(seed))


@pytest.fixture
def present() -> Tensor:
    return some(9) < 0.6


@pytest.mark.parametrize("name", OF_SINGLE_VALUES)
def test_a_loss_is_the_loss_of_what_is_there(name: str, present: Tensor) -> None:
    function = RECONSTRUCTION_LOSSES[name].function
    output, target = some(1), some(2)
    found = function(output, target, present)
    for row in range(5):
        there = present[row]
        alone = function(output[row][there][None], target[row][there][None])
        torch.testing.assert_close(found[row : row + 1], alone)


@pytest.mark.parametrize("name", LIKELIHOODS)
def test_a_likelihood_is_the_likelihood_of_what_is_there(name: str, present: Tensor) -> None:
    function = LIKELIHOODS[name].function
    output, target = some(1), some(2)
    found = function(output, target, LOG_SCALE, present)
    for row in range(5):
        there = present[row]
        alone = function(output[row][there][None], target[row][there][None], LOG_SCALE)
        torch.testing.assert_close(found[row : row + 1], alone)


@pytest.mark.parametrize("name", RECONSTRUCTION_LOSSES)
def test_what_is_missing_pulls_at_nothing(name: str, present: Tensor) -> None:
    loss = RECONSTRUCTION_LOSSES[name]
    output, target, there = some(1), some(2), present
    if loss.needs_tokens:
        # Symbols come as (N, T, V), and are there or missing as a whole.
        output, target = output[..., 0], target[..., 0]
        there = present[..., 0][:, :, :1].expand_as(target)
    output.requires_grad_()
    whatever = torch.where(there, target, 0.123)
    loss.function(output, whatever, there).sum().backward()
    first, output.grad = output.grad, None
    assert first is not None
    if name != "ssim_mixed":
        # A window sees what surrounds a missing pixel, so that alone is pulled at by its neighbours.
        assert first[~there].abs().max() == 0
    loss.function(output, torch.where(there, target, 0.987), there).sum().backward()
    assert output.grad is not None
    torch.testing.assert_close(output.grad, first)


@pytest.mark.parametrize("name", RECONSTRUCTION_LOSSES)
def test_where_all_is_there_the_loss_is_the_plain_one(name: str) -> None:
    loss = RECONSTRUCTION_LOSSES[name]
    output, target = some(1), some(2)
    if loss.needs_tokens:
        output, target = output[..., 0], target[..., 0]
    all_there = torch.ones_like(target, dtype=torch.bool)
    torch.testing.assert_close(
        loss.function(output, target, all_there), loss.function(output, target)
    )
