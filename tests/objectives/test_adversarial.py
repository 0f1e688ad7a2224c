"""The two sides of the game, in nats."""

from __future__ import annotations

import math

import pytest
import torch
import torch.nn.functional as F

from aestudio.objectives.adversarial import taken_for_forged, taken_for_real


def test_a_judge_that_can_only_guess_makes_both_ln_2() -> None:
    guess = torch.zeros(3)
    assert taken_for_real(guess).tolist() == pytest.approx([math.log(2)] * 3)
    assert taken_for_forged(guess).tolist() == pytest.approx([math.log(2)] * 3)


def test_equals_the_cross_entropy_of_torch() -> None:
    logits = torch.randn(50, generator=torch.Generator().manual_seed(0)) * 5
    for function, target in ((taken_for_real, 1.0), (taken_for_forged, 0.0)):
        expected = F.binary_cross_entropy_with_logits(
            logits, torch.full_like(logits, target), reduction="none"
        )
        torch.testing.assert_close(function(logits), expected)


def test_a_certain_judge_gives_a_forger_something_to_follow() -> None:
    logit = torch.tensor([-40.0], requires_grad=True)
    taken_for_real(logit).sum().backward()
    assert logit.grad is not None
    assert logit.grad.item() == pytest.approx(-1.0)
