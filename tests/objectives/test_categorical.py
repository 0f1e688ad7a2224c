"""Cross-entropy over symbols, worked out by hand."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

from aestudio.objectives.categorical import categorical_cross_entropy, counted_steps

PADDING = 0
#: Three symbols at four steps: text, text, end, filled up.
NUMBERS = torch.tensor([[1, 2, 0, 0]])


def one_hot(numbers_BT: Tensor) -> Tensor:
    return torch.nn.functional.one_hot(numbers_BT, 3).float()


def logits_of(probabilities: list[list[float]]) -> Tensor:
    # Any constant beside the logarithms is taken away by the softmax.
    return torch.tensor([probabilities]).log() + 5.0


EXPECTED = [[0.2, 0.5, 0.3], [0.1, 0.1, 0.8], [0.25, 0.5, 0.25], [0.01, 0.98, 0.01]]


def test_nats_are_summed_over_the_steps_that_count() -> None:
    nats = categorical_cross_entropy(logits_of(EXPECTED), one_hot(NUMBERS), padding=PADDING)
    assert nats.tolist() == pytest.approx([-math.log(0.5 * 0.8 * 0.25)])


def test_without_padding_every_step_counts() -> None:
    nats = categorical_cross_entropy(logits_of(EXPECTED), one_hot(NUMBERS))
    assert nats.tolist() == pytest.approx([-math.log(0.5 * 0.8 * 0.25 * 0.01)])


def test_what_is_said_about_padding_behind_padding_changes_nothing() -> None:
    logits = logits_of(EXPECTED).requires_grad_()
    categorical_cross_entropy(logits, one_hot(NUMBERS), padding=PADDING).sum().backward()
    assert logits.grad is not None
    assert logits.grad[0, 3].tolist() == [0.0, 0.0, 0.0]
    assert logits.grad[0, 2].abs().sum() > 0


def test_equal_chances_cost_the_logarithm_of_the_number_of_symbols() -> None:
    nats = categorical_cross_entropy(torch.zeros(1, 4, 3), one_hot(NUMBERS), padding=PADDING)
    assert nats.item() == pytest.approx(3 * math.log(3))


@pytest.mark.parametrize(
    ("numbers", "counted"),
    [
        ([1, 2, 0, 0], [1, 1, 1, 0]),
        ([1, 2, 1, 2], [1, 1, 1, 1]),
        ([0, 0, 0, 0], [1, 0, 0, 0]),
        ([0, 0, 1, 2], [1, 0, 1, 1]),
    ],
)
def test_the_first_padding_of_a_run_counts(numbers: list[int], counted: list[int]) -> None:
    assert counted_steps(one_hot(torch.tensor([numbers])), PADDING).tolist() == [counted]


def test_confident_mistakes_stay_finite() -> None:
    wrong = 1e4 * one_hot(torch.tensor([[2, 1, 1, 1]]))
    nats = categorical_cross_entropy(wrong, one_hot(NUMBERS), padding=PADDING)
    assert nats.item() == pytest.approx(3e4)
